/**
 * Unit tests for `promtool test rules`: for each alert, series that it fires for and series that it does not fire for.
 *
 * @module
 */

import type { Definitions } from "../../../src/model/definitions.ts";
import type { Kpi } from "../../../src/model/kpi.ts";
import type { Definition } from "../../../src/model/model.ts";
import type { AlertingRule, RuleFile } from "../../../src/monitoring/rule_file.ts";
import { sloNames } from "../../../src/model/sample_names.ts";

/** Labels of the only target. */
const TARGET = 'job="hotpath",instance="demo:9464"';
/** Longer than any alert must hold. */
const MINUTES = 20;

/** A series in promtool's notation, with a value per minute. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** A unit test. */
export interface RuleTest {
  readonly interval: "1m";
  readonly name: string;
  readonly input_series: readonly InputSeries[];
  readonly promql_expr_test: readonly {
    readonly expr: string;
    readonly eval_time: string;
    readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
  }[];
}

/** Series for which an alert fires, and for which it does not. */
interface Case {
  readonly firing: readonly InputSeries[];
  readonly quiet: readonly InputSeries[];
  /** Minute of the assertion; by default the last one. */
  readonly atMinute?: number;
}

/** Returns the alerting rules of a file. */
export function alertsOf({ groups }: RuleFile): AlertingRule[] {
  return groups.flatMap(({ rules }) => rules.filter((rule) => "alert" in rule));
}

/** Returns two tests for each alert of a file; throws for an alert without a case. */
export function ruleTests(file: RuleFile, definitions: Definitions): RuleTest[] {
  return alertsOf(file).flatMap((rule) => {
    const { firing, quiet, atMinute = MINUTES } = caseOf(rule, definitions);
    return [test(rule, "fires", firing, atMinute, 1), test(rule, "is quiet", quiet, atMinute, 0)];
  });
}

function test(
  { alert, labels }: AlertingRule,
  verb: string,
  input: readonly InputSeries[],
  minute: number,
  count: number,
): RuleTest {
  const matchers = Object.entries({ alertname: alert, alertstate: "firing", ...labels });
  const selector = matchers.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",");
  return {
    interval: "1m",
    name: `${alert} ${Object.values(labels).join(" ")} ${verb}`,
    input_series: input,
    promql_expr_test: [{
      expr: `count(ALERTS{${selector}})`,
      eval_time: `${minute}m`,
      exp_samples: count === 0 ? [] : [{ labels: "{}", value: count }],
    }],
  };
}

function caseOf({ alert, labels }: AlertingRule, definitions: Definitions): Case {
  if (labels.slo !== undefined) return sloCase(find(definitions.instruments, ({ name }) => name === labels.slo));
  const kpi = definitions.kpis.find(({ name }) => name === labels.kpi);
  if (kpi !== undefined) {
    const metric = find(definitions.instruments, ({ exposedName }) => exposedName === kpi.metric);
    return kpiCase(kpi, metric, labels.severity === "warning" ? kpi.target : kpi.critical);
  }
  if (!Object.hasOwn(OWN, alert)) throw new Error(`there is no unit test for ${alert}`);
  return OWN[alert];
}

function find<Item>(items: readonly Item[], isIt: (item: Item) => boolean): Item {
  const found = items.find(isIt);
  if (found === undefined) throw new Error("an alert is about something that is not defined");
  return found;
}

/** All durations violate the objective for longer than the short windows, or none does for as long. */
function sloCase({ sloName = "", exposedName }: Definition): Case {
  const { violations } = sloNames(sloName);
  const asked = series(`${exposedName}_count`, "0+60x500");
  return {
    firing: [asked, series(violations, "0+60x500")],
    // All violated it for the first 40 minutes, which the long windows still contain.
    quiet: [asked, series(violations, "0+60x40 2400+0x460")],
    atMinute: 450,
  };
}

function kpiCase({ statistic, direction }: Kpi, metric: Definition, threshold = NaN): Case {
  const { exposedName, buckets } = metric;
  const [high, low] = statistic === "p99"
    ? [histogram(exposedName, buckets, threshold), histogram(exposedName, buckets, 0)]
    : statistic === "rate"
    ? [[series(exposedName, `0+${threshold * 2 * 60}x${MINUTES}`)], [series(exposedName, `0+0x${MINUTES}`)]]
    : [[series(exposedName, `${threshold * 2}x${MINUTES}`)], [series(exposedName, `${threshold / 2}x${MINUTES}`)]];
  return direction === "below" ? { firing: high, quiet: low } : { firing: low, quiet: high };
}

/** Returns a histogram with values in the first bucket above a threshold. */
function histogram(name: string, bounds: readonly number[], above: number, labels = ""): InputSeries[] {
  const begins = [0, ...bounds];
  const first = begins.findIndex((begin) => begin >= above);
  return [...bounds, Infinity].map((bound, i) => {
    const le = bound === Infinity ? "+Inf" : `${bound}`;
    return series(`${name}_bucket`, `0+${i >= first ? 60 : 0}x${MINUTES}`, `${labels}le="${le}",`);
  });
}

function series(name: string, values: string, labels = ""): InputSeries {
  return { series: `${name}{${labels}${TARGET}}`, values };
}

const THREAD = 'thread="main",';
const LAG_BOUNDS: readonly number[] = [0.01, 0.1, 0.5, 1, 2.5];
const lag = (seconds: number) => histogram("deno_eventloop_lag_seconds", LAG_BOUNDS, seconds, THREAD);
const records = (dropped: string) => [
  series("hotpath_records_total", `0+600x${MINUTES}`),
  series("hotpath_records_dropped_total", dropped),
];

/** Cases of the alerts about Hotpath and the runtime. */
const OWN: Readonly<Record<string, Case>> = {
  HotpathTargetDown: { firing: [series("up", `0x${MINUTES}`)], quiet: [series("up", `1x${MINUTES}`)] },
  HotpathTargetAbsent: {
    firing: [{ series: 'up{job="other",instance="demo:9464"}', values: `1x${MINUTES}` }],
    quiet: [series("up", `0x${MINUTES}`)],
  },
  HotpathRecordsDropped: { firing: records(`0+1x${MINUTES}`), quiet: records(`7+0x${MINUTES}`) },
  HotpathRingFull: {
    firing: [series("hotpath_ring_occupancy_ratio", `0.81x${MINUTES}`)],
    quiet: [series("hotpath_ring_occupancy_ratio", `0.79x${MINUTES}`)],
  },
  HotpathSeriesNearLimit: {
    firing: [series("hotpath_series_usage_ratio", `0.91x${MINUTES}`)],
    quiet: [series("hotpath_series_usage_ratio", `0.89x${MINUTES}`)],
  },
  HotpathAggregatorRestarted: {
    firing: [series("hotpath_aggregator_restarts_total", "0x16 1x4")],
    quiet: [series("hotpath_aggregator_restarts_total", "0x5 1x15")],
  },
  HotpathEventLoopLag: { firing: lag(0.5), quiet: lag(0.01) },
  HotpathHeapGrowth: {
    firing: [series("deno_heap_used_bytes", `50000000+10000000x${MINUTES}`, THREAD)],
    // A cache that was filled once.
    quiet: [series("deno_heap_used_bytes", "50000000x10 100000000x10", THREAD)],
  },
};

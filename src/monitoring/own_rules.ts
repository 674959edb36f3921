/**
 * Alerts about Hotpath and the runtime: that a program is there, that its metrics are whole, and that its threads and
 * heaps are well. They are about what the health is judged by, with its limits.
 *
 * @module
 */

import type { Definitions, HealthLimits } from "../model/definitions.ts";
import { formatDuration } from "../check/duration.ts";
import { HEAP_GROWTH_BYTES_MIN } from "../health/settings.ts";
import type { Definition } from "../model/model.ts";
import { jobScope, quantileOf, type Scope, seriesOf, sumBy } from "./promql.ts";
import { type AlertingRule, holdOf, rangeFor, type RuleGroup, type RuleOptions, type Severity } from "./rule_file.ts";

const RESTART_RANGE_MS = 300_000;
const DROP_RANGE_MS = 60_000;
/** Counters as they are asked for. */
const series = (name: string, scope: Scope) => seriesOf({ exposedName: name }, scope);

/** Something that is measured and has limits. */
interface Watched {
  readonly alert: string;
  readonly limits: HealthLimits | undefined;
  /** What is above a limit when it is too much. */
  readonly exceeds: (limit: number) => string;
  /** What is so then, and what that means. */
  readonly summary: string;
  readonly description: string;
}

/** The alerts, in a group about Hotpath and one about the runtime; none about what is not exposed. */
export function ownGroups(definitions: Definitions, options: RuleOptions): RuleGroup[] {
  const groups = [
    { name: "hotpath", rules: [...targetAlerts(options), ...metricsAlerts(definitions, options)] },
    { name: "runtime", rules: runtimeAlerts(definitions, options) },
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}

function targetAlerts(options: RuleOptions): AlertingRule[] {
  const up = series("up", jobScope(options));
  const critical = { severity: "critical" } as const;
  const held = holdOf("critical", options);
  return [
    {
      alert: "HotpathTargetDown",
      expr: `${up} == 0`,
      for: held,
      labels: critical,
      annotations: {
        summary: "{{ $labels.instance }} cannot be scraped",
        description:
          `Scrapes of {{ $labels.instance }} have failed for ${held}: the program is gone, or cannot be reached.`,
      },
    },
    {
      alert: "HotpathTargetAbsent",
      expr: `absent(${up})`,
      for: held,
      labels: critical,
      annotations: {
        summary: "Nothing is scraped as {{ $labels.job }}",
        description: `Prometheus has had no target of the job {{ $labels.job }} for ${held}.`,
      },
    },
  ];
}

function metricsAlerts({ hasSelfMetrics, health }: Definitions, options: RuleOptions): AlertingRule[] {
  if (!hasSelfMetrics) return [];
  const scope = jobScope(options);
  const range = formatDuration(rangeFor(DROP_RANGE_MS, options));
  const rate = (name: string) => sumBy(["job", "instance"], `rate(${series(name, scope)}[${range}])`);
  const [dropped, recorded] = [rate("hotpath_records_dropped_total"), rate("hotpath_records_total")];
  const restartRange = formatDuration(rangeFor(RESTART_RANGE_MS, options));
  return [
    ...alertsOf({
      alert: "HotpathRecordsDropped",
      limits: health.dropRatio,
      exceeds: (limit) => `${dropped} / (${recorded} + ${dropped}) > ${limit}`,
      summary: "{{ $labels.instance }} loses {{ $value | humanizePercentage }} of its records",
      description:
        "A ring is full before it is read: more is recorded than the aggregator can take. What is exposed is" +
        " too low by as much.",
    }, options),
    ...alertsOf({
      alert: "HotpathRingFull",
      limits: health.ringOccupancy,
      exceeds: (limit) => `${series("hotpath_ring_occupancy_ratio", scope)} > ${limit}`,
      summary: "A ring of {{ $labels.instance }} is full to {{ $value | humanizePercentage }}",
      description: "The aggregator hardly keeps up with what is recorded; soon records will be lost.",
    }, options),
    {
      alert: "HotpathAggregatorRestarted",
      expr: `increase(${series("hotpath_aggregator_restarts_total", scope)}[${restartRange}]) > 0`,
      labels: { severity: "warning" },
      annotations: {
        summary: "The aggregator of {{ $labels.instance }} has failed and was started again",
        description: "Counters and gauges go on; histograms and summaries have begun again.",
      },
    },
  ];
}

function runtimeAlerts({ instruments, health }: Definitions, options: RuleOptions): AlertingRule[] {
  const scope = jobScope(options);
  const find = (name: string) => instruments.find(({ exposedName }) => exposedName === name);
  const [lag, heap] = [find("deno_eventloop_lag_seconds"), find("deno_heap_used_bytes")];
  return [
    ...(lag === undefined ? [] : lagAlerts(lag, health.eventLoopLag, scope, options)),
    ...(heap === undefined ? [] : heapAlerts(heap, health.heapGrowth, scope, options)),
  ];
}

function lagAlerts(
  metric: Definition,
  limits: HealthLimits | undefined,
  scope: Scope,
  options: RuleOptions,
): AlertingRule[] {
  const range = rangeOf(limits, options);
  const lag = quantileOf(metric, scope, { quantile: "0.95", by: ["job", "instance", "thread"], range });
  return alertsOf({
    alert: "HotpathEventLoopLag",
    limits,
    exceeds: (limit) => `${lag} > ${limit}`,
    summary: "The event loop of {{ $labels.thread }} on {{ $labels.instance }} is {{ $value | humanizeDuration }} late",
    description: `The 95th percentile over ${range}: something keeps the thread busy for longer than it should.`,
  }, options);
}

/** Heaps rise until the next collection, so their lowest values are compared. */
function heapAlerts(
  metric: Definition,
  limits: HealthLimits | undefined,
  scope: Scope,
  options: RuleOptions,
): AlertingRule[] {
  const range = rangeOf(limits, options);
  const used = seriesOf(metric, scope);
  const [now, before] = [`min_over_time(${used}[${range}])`, `min_over_time(${used}[${range}] offset ${range})`];
  return alertsOf({
    alert: "HotpathHeapGrowth",
    limits,
    exceeds: (limit) => `${now} / ${before} - 1 > ${limit} and ${now} - ${before} >= ${HEAP_GROWTH_BYTES_MIN}`,
    summary:
      "The heap of {{ $labels.thread }} on {{ $labels.instance }} has grown by {{ $value | humanizePercentage }}",
    description: `That is what is left after collections, within ${range}: something is kept that should not be.`,
  }, options);
}

function rangeOf(limits: HealthLimits | undefined, options: RuleOptions): string {
  return formatDuration(rangeFor(limits?.windowMs ?? DROP_RANGE_MS, options));
}

/** A warning for what is amiss, and a critical alert where the health would take the program out of service. */
function alertsOf({ alert, limits, exceeds, summary, description }: Watched, options: RuleOptions): AlertingRule[] {
  const severities: readonly (readonly [Severity, number | undefined])[] = [
    ["warning", limits?.degraded],
    ["critical", limits?.unhealthy ?? limits?.critical],
  ];
  return severities.flatMap(([severity, limit]) =>
    limit === undefined ? [] : [{
      alert,
      expr: exceeds(limit),
      for: holdOf(severity, options),
      labels: { severity },
      annotations: { summary, description },
    }]
  );
}

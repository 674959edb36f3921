import { assertEquals, assertMatch } from "@std/assert";
import { parse } from "@std/yaml/parse";
import fc from "fast-check";
import type { Kpi, Metrics, MetricsOptions } from "../../mod.ts";
import { parseDuration } from "../../src/check/duration.ts";
import type { AlertingRule, RecordingRule, RuleFile, RuleOptions } from "../../src/monitoring/rule_file.ts";
import { type GeneratedRules, generateRules } from "../../src/monitoring/rules.ts";
import { writeRules } from "../../src/monitoring/write_rules.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";

const OPTIONS: RuleOptions = { job: "shop", isNative: false };
const SLO = { threshold: "5ms", target: 0.99 } as const;

/** Returns the rules of a program. */
async function rulesOf(
  define: (metrics: Metrics) => void,
  options: Partial<RuleOptions> = {},
  metricsOptions: Omit<MetricsOptions, "clock" | "aggregation"> = {},
): Promise<GeneratedRules> {
  await using test = inlineMetrics(metricsOptions);
  define(test.metrics);
  return generateRules(await test.metrics.definitions(), { ...OPTIONS, ...options });
}

function groupOf({ file }: GeneratedRules, name: string): readonly (RecordingRule | AlertingRule)[] {
  return file.groups.find((group) => group.name === name)?.rules ?? [];
}

function alertsOf(generated: GeneratedRules, name: string): AlertingRule[] {
  return groupOf(generated, name).filter((rule) => "alert" in rule);
}

/** Returns a KPI with some fields changed. */
function kpiWith(changes: Partial<Kpi>): Kpi {
  return {
    ...{ name: "kpi", metric: "depth", statistic: "value", direction: "below", target: 1, critical: 2 } as const,
    ...changes,
  };
}

Deno.test("an objective is recorded over seven ranges and has alerts on three pairs of them", async () => {
  const rules = groupOf(await rulesOf((metrics) => metrics.timer("order", { slo: SLO })), "slo order");
  const recorded = rules.filter((rule) => "record" in rule);
  assertEquals(
    recorded.map(({ record }) => record),
    ["5m", "30m", "1h", "2h", "6h", "1d", "3d"].map((range) => `job:order_slo_errors:ratio_rate${range}`),
  );
  assertEquals(
    recorded[0].expr,
    'sum by (job) ((order_slo_violations_total{job="shop"} unless order_slo_violations_total{job="shop"} offset 5m' +
      ' unless order_slo_violations_created{job="shop"} <= time() - 300)' +
      ' or increase(order_slo_violations_total{job="shop"}[5m])) / ' +
      'sum by (job) ((order_seconds_count{job="shop"} unless order_seconds_count{job="shop"} offset 5m' +
      ' unless order_seconds_created{job="shop"} <= time() - 300)' +
      ' or increase(order_seconds_count{job="shop"}[5m]))',
  );
  const alerts = rules.filter((rule) => "alert" in rule);
  assertEquals(alerts.map(({ expr }) => expr), [
    'job:order_slo_errors:ratio_rate1h{job="shop"} > 14.4 * (1 - 0.99) and ' +
    'job:order_slo_errors:ratio_rate5m{job="shop"} > 14.4 * (1 - 0.99)',
    'job:order_slo_errors:ratio_rate6h{job="shop"} > 6 * (1 - 0.99) and ' +
    'job:order_slo_errors:ratio_rate30m{job="shop"} > 6 * (1 - 0.99)',
    'job:order_slo_errors:ratio_rate3d{job="shop"} > 1 * (1 - 0.99) and ' +
    'job:order_slo_errors:ratio_rate6h{job="shop"} > 1 * (1 - 0.99)',
  ]);
  assertEquals(alerts.map(({ labels }) => labels.severity), ["critical", "critical", "warning"]);
});

Deno.test("an objective whose budget cannot burn so fast has no alert for that", async () => {
  const slo = { threshold: "5ms", target: 0.9 } as const;
  const alerts = alertsOf(await rulesOf((metrics) => metrics.timer("order", { slo })), "slo order");
  assertEquals(alerts.map(({ labels }) => labels.long_window), ["6h", "3d"]);
});

Deno.test("burn rates are those of the program's health where it sets them, else the recommended ones", async () => {
  const define = (metrics: Metrics) => void metrics.timer("order", { slo: SLO });
  const rates = async (burnRate: NonNullable<MetricsOptions["health"]>["burnRate"]) => {
    const alerts = alertsOf(await rulesOf(define, {}, { health: { burnRate } }), "slo order");
    return alerts.map(({ expr }) => Number(/> ([\d.]+) \*/.exec(expr)?.[1]));
  };
  assertEquals(await rates(true), [14.4, 6, 1]);
  assertEquals(await rates(false), [14.4, 6, 1]);
  assertEquals(await rates({ degraded: 2, unhealthy: 4, critical: false }), [14.4, 4, 2]);
});

/** Returns the increase of series, or all of a new one. */
function gain(name: string, stem: string, range: string, seconds: number, ignoring = ""): string {
  const series = `${name}{job="shop"}`;
  const old = `${stem}_created{job="shop"} <= time() - ${seconds}`;
  return `(${series} unless ${series} offset ${range} unless${ignoring} ${old}) or increase(${series}[${range}])`;
}

function bucketGain(name: string): string {
  return gain(`${name}_bucket`, name, "5m", 300, " ignoring (le)");
}

const EXPRESSIONS: readonly [define: (metrics: Metrics) => void, kpi: Partial<Kpi>, expr: string, native?: string][] = [
  [(metrics) => metrics.gauge("depth"), {}, 'depth{job="shop"} > 1'],
  [(metrics) => metrics.gauge("depth"), { direction: "above", target: 2, critical: 1 }, 'depth{job="shop"} < 2'],
  [
    (metrics) => metrics.counter("depth_total"),
    { metric: "depth_total", statistic: "rate" },
    `sum by (job, instance) (${gain("depth_total", "depth", "4m", 240)}) / 240 > 1`,
  ],
  [
    (metrics) => metrics.timer("depth"),
    { metric: "depth_seconds", statistic: "rate" },
    `sum by (job, instance) (${gain("depth_seconds_count", "depth_seconds", "4m", 240)}) / 240 > 1`,
    `sum by (job, instance) (histogram_count(${gain("depth_seconds", "depth_seconds", "4m", 240)})) / 240 > 1`,
  ],
  [
    (metrics) => metrics.timer("depth"),
    { metric: "depth_seconds", statistic: "p99" },
    `histogram_quantile(0.99, sum by (job, instance, le) (${bucketGain("depth_seconds")})) > 1`,
    `histogram_quantile(0.99, sum by (job, instance) (${gain("depth_seconds", "depth_seconds", "5m", 300)})) > 1`,
  ],
  [
    (metrics) => metrics.histogram("depth", { sketch: "tdigest" }),
    { statistic: "p99" },
    `histogram_quantile(0.99, sum by (job, instance, le) (${bucketGain("depth")})) > 1`,
  ],
  [
    (metrics) => metrics.summary("depth", { quantiles: [0.5, 0.99] }),
    { statistic: "p99" },
    'depth{job="shop",quantile="0.99"} > 1',
  ],
  [
    (metrics) => metrics.gauge("queue.depth"),
    { metric: "queue.depth" },
    'queue_depth{job="shop"} > 1',
  ],
];

for (const [define, changes, expr, native = expr] of EXPRESSIONS) {
  Deno.test(`a KPI is watched by ${expr}`, async () => {
    const declare = (metrics: Metrics) => {
      define(metrics);
      metrics.declareKpis([kpiWith(changes)]);
    };
    const [warning, critical] = alertsOf(await rulesOf(declare), "kpis");
    assertEquals([warning.expr, warning.for, warning.labels], [expr, "5m", { severity: "warning", kpi: "kpi" }]);
    assertEquals([critical.for, critical.labels.severity, critical.alert], ["1m", "critical", "HotpathKpiKpi"]);
    assertEquals(alertsOf(await rulesOf(declare, { isNative: true }), "kpis")[0].expr, native);
  });
}

const UNWATCHABLE: readonly [define: (metrics: Metrics) => void, kpi: Partial<Kpi>, reason: string][] = [
  [() => {}, {}, "the program has no metric depth"],
  [(metrics) => metrics.gauge("depth"), { statistic: "rate" }, "depth has no rate"],
  [(metrics) => metrics.gauge("depth"), { statistic: "p99" }, "depth has no p99"],
  [(metrics) => metrics.histogram("depth"), {}, "depth has no value"],
  [(metrics) => metrics.summary("depth", { quantiles: [0.5] }), { statistic: "p99" }, "depth has no p99"],
  [
    (metrics) => metrics.histogram("depth", { buckets: [0.5, 1] }),
    { statistic: "p99" },
    "the buckets of depth end at 1, so no value above 1 can be seen",
  ],
];

for (const [define, changes, reason] of UNWATCHABLE) {
  Deno.test(`the alert of a KPI is skipped where ${reason}`, async () => {
    const generated = await rulesOf((metrics) => {
      define(metrics);
      metrics.declareKpis([kpiWith({ ...changes, critical: undefined })]);
    });
    assertEquals([alertsOf(generated, "kpis"), generated.skipped], [[], [`the warning alert of KPI kpi: ${reason}`]]);
  });
}

Deno.test("a KPI without thresholds has no alert, and none is skipped", async () => {
  const { file, skipped } = await rulesOf((metrics) => {
    metrics.declareKpis([kpiWith({ target: undefined, critical: undefined })]);
  });
  assertEquals([file.groups.map(({ name }) => name), skipped], [["hotpath"], []]);
});

Deno.test("GC pauses and CPU have alerts unless the program declares KPIs for them", async () => {
  const runtime = { runtime: { gc: true, process: true } };
  const named = (generated: GeneratedRules) => alertsOf(generated, "kpis").map(({ labels }) => labels.kpi);
  assertEquals(named(await rulesOf(() => {}, {}, runtime)), ["gc_pause", "gc_pause", "cpu"]);
  assertEquals(named(await rulesOf(() => {})), []);
  const own = kpiWith({ name: "load", metric: "process_cpu_seconds_total", statistic: "rate", target: 4, critical: 8 });
  const said = await rulesOf((metrics) => metrics.declareKpis([own]), {}, runtime);
  assertEquals(named(said), ["load", "load", "gc_pause", "gc_pause"]);
  const taken = await rulesOf(
    (metrics) => {
      metrics.gauge("depth");
      metrics.declareKpis([kpiWith({ name: "cpu" })]);
    },
    {},
    runtime,
  );
  assertEquals(named(taken), ["cpu", "cpu", "gc_pause", "gc_pause"]);
});

Deno.test("the runtime has alerts at the limits of the health checks, if it is exposed", async () => {
  const health = { eventLoopLag: { window: "2m", degraded: "20ms", unhealthy: false }, heapGrowth: false } as const;
  const alerts = alertsOf(await rulesOf(() => {}, {}, { runtime: { eventLoop: true, heap: true }, health }), "runtime");
  // Four scrapes take longer than the health looks back.
  const lag = "histogram_quantile(0.95, sum by (job, instance, thread, le)" +
    ' (rate(deno_eventloop_lag_seconds_bucket{job="shop"}[4m])))';
  assertEquals(alerts.map(({ alert, expr, labels }) => [alert, labels.severity, expr]), [
    ["HotpathEventLoopLag", "warning", `${lag} > 0.02`],
    ["HotpathEventLoopLag", "critical", `${lag} > 2`],
  ]);
  assertEquals(alertsOf(await rulesOf(() => {}), "runtime"), []);
});

Deno.test("every range has at least four scrapes in it, whatever the scrape interval is", async () => {
  const define = (metrics: Metrics) => {
    metrics.timer("order", { slo: SLO });
    metrics.counter("depth_total");
    metrics.declareKpis([
      kpiWith({ name: "rate", metric: "depth_total", statistic: "rate" }),
      kpiWith({ name: "p99", metric: "order_seconds", statistic: "p99", target: 0.1 }),
    ]);
  };
  const runtime = { runtime: { eventLoop: true, heap: true, gc: true, process: true } };
  const rangesAt = async (scrapeIntervalMs?: number) => {
    const { file } = await rulesOf(define, { scrapeIntervalMs }, runtime);
    return file.groups.flatMap(({ rules }) =>
      rules.flatMap(({ expr }) =>
        [...expr.matchAll(/\[(\w+)\]/g)].map(([, range]) =>
          range.endsWith("d") ? Number(range.slice(0, -1)) * 86_400_000 : parseDuration(range, "x", "y")
        )
      )
    );
  };
  for (const scrapeIntervalMs of [1_000, 15_000, 60_000, 100_000, 300_000]) {
    assertEquals(Math.min(...await rangesAt(scrapeIntervalMs)), Math.max(60_000, 4 * scrapeIntervalMs));
  }
  assertEquals(await rangesAt(), await rangesAt(60_000));
});

Deno.test("an objective is not recorded twice where scrapes are rare, and its alerts use the recorded ranges", async () => {
  const define = (metrics: Metrics) => void metrics.timer("order", { slo: SLO });
  const rules = groupOf(await rulesOf(define, { scrapeIntervalMs: 900_000 }), "slo order");
  assertEquals(
    rules.filter((rule) => "record" in rule).map(({ record }) => record.replace(/.*rate/, "")),
    ["1h", "2h", "6h", "1d", "3d"],
  );
  const [{ expr, labels }] = rules.filter((rule) => "alert" in rule);
  assertEquals([labels.long_window, labels.short_window], ["1h", "1h"]);
  assertMatch(expr, /ratio_rate1h.* and .*ratio_rate1h/);
});

Deno.test("--for, --range and --interval apply to all alerts", async () => {
  const define = (metrics: Metrics) => {
    metrics.timer("order", { slo: SLO });
    metrics.declareKpis([kpiWith({ metric: "order_seconds", statistic: "p99", target: 0.1, critical: 1 })]);
  };
  const options = { forMs: 5_000, rangeMs: 15_000, intervalMs: 1_500 };
  const { file } = await rulesOf(define, options, { runtime: { eventLoop: true, heap: true } });
  assertEquals(new Set(file.groups.map(({ interval }) => interval)), new Set(["1500ms"]));
  const alerts = file.groups.filter(({ name }) => name !== "slo order").flatMap(({ rules }) => rules) as AlertingRule[];
  for (const { alert, expr, for: held } of alerts) {
    if (alert !== "HotpathAggregatorRestarted") assertEquals(held, "5s");
    for (const [, range] of expr.matchAll(/\[(\w+)\]/g)) assertEquals(range, "15s");
  }
});

Deno.test("writeRules writes YAML that parses to the same rules, whatever names and helps are", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
      fc.string({ unit: "binary" }),
      async (name, help) => {
        await using test = inlineMetrics();
        test.metrics.gauge(`a ${name}`, { help });
        test.metrics.declareKpis([kpiWith({ name, metric: `a ${name}` })]);
        const { file } = generateRules(await test.metrics.definitions(), { ...OPTIONS, job: name });
        assertEquals(parse(writeRules(file)) as RuleFile, file);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("texts of a program are no templates", async () => {
  const { file } = await rulesOf((metrics) => {
    metrics.gauge("depth", { help: "{{ .Nothing }}" });
    metrics.declareKpis([kpiWith({ name: "{{ k }}" })]);
  });
  const [{ labels, annotations }] = file.groups[0].rules as AlertingRule[];
  assertEquals(labels.kpi, '{{ "{{" }} k }}');
  assertMatch(annotations.description, /\{\{ "\{\{" \}\} \.Nothing \}\}\.$/);
});

Deno.test("the rate of a timer is of observations, whatever unit they have", async () => {
  const kpi = kpiWith({
    metric: "order_seconds",
    statistic: "rate",
    direction: "above",
    target: 5,
    critical: undefined,
  });
  const [{ annotations }] = alertsOf(
    await rulesOf((metrics) => {
      metrics.timer("order");
      metrics.declareKpis([kpi]);
    }),
    "kpis",
  );
  assertEquals(
    annotations.summary,
    "kpi is {{ $value | humanize }}/s on {{ $labels.instance }}, below its target of 5/s",
  );
});

import { assert, assertEquals, assertNotMatch, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { DistributionSeriesSnapshot, MetricSnapshot, Snapshot } from "../../mod.ts";
import { encodeReport } from "../../src/encode/report.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";

const META = { recorded: 1_234, dropped: 5, sampledOut: 0, series: 1, overflowed: 0 };

function snapshotOf(metrics: readonly MetricSnapshot[], uptimeSeconds: number = 120): Snapshot {
  return { timestamp: "2026-01-02T03:04:05.678Z", uptimeSeconds, metrics, meta: META };
}

function windowOf(rate: number): DistributionSeriesSnapshot["windows"][string] {
  return { count: 1, rate, mean: 1, max: 1, quantiles: {} };
}

function timer(series: Partial<DistributionSeriesSnapshot>, unit: string = "seconds"): MetricSnapshot {
  const quantiles = { "0.5": 0.002, "0.9": 0.0085, "0.95": 0.009, "0.99": 0.0123456, "0.999": 1.5 };
  const windows = { "1s": windowOf(1), "1m": windowOf(12.345), "5m": windowOf(5) };
  return {
    name: "order_execution_seconds",
    type: "histogram",
    unit,
    help: "",
    windowName: "",
    buckets: [],
    series: [
      { labels: {}, count: 3, sum: 1, min: 1, max: 1, mean: 1, quantiles, windows, bucketCounts: [], ...series },
    ],
  };
}

function gauge(value: number, labels: Record<string, string> = {}): MetricSnapshot {
  return { name: "queue_depth", type: "gauge", unit: "", help: "", series: [{ labels, value }] };
}

/** The cells of the only row under a title. */
function cellsOf(report: string, title: string): string[] {
  const lines = report.split("\n");
  return lines[lines.findIndex((line) => line.startsWith(title)) + 1].split(/ {2,}/);
}

const distributionCells = (metric: MetricSnapshot) => cellsOf(encodeReport(snapshotOf([metric])), "TIMERS");
const scalarCells = (value: number) => cellsOf(encodeReport(snapshotOf([gauge(value)])), "COUNTERS");

Deno.test("encodeReport aligns timers, counters and gauges in two tables", () => {
  const slo = { thresholdSeconds: 0.005, target: 0.999, violations: 1, compliance: 2 / 3, burnRate: { "1m": 333 } };
  const report = encodeReport(snapshotOf([
    { name: "orders_total", type: "counter", unit: "", help: "", series: [{ labels: { side: "buy" }, value: 12_345 }] },
    timer({ labels: { pair: "BTC-USD", side: "buy" }, slo }),
    timer({ count: 1_000_000 }),
    gauge(-0.5),
  ]));
  assertEquals(
    report,
    `Hotpath at 2026-01-02T03:04:05.678Z, up 120 s: 1,234 records, 5 dropped
Count, quantiles and SLO since the start, rate over the last 1m

TIMERS AND HISTOGRAMS                                   COUNT    RATE   P50   P95      P99  P99.9  SLO
order_execution_seconds{pair="BTC-USD",side="buy"}          3  12.3/s  2 ms  9 ms  12.3 ms  1.5 s  99.9 % within 5 ms: breached, 66.6666 %, 1 above
order_execution_seconds                             1,000,000  12.3/s  2 ms  9 ms  12.3 ms  1.5 s  -

COUNTERS AND GAUGES        VALUE  TYPE
orders_total{side="buy"}  12,345  counter
queue_depth                 -0.5  gauge
`,
  );
});

Deno.test("encodeReport shows summaries among timers and histograms, and names the window of their quantiles", () => {
  const quantiles = { "0.5": 2, "0.99": 7.5 };
  const windows = { "10m": windowOf(3) };
  const summary: MetricSnapshot = {
    name: "message_bytes",
    type: "summary",
    unit: "bytes",
    help: "",
    window: "10m",
    series: [{ labels: {}, count: 5, sum: 20, min: 1, max: 8, mean: 4, quantiles, windows }],
  };
  const alone = encodeReport(snapshotOf([summary], 3_600));
  const since = "Count, quantiles and SLO since the start, quantiles of summaries over their windows";
  assertStringIncludes(alone, `\n${since}, rate over the last 10m\n`);
  assertEquals(cellsOf(alone, "TIMERS"), ["message_bytes", "5", "3/s", "2", "-", "7.5", "-", "-"]);
  const both = encodeReport(snapshotOf([summary, timer({})], 3_600));
  assertStringIncludes(both, `\n${since}, rate over the last 5m\n`);
  assertEquals(cellsOf(both, "TIMERS")[2], "-");
});

Deno.test("encodeReport shows the rate of the longest window that the metrics have been up for", () => {
  const rateOf = (uptimeSeconds: number, windows = {}) => {
    const report = encodeReport(snapshotOf([timer(windows)], uptimeSeconds));
    return [/since the start(?:, rate over the last (\S+))?$/m.exec(report)![1], cellsOf(report, "TIMERS")[2]];
  };
  assertEquals(rateOf(0.1), ["1s", "1/s"]);
  assertEquals(rateOf(59), ["1s", "1/s"]);
  assertEquals(rateOf(60), ["1m", "12.3/s"]);
  assertEquals(rateOf(3_600), ["5m", "5/s"]);
  assertEquals(rateOf(3_600, { windows: {} }), [undefined, "-"]);
  const unsorted = { windows: { "5m": windowOf(5), "1s": windowOf(1), "1m": windowOf(12.345) } };
  assertEquals([0.1, 60, 3_600].map((uptimeSeconds) => rateOf(uptimeSeconds, unsorted)[0]), ["1s", "1m", "5m"]);
});

Deno.test("encodeReport shows durations with three digits in a suitable unit", () => {
  const shown: readonly [seconds: number, text: string][] = [
    [0, "0 s"],
    [4.5e-8, "45 ns"],
    [1e-6, "1 µs"],
    [9.996e-7, "1 µs"],
    [2.5e-4, "250 µs"],
    [9.999e-4, "1 ms"],
    [0.0123456, "12.3 ms"],
    [0.99951, "1 s"],
    [59.95, "60 s"],
    [3_599.7, "3,600 s"],
  ];
  for (const [seconds, text] of shown) {
    assertEquals(distributionCells(timer({ quantiles: { "0.5": seconds } }))[3], text);
  }
});

Deno.test("encodeReport shows other units as plain numbers, and a dash for a missing one", () => {
  const quantiles = { "0.5": 512, "0.95": 65_536.4, "0.99": null };
  const cells = distributionCells(timer({ quantiles }, "bytes"));
  assertEquals(cells.slice(3), ["512", "65,536", "-", "-", "-"]);
});

Deno.test("encodeReport says whether an objective is kept, and never rounds up to all", () => {
  const sloOf = (compliance: number | null, violations: number, target = 0.99) =>
    distributionCells(
      timer({ slo: { thresholdSeconds: 2.5e-4, target, violations, compliance, burnRate: {} } }),
    ).at(-1);
  assertEquals(sloOf(1, 0), "99 % within 250 µs: OK, 100 %, 0 above");
  assertEquals(sloOf(0.99, 1), "99 % within 250 µs: OK, 99 %, 1 above");
  assertEquals(sloOf(0.57, 43_000), "99 % within 250 µs: breached, 57 %, 43,000 above");
  assertEquals(
    sloOf(0.99999999, 1, 0.9999999999),
    "99.9999 % within 250 µs: breached, 99.9999 %, 1 above",
  );
  assertEquals(sloOf(null, 0), "99 % within 250 µs: no values");
});

Deno.test("encodeReport shows a counter or gauge exactly", () => {
  for (
    const [value, text] of [[0, "0"], [-3, "-3"], [12_345_678, "12,345,678"], [0.1 + 0.2, `${0.1 + 0.2}`]] as const
  ) {
    assertEquals(scalarCells(value).slice(1), [text, "gauge"]);
  }
});

Deno.test("encodeReport reports that there are no metrics", async () => {
  await using test = inlineMetrics();
  const report = await test.metrics.report();
  assertStringIncludes(report, "0 records, 0 dropped\nThere are no metrics\n");
  assertEquals(report.split("\n").length, 3);
});

Deno.test("encodeReport replaces unprintable characters by their codes", () => {
  const report = encodeReport(snapshotOf([gauge(1, { path: '\x1b[2J\u009b\r\n"\\\u202e\u200b\u2028é🚀' })]));
  assertStringIncludes(report, String.raw`{path="\u{1b}[2J\u{9b}\u{d}\n\"\\\u{202e}\u{200b}\u{2028}é🚀"}`);
});

Deno.test("encodeReport writes printable lines and nothing else, whatever the names and labels", () => {
  const text = fc.string({ unit: "binary" });
  const metrics = fc.array(
    fc.oneof(
      fc.tuple(text, fc.dictionary(text, text)).map((
        [name, labels],
      ) => ({ ...gauge(1, labels), name } as MetricSnapshot)),
      fc.dictionary(text, text).map((labels) => timer({ labels })),
    ),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(metrics, text, (metrics, timestamp) => {
      const report = encodeReport({ ...snapshotOf(metrics), timestamp });
      assertNotMatch(report.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      const tables = new Set(metrics.map(({ type }) => type)).size;
      assertEquals(report.split("\n").length, 3 + metrics.length + 2 * tables);
    }),
    { seed: 7 },
  );
});

Deno.test("encodeReport refuses a window that is no duration", () => {
  const odd = timer({ windows: { soon: windowOf(1) } });
  const message = 'Cannot write a report: windows must be a duration such as "5ms"';
  assertThrows(() => encodeReport(snapshotOf([odd])), TypeError, message);
});

Deno.test("metrics.report shows recorded values", async () => {
  await using test = inlineMetrics({ windows: ["1s", "1m"] });
  const execution = test.metrics.timer("order_execution", { labels: ["pair"] }).with({ pair: "BTC-USD" });
  for (const durationMs of [1, 2, 9]) {
    const start = execution.start();
    test.clock.advance(durationMs);
    execution.end(start);
  }
  test.metrics.counter("orders_total").inc(7);
  const report = await test.metrics.report();
  assertStringIncludes(report, "3 records, 0 dropped\n");
  const [name, count, rate] = cellsOf(report, "TIMERS");
  assertEquals([name, count, rate], ['order_execution_seconds{pair="BTC-USD"}', "3", "3/s"]);
  assertEquals(cellsOf(report, "COUNTERS"), ["orders_total", "7", "counter"]);
  await test.metrics.close();
  assert((await test.metrics.report()).includes("orders_total"));
});

Deno.test("encodeReport shows numbers of up to 21 characters", () => {
  const shown = (value: number) => cellsOf(encodeReport(snapshotOf([gauge(value)])), "COUNTERS")[1];
  assertEquals(shown(2 ** 53 - 1), "9,007,199,254,740,991");
  assertEquals(shown(2 ** 53), "9.007199254740992e15");
  assertEquals(shown(Number.MAX_VALUE), "1.7976931348623157e308");
  assertEquals(shown(-1e21), "-1e21");
  assertEquals([shown(-0), shown(5e-324), shown(-0.5)], ["0", "5e-324", "-0.5"]);
});

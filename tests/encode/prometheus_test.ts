import { assertEquals } from "@std/assert";
import type { DistributionSeriesSnapshot, MetricSnapshot, Quantiles, ScalarSnapshot } from "../../mod.ts";
import { encodePrometheus, PROMETHEUS_CONTENT_TYPE } from "../../src/encode/prometheus.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";

function scalar(name: string, help: string, series: ScalarSnapshot["series"]): ScalarSnapshot {
  return { name, type: "gauge", unit: "", help, series };
}

/** A series of which only what is written as text matters. */
function distribution(parts: Partial<DistributionSeriesSnapshot>): DistributionSeriesSnapshot {
  return {
    labels: {},
    count: 0,
    sum: 0,
    min: null,
    max: null,
    mean: null,
    quantiles: {},
    windows: {},
    bucketCounts: [],
    ...parts,
  };
}

function windowOf(quantiles: Quantiles): DistributionSeriesSnapshot["windows"][string] {
  return { count: 0, rate: 0, mean: null, max: null, quantiles };
}

/** Asserts that metrics are written as a file of `tests/golden/`, byte for byte. */
function assertGolden(metrics: readonly MetricSnapshot[], file: string): void {
  const text = encodePrometheus(metrics);
  const golden = Deno.readFileSync(new URL(`../golden/${file}`, import.meta.url));
  // The text first: it shows where they differ.
  assertEquals(text, new TextDecoder().decode(golden));
  assertEquals(new TextEncoder().encode(text), golden);
}

Deno.test("encodePrometheus escapes help texts and label values, each by its own rule", () => {
  const values = [
    "plain",
    "",
    " ",
    "\\",
    "\n",
    '"',
    '\\n is no "line feed"\n\\',
    "\\\\",
    "{a=\"b\",c='d'} 1 # x",
    "tab\tstays",
    "Zürich 東京 שלום",
    "🚀👩‍👩‍👧",
    "__proto__",
  ];
  assertGolden([
    {
      name: "orders_total",
      type: "counter",
      unit: "",
      help: 'Orders "sent" over C:\\new\nand \\n counted 🚀',
      series: values.map((path, value) => ({ labels: { path }, value })),
    },
    {
      name: "message_bytes",
      type: "histogram",
      unit: "bytes",
      help: "One \\ and\none line feed",
      windowName: "message_window_bytes",
      buckets: [1],
      series: [distribution({
        labels: { path: 'a"b\\c\nd', side: "é" },
        count: 1,
        sum: 2,
        bucketCounts: [0],
        windows: { "1s": windowOf({ "0.5": 2 }) },
      })],
    },
  ], "escaping.txt");
});

Deno.test("encodePrometheus writes every number that a float64 can be", () => {
  const values = [
    0,
    -0,
    1,
    -1,
    0.1 + 0.2,
    -0.005,
    1e-7,
    5e-324,
    -2.2250738585072014e-308,
    123456789012345680000,
    1e21,
    Number.MAX_SAFE_INTEGER,
    Number.MAX_VALUE,
    Infinity,
    -Infinity,
    NaN,
  ];
  assertGolden(
    [scalar("value", "Numbers", values.map((value, i) => ({ labels: { i: String(i) }, value })))],
    "numbers.txt",
  );
});

Deno.test("encodePrometheus writes cumulative buckets, sum, count, and windows as a summary", () => {
  assertGolden([{
    name: "order_execution_seconds",
    type: "histogram",
    unit: "seconds",
    help: "Signal to submission",
    windowName: "order_execution_window_seconds",
    buckets: [-1, 0, 1e-7, 0.0025, 10],
    series: [
      distribution({
        labels: { pair: "BTC-USD", side: "buy" },
        count: 7,
        sum: 20.0125,
        bucketCounts: [0, 1, 3, 5, 6],
        windows: {
          "1s": windowOf({ "0.5": 0.001, "0.999": 20 }),
          "5m": windowOf({ "0.5": 0.0025, "0.999": 20 }),
        },
      }),
      distribution({
        labels: { pair: "BTC-USD", side: "sell" },
        bucketCounts: [0, 0, 0, 0, 0],
        windows: { "1s": windowOf({ "0.5": null, "0.999": null }), "5m": windowOf({ "0.5": null, "0.999": null }) },
      }),
    ],
  }], "distribution.txt");
});

Deno.test("encodePrometheus writes an objective as a counter and two gauges, without windows that hold nothing", async () => {
  await using test = inlineMetrics({ windows: ["1s", "1m"] });
  const { metrics, clock } = test;
  const slo = { threshold: "5ms", target: 0.75 } as const;
  const buckets = [0.005];
  const execution = metrics.timer("order_execution", { help: "Signal to submission", labels: ["pair"], buckets, slo });
  for (const seconds of [0.001, 0.005, 0.006]) execution.with({ pair: "BTC-USD" }).observe(seconds);
  clock.advance(5_000);
  execution.with({ pair: "BTC-USD" }).observe(0.02);
  execution.with({ pair: 'a"b' });
  // No help, and the unit in the name.
  metrics.timer("parse_seconds", { slo: { threshold: 2, target: 0.5 }, buckets: [] });
  assertGolden((await metrics.snapshot()).metrics, "slo.txt");
});

Deno.test("encodePrometheus leaves out what there is none of: help, labels, buckets, windows, series", () => {
  assertGolden([
    scalar("bare", "", [{ labels: {}, value: 1 }]),
    scalar("without_series", "Nothing yet", []),
    {
      name: "bare_seconds",
      type: "histogram",
      unit: "seconds",
      help: "",
      windowName: "bare_window_seconds",
      buckets: [],
      series: [distribution({ count: 2, sum: -3 })],
    },
    {
      name: "without_series_bytes",
      type: "histogram",
      unit: "bytes",
      help: "Nothing yet",
      windowName: "without_series_window_bytes",
      buckets: [64],
      series: [],
    },
    {
      name: "helpless_seconds",
      type: "histogram",
      unit: "seconds",
      help: "",
      windowName: "helpless_window_seconds",
      buckets: [],
      series: [distribution({ count: 1, sum: 1, windows: { "1s": windowOf({ "0.5": 1 }) } })],
    },
  ], "bare.txt");
});

Deno.test("encodePrometheus writes no metrics as nothing", () => {
  assertEquals(encodePrometheus([]), "");
});

Deno.test("PROMETHEUS_CONTENT_TYPE names format 0.0.4", () => {
  assertEquals(PROMETHEUS_CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
});

Deno.test("encodePrometheus writes what instruments recorded, from end to end", async () => {
  await using test = inlineMetrics({ windows: ["1s", "1m"], seriesMax: 6 });
  const { metrics, clock } = test;
  const orders = metrics.counter("orders", { help: "Orders sent", labels: ["pair", "side"] });
  orders.with({ pair: "BTC-USD", side: "buy" }).inc(3);
  orders.with({ pair: 'a"b', side: "sell" }).inc();
  metrics.gauge("portfolio_value", { help: "Value", unit: "dollars" }).set(-12.5);
  metrics.gauge("queue_backlog", { collect: () => 4 });
  const execution = metrics.timer("order_execution", { help: "Signal to submission", buckets: [0.001, 0.005, 0.25] });
  const start = execution.start();
  clock.advance(5);
  execution.end(start);
  const size = metrics.histogram("message", { help: "Message size", unit: "bytes", buckets: [512] });
  size.observe(512);
  size.observe(512);
  orders.with({ pair: "past the cap", side: "buy" }).inc(9);
  await metrics.flush();
  clock.advance(2_000);
  assertGolden((await metrics.snapshot()).metrics, "instruments.txt");
});

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createMetrics, type DistributionSeriesSnapshot } from "../../mod.ts";
import { encodeJson, JSON_CONTENT_TYPE } from "../../src/encode/json.ts";
import { FakeClock, inlineMetrics } from "../../src/testing/mod.ts";

const QUANTILES = ["0.5", "0.9", "0.95", "0.99", "0.999"];
const NONE = Object.fromEntries(QUANTILES.map((q) => [q, null]));

/** Takes the quantiles out, checked to be within 0.55 % of the values of their ranks. */
function withoutQuantiles<Rest>({ quantiles, ...rest }: Rest & { quantiles: Record<string, number> }): unknown {
  assertEquals(Object.keys(quantiles), QUANTILES);
  assertAlmostEquals(quantiles["0.5"], 0.002, 0.002 * 0.0055);
  for (const q of QUANTILES.slice(1)) assertAlmostEquals(quantiles[q], 0.009, 0.009 * 0.0055);
  return rest;
}

Deno.test("encodeJson writes the snapshot in its documented shape", async () => {
  await using test = inlineMetrics({ windows: ["1s", "1m"] });
  const { metrics, clock } = test;
  const family = metrics.timer("order_execution", { help: "Signal to submission", labels: ["pair"], buckets: [0.005] });
  const execution = family.with({ pair: "BTC-USD" });
  for (const durationMs of [1, 2, 9]) {
    const start = execution.start();
    clock.advance(durationMs);
    execution.end(start);
  }
  metrics.counter("orders_total", { help: "Orders sent" }).inc(7);
  await metrics.flush();
  const { timestamp, uptimeSeconds, metrics: [timer, counter], meta, ...rest } = JSON.parse(
    encodeJson(await metrics.snapshot()),
  );
  assertEquals(rest, {});
  assertEquals(new Date(timestamp).toISOString(), timestamp);
  assertEquals(uptimeSeconds, 0.012);
  assertEquals(counter, {
    name: "orders_total",
    type: "counter",
    unit: "",
    help: "Orders sent",
    series: [{ labels: {}, value: 7 }],
  });
  assertEquals(meta, { recorded: 3, dropped: 0, sampledOut: 0, series: 2, overflowed: 0 });

  const { series: [{ windows, ...series }], ...head } = timer;
  assertEquals(head, {
    name: "order_execution_seconds",
    type: "histogram",
    unit: "seconds",
    help: "Signal to submission",
    windowName: "order_execution_window_seconds",
    buckets: [0.005],
  });
  assertAlmostEquals(series.sum, 0.012, 1e-12);
  assertAlmostEquals(series.mean, 0.004, 1e-12);
  assertEquals(withoutQuantiles(series), {
    labels: { pair: "BTC-USD" },
    count: 3,
    sum: series.sum,
    min: 0.001,
    max: 0.009,
    mean: series.mean,
    bucketCounts: [2],
  });
  assertEquals(Object.keys(windows), ["1s", "1m"]);
  for (const [name, lengthSeconds] of [["1s", 1], ["1m", 60]] as const) {
    const { mean, rate } = windows[name];
    assertAlmostEquals(mean, 0.004, 1e-12);
    assertAlmostEquals(rate, 3 / lengthSeconds, 1e-12);
    assertEquals(withoutQuantiles(windows[name]), { count: 3, rate, mean, max: 0.009 });
  }
});

Deno.test("encodeJson writes null for the missing numbers of an empty distribution", async () => {
  await using test = inlineMetrics({ windows: ["1s"] });
  test.metrics.histogram("message_bytes", { unit: "bytes", buckets: [512] });
  const { metrics: [{ series }] } = JSON.parse(encodeJson(await test.metrics.snapshot()));
  assertEquals(series, [{
    labels: {},
    count: 0,
    sum: 0,
    min: null,
    max: null,
    mean: null,
    quantiles: NONE,
    windows: { "1s": { count: 0, rate: 0, mean: null, max: null, quantiles: NONE } },
    bucketCounts: [0],
  }]);
});

Deno.test("encodeJson keeps every text of help and labels unchanged", async () => {
  await using test = inlineMetrics();
  const texts = ['"', "\\", "\n", "\u0000\u001f\u2028", "🚀", "", "</script>", "toString"];
  const orders = test.metrics.counter("orders_total", { help: texts.join("|"), labels: ["constructor", "path"] });
  for (const path of texts) orders.with({ constructor: path, path }).inc();
  const { metrics: [{ help, series }] } = JSON.parse(encodeJson(await test.metrics.snapshot()));
  assertEquals(help, texts.join("|"));
  assertEquals(series, texts.map((path) => ({ labels: { constructor: path, path }, value: 1 })));
});

Deno.test("encodeJson of a snapshot does not change when more is recorded", async () => {
  await using test = inlineMetrics();
  const size = test.metrics.histogram("message_bytes");
  const orders = test.metrics.counter("orders_total");
  size.observe(1);
  const snapshot = await test.metrics.snapshot();
  const before = encodeJson(snapshot);
  for (let i = 0; i < 100; i++) size.observe(i);
  orders.inc();
  await test.metrics.snapshot();
  assertEquals(encodeJson(snapshot), before);
  assert(before.length > 0);
});

Deno.test("JSON_CONTENT_TYPE names JSON", () => {
  assertEquals(JSON_CONTENT_TYPE, "application/json; charset=utf-8");
});

/** Every number below a value; fails at one that JSON has no text for. */
function assertFinite(value: unknown, path: string = "snapshot"): void {
  if (typeof value === "number") assert(Number.isFinite(value), `${path} is ${value}`);
  if (typeof value !== "object" || value === null) return;
  for (const [key, each] of Object.entries(value)) assertFinite(each, `${path}.${key}`);
}

const EXTREMES = [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE, -0, 0, 2 ** 53, 1e308];

for (const samplingRate of [1, 0.5]) {
  Deno.test(`encodeJson writes no null for a number, whatever was recorded, at a sampling rate of ${samplingRate}`, async () => {
    const double = fc.oneof(fc.constantFrom(...EXTREMES), fc.double({ noNaN: true }));
    await fc.assert(
      fc.asyncProperty(fc.array(double, { maxLength: 40 }), async (values) => {
        await using test = inlineMetrics({ sampling: { rate: samplingRate }, windows: ["1s", "1m"] });
        const { metrics, clock } = test;
        const counter = metrics.counter("counter");
        const gauge = metrics.gauge("gauge");
        const distributions = [
          metrics.histogram("size"),
          metrics.histogram("digest", { sketch: "tdigest" }),
          metrics.timer("job", { slo: { threshold: "5ms", target: 0.999 } }),
          metrics.summary("recent"),
        ];
        for (const value of values) {
          counter.inc(value);
          gauge.inc(value);
          for (const each of distributions) each.observe(value);
          clock.advance(100);
        }
        const snapshot = await metrics.snapshot();
        assertFinite(snapshot);
        const report = await metrics.report();
        assert(!/[\d,]{30}/.test(report), report);
        assert(!/Infinity|NaN|-0\b(?!\.)/.test(report), report);
        for (const line of (await metrics.scrape()).split("\n").filter((line) => /_sum|^counter|^gauge/.test(line))) {
          assert(!/Inf$|NaN$/.test(line), line);
        }
      }),
      { numRuns: 80 },
    );
  });
}

Deno.test("a distribution's sum stays at the largest double, and the value beyond it is counted as rejected", async () => {
  for (const stamped of [true, false]) {
    await using metrics = stamped
      ? createMetrics({ aggregation: "inline", clock: new FakeClock(), windows: ["1s"] })
      : createMetrics({ aggregation: "worker", windows: ["1s"] });
    const size = metrics.histogram("size");
    for (const value of [1.7e308, 1.7e308, 1.7e308]) size.observe(value);
    const { metrics: [{ series: [all] }] } = await metrics.snapshot();
    const { count, sum, mean } = all as DistributionSeriesSnapshot;
    assertEquals([count, sum, mean], [3, Number.MAX_VALUE, Number.MAX_VALUE / 3]);
    assertEquals((await metrics.performance()).rejected.infinite, 2);
  }
});

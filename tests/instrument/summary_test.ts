import { assert, assertAlmostEquals, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { attachMetrics, createMetrics, type Metrics, type SketchName } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { metricOf, summaryOf } from "../_support/snapshots.ts";

Deno.test("Summary has quantiles over its window, and everything else since the start", async () => {
  await using test = inlineMetrics();
  const size = test.metrics.summary("message_bytes", { window: "10s", quantiles: [0, 0.5, 1] });
  for (const value of [100, 200, 300]) size.observe(value);
  const read = async () => {
    const { count, sum, min, max, mean, quantiles } = summaryOf(await test.metrics.snapshot(), "message_bytes");
    return { count, sum, min, max, mean, quantiles };
  };
  const first = await read();
  assertEquals([first.quantiles["0"], first.quantiles["1"]], [100, 300]);
  assertAlmostEquals(first.quantiles["0.5"] ?? 0, 200, 200 * 0.0055);
  test.clock.advance(9_000);
  size.observe(0.5);
  assertEquals((await read()).quantiles["0"], 0.5);
  test.clock.advance(3_000);
  const since = { count: 4, sum: 600.5, min: 0.5, max: 300, mean: 150.125 };
  assertEquals(await read(), { ...since, quantiles: { "0": 0.5, "0.5": 0.5, "1": 0.5 } });
  test.clock.advance(12_000);
  assertEquals(await read(), { ...since, quantiles: { "0": null, "0.5": null, "1": null } });
});

Deno.test("Summary has a window of a minute, three quantiles and no unit by default", async () => {
  await using test = inlineMetrics({ windows: ["1s"] });
  test.metrics.summary("message_size", { help: "Size" });
  const quantiles = { "0.5": null, "0.9": null, "0.99": null };
  assertEquals(metricOf(await test.metrics.snapshot(), "message_size"), {
    name: "message_size",
    type: "summary",
    unit: "",
    help: "Size",
    window: "1m",
    series: [{
      labels: {},
      count: 0,
      sum: 0,
      min: null,
      max: null,
      mean: null,
      quantiles,
      windows: { "1m": { count: 0, rate: 0, mean: null, max: null, quantiles } },
    }],
  });
});

Deno.test("Summary is exposed with its unit, labels and quantiles; without values they are NaN", async () => {
  await using test = inlineMetrics();
  const latency = test.metrics.summary("rpc.latency", { unit: "seconds", help: "Time to an answer", labels: ["peer"] });
  for (let i = 0; i < 3; i++) latency.with({ peer: "a" }).observe(0.25);
  latency.with({ peer: "b" });
  const text = await test.metrics.scrape();
  assertEquals(text.split("\n").filter((line) => line.includes("rpc_latency")), [
    "# HELP rpc_latency_seconds Time to an answer",
    "# TYPE rpc_latency_seconds summary",
    ...["0.5", "0.9", "0.99"].map((quantile) => `rpc_latency_seconds{peer="a",quantile="${quantile}"} 0.25`),
    'rpc_latency_seconds_sum{peer="a"} 0.75',
    'rpc_latency_seconds_count{peer="a"} 3',
    ...["0.5", "0.9", "0.99"].map((quantile) => `rpc_latency_seconds{peer="b",quantile="${quantile}"} NaN`),
    'rpc_latency_seconds_sum{peer="b"} 0',
    'rpc_latency_seconds_count{peer="b"} 0',
  ]);
});

for (const sketch of ["exponential", "tdigest"] satisfies SketchName[]) {
  Deno.test(`Summary with ${sketch} is near the true quantiles`, async () => {
    await using test = inlineMetrics();
    const size = test.metrics.summary("size", { sketch, quantiles: [0.01, 0.25, 0.75, 0.999] });
    for (let value = 1; value <= 10_000; value++) size.observe(value);
    const { quantiles } = summaryOf(await test.metrics.snapshot(), "size");
    assertEquals(Object.keys(quantiles), ["0.01", "0.25", "0.75", "0.999"]);
    for (const [quantile, value] of Object.entries(quantiles)) {
      assertAlmostEquals(value ?? 0, Number(quantile) * 10_000, Number(quantile) * 10_000 * 0.006, quantile);
    }
  });
}

Deno.test("Summary without quantiles is a count and a sum", async () => {
  await using test = inlineMetrics();
  test.metrics.summary("size", { quantiles: [] }).observe(3);
  const lines = (await test.metrics.scrape()).split("\n").filter((line) => line.startsWith("size"));
  assertEquals(lines, ["size_sum 3", "size_count 1"]);
});

Deno.test("Summary.observe counts what it refuses, reset starts again, remove takes the series away", async () => {
  await using test = inlineMetrics();
  const size = test.metrics.summary("size", { labels: ["side"] });
  const buy = size.with({ side: "buy" });
  for (const value of [NaN, Infinity, 5]) buy.observe(value);
  assertEquals(summaryOf(await test.metrics.snapshot(), "size", { side: "buy" }).count, 1);
  const { rejected } = await test.metrics.performance();
  assertEquals([rejected.nan, rejected.infinite], [1, 1]);
  buy.reset();
  buy.observe(7);
  const { count, sum, quantiles } = summaryOf(await test.metrics.snapshot(), "size", { side: "buy" });
  assertEquals([count, sum, quantiles["0.5"]], [1, 7, 7]);
  assertEquals(size.remove({ side: "buy" }), true);
  assertEquals((await test.metrics.snapshot()).metrics, []);
});

Deno.test("Summary is sampled unless it is critical, and its counts stay exact", async () => {
  await using test = inlineMetrics({ sampling: { rate: 0.1, seed: 7 } });
  const sampled = test.metrics.summary("sampled", { quantiles: [0, 0.5, 1] });
  const critical = test.metrics.summary("critical", { critical: true });
  for (let i = 0; i < 10_000; i++) {
    sampled.observe(i);
    critical.observe(1);
  }
  await test.metrics.flush();
  const snapshot = await test.metrics.snapshot();
  const { count, windows } = summaryOf(snapshot, "sampled");
  const confidence = windows["1m"].confidence;
  assert(confidence !== undefined);
  assertEquals(count, 10_000);
  assertEquals([confidence.quantiles["0"][0], confidence.quantiles["1"][1]], [null, null]);
  const [low, high] = confidence.quantiles["0.5"];
  assert(low !== null && high !== null && low < 5_000 && high > 5_000, `${low} to ${high}`);
  assertEquals(summaryOf(snapshot, "critical").windows["1m"].confidence, undefined);
  assert(snapshot.meta.sampledOut > 8_000, `${snapshot.meta.sampledOut} of 10,000 sampled out`);
});

Deno.test("Summary of two threads is one", async () => {
  await using metrics = createMetrics();
  await using attached = await attachMetrics(metrics.connect());
  const options = { labels: ["peer"], quantiles: [0, 1] } as const;
  metrics.summary("latency", options).with({ peer: "a" }).observe(1);
  attached.summary("latency", options).with({ peer: "a" }).observe(3);
  attached.summary("latency", options).with({ peer: "b" }).observe(9);
  await attached.flush();
  const snapshot = await metrics.snapshot();
  const { count, sum, quantiles } = summaryOf(snapshot, "latency", { peer: "a" });
  assertEquals([count, sum, quantiles], [2, 4, { "0": 1, "1": 3 }]);
  assertEquals(summaryOf(snapshot, "latency", { peer: "b" }).count, 1);
});

Deno.test("Summary of another window or other quantiles on another thread is a clash", async () => {
  await using metrics = createMetrics();
  metrics.summary("latency");
  await metrics.flush();
  for (const options of [{ window: "2m" }, { quantiles: [0.5] }] as const) {
    const attached = await attachMetrics(metrics.connect());
    attached.summary("latency", options);
    const says = "Cannot create summary latency: its definition must equal that of the summary of that name on another";
    await assertRejects(() => attached.close(), TypeError, says);
  }
});

Deno.test("Summary created again is the same only with the same window and quantiles", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const summary = metrics.summary("size");
  assertStrictEquals(metrics.summary("size", { window: "1m", quantiles: [0.5, 0.9, 0.99] }), summary);
  for (const options of [{ window: "2m" }, { quantiles: [0.5, 0.9] }, { sketch: "tdigest" }] as const) {
    assertThrows(() => metrics.summary("size", options), TypeError, "must equal that of the summary of that name");
  }
});

Deno.test("Summary clashes where its samples would be another's", async () => {
  const clashes: [first: (metrics: Metrics) => unknown, second: (metrics: Metrics) => unknown][] = [
    [(metrics) => metrics.summary("x_seconds"), (metrics) => metrics.timer("x")],
    [(metrics) => metrics.summary("x"), (metrics) => metrics.gauge("x_sum")],
    [(metrics) => metrics.gauge("x_created"), (metrics) => metrics.summary("x")],
  ];
  for (const [first, second] of clashes) {
    await using test = inlineMetrics();
    first(test.metrics);
    assertThrows(() => second(test.metrics), TypeError, "its exposed names must differ from those of x");
  }
});

Deno.test("Summary is hidden while it is idle, and starts again", async () => {
  await using test = inlineMetrics({ idleTtl: "1m" });
  const size = test.metrics.summary("size", { window: "5m" });
  size.observe(1);
  await test.metrics.flush();
  test.clock.advance(60_000);
  assertEquals((await test.metrics.snapshot()).metrics, []);
  size.observe(2);
  const { count, windows } = summaryOf(await test.metrics.snapshot(), "size");
  assertEquals([count, windows["5m"].count], [1, 1]);
});

Deno.test("Summary has its own window, whatever those of all others are", async () => {
  await using test = inlineMetrics({ windows: [] });
  const size = test.metrics.summary("size", { window: "100ms" });
  size.observe(1);
  assertEquals(summaryOf(await test.metrics.snapshot(), "size").quantiles["0.5"], 1);
  test.clock.advance(200);
  assertEquals(summaryOf(await test.metrics.snapshot(), "size").quantiles["0.5"], null);
});

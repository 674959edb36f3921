import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { createMetrics, type Duration } from "../mod.ts";
import { FakeClock, inlineMetrics } from "../src/testing/mod.ts";
import { distributionOf, valueOf } from "./_support/snapshots.ts";

/** The samples of a text whose names start so, without comments, in order. */
function samplesOf(text: string, start: string): string[] {
  return text.split("\n").filter((line) => line.startsWith(start));
}

Deno.test("createMetrics without options aggregates in a worker, with a ring of 131,072 records", async () => {
  await using metrics = createMetrics();
  const { aggregation, ringCapacity, drainIntervalMs, clock } = await metrics.performance();
  assertEquals([aggregation, ringCapacity, drainIntervalMs], ["worker", 131_072, 100]);
  assert(clock === "ffi" || clock === "performance");
});

Deno.test("createMetrics passes its options to the aggregator", async () => {
  await using metrics = createMetrics({
    aggregation: "inline",
    clock: "performance",
    ringCapacity: 1_024,
    drainIntervalMs: 250,
    windows: ["2s"],
  });
  const { aggregation, ringCapacity, drainIntervalMs, clock } = await metrics.performance();
  assertEquals([aggregation, ringCapacity, drainIntervalMs, clock], ["inline", 1_024, 250, "performance"]);
  metrics.histogram("message_bytes");
  assertEquals(Object.keys(distributionOf(await metrics.snapshot(), "message_bytes").windows), ["2s"]);
});

Deno.test("Metrics.scrape ends with Hotpath's own metrics, exact where they count", async () => {
  await using test = inlineMetrics({ ringCapacity: 64, overflow: "drop-newest", seriesMax: 3 });
  const { metrics } = test;
  const orders = metrics.counter("orders_total", { labels: ["id"] });
  const size = metrics.histogram("message_bytes", { unit: "bytes" });
  metrics.gauge("broken", { collect: () => NaN });
  for (let id = 0; id < 10; id++) orders.with({ id }).inc();
  for (let i = 0; i < 100; i++) size.observe(i);
  for (const refused of [NaN, NaN, Infinity]) size.observe(refused);
  orders.with({ id: 0 }).inc(-1);
  await metrics.flush();
  const text = await metrics.scrape();
  assertEquals(samplesOf(text, "# TYPE hotpath_"), [
    "# TYPE hotpath_recording_threads gauge",
    "# TYPE hotpath_records_total counter",
    "# TYPE hotpath_records_dropped_total counter",
    "# TYPE hotpath_records_rejected_total counter",
    "# TYPE hotpath_records_sampled_out_total counter",
    "# TYPE hotpath_ring_occupancy_ratio gauge",
    "# TYPE hotpath_drain_duration_seconds histogram",
    "# TYPE hotpath_series gauge",
    "# TYPE hotpath_series_usage_ratio gauge",
    "# TYPE hotpath_series_overflowed_total counter",
    "# TYPE hotpath_label_values_truncated_total counter",
    "# TYPE hotpath_exemplars_rejected_total counter",
    "# TYPE hotpath_exemplars_dropped_total counter",
    "# TYPE hotpath_scrape_duration_seconds histogram",
    "# TYPE hotpath_aggregator_restarts_total counter",
    "# TYPE hotpath_records_lost_total counter",
    "# TYPE hotpath_health_status gauge",
  ]);
  assertEquals(samplesOf(text, "hotpath_records_"), [
    "hotpath_records_total 64",
    "hotpath_records_dropped_total 36",
    'hotpath_records_rejected_total{reason="nan"} 2',
    'hotpath_records_rejected_total{reason="infinite"} 1',
    'hotpath_records_rejected_total{reason="negative_duration"} 0',
    'hotpath_records_rejected_total{reason="counter_decrement"} 1',
    // The flush and the scrape each asked the gauge.
    'hotpath_records_rejected_total{reason="collect_failed"} 2',
    'hotpath_records_rejected_total{reason="outside_trace"} 0',
    'hotpath_records_rejected_total{reason="listener_failed"} 0',
    'hotpath_records_rejected_total{reason="removed"} 0',
    "hotpath_records_sampled_out_total 0",
    "hotpath_records_lost_total 0",
  ]);
  assertEquals(samplesOf(text, "hotpath_ring_occupancy_ratio"), ["hotpath_ring_occupancy_ratio 0"]);
  assertEquals(samplesOf(text, "hotpath_drain_duration_seconds_count"), ["hotpath_drain_duration_seconds_count 1"]);
  assertEquals(samplesOf(text, "hotpath_scrape_duration_seconds_count"), ["hotpath_scrape_duration_seconds_count 0"]);
  const { meta } = await metrics.snapshot();
  assertEquals(samplesOf(text, "hotpath_series"), [
    `hotpath_series ${meta.series}`,
    "hotpath_series_usage_ratio 1",
    `hotpath_series_overflowed_total ${meta.overflowed}`,
  ]);
  assertStrictEquals(meta.overflowed, 9);
  assertEquals(samplesOf(await metrics.scrape(), "hotpath_scrape_duration_seconds_count"), [
    "hotpath_scrape_duration_seconds_count 1",
  ]);
});

Deno.test("Metrics.snapshot keeps the order in which instruments were created", async () => {
  await using test = inlineMetrics();
  test.metrics.timer("z");
  test.metrics.counter("m");
  test.metrics.gauge("a");
  test.metrics.histogram("k");
  const names = (await test.metrics.snapshot()).metrics.map(({ name }) => name);
  assertEquals(names, ["z_seconds", "m_total", "a", "k"]);
});

Deno.test("Metrics.snapshot has its time and the uptime of the metrics", async () => {
  await using test = inlineMetrics();
  const before = Date.now();
  test.clock.advance(1_500);
  const { timestamp, uptimeSeconds } = await test.metrics.snapshot();
  assertEquals(uptimeSeconds, 1.5);
  assertEquals(new Date(timestamp).toISOString(), timestamp);
  assertGreaterOrEqual(Date.parse(timestamp), before);
});

Deno.test("Metrics asks a gauge's callback each time that it is read", async () => {
  let asked = 0;
  await using metrics = createMetrics({ aggregation: "inline", drainIntervalMs: 60_000 });
  metrics.gauge("asked", { collect: () => ++asked });
  assertEquals(valueOf(await metrics.snapshot(), "asked"), 1);
  assertEquals(valueOf(await metrics.snapshot(), "asked"), 2);
  await metrics.close();
  const closed = await metrics.snapshot();
  assertEquals([valueOf(closed, "asked"), asked], [3, 3]);
});

Deno.test("Metrics return each of two users their own instruments of one name", async () => {
  await using first = inlineMetrics();
  await using second = inlineMetrics();
  first.metrics.counter("orders_total").inc();
  second.metrics.timer("orders_total").wrap(() => {})();
  assertEquals(valueOf(await first.metrics.snapshot(), "orders_total"), 1);
});

Deno.test("FakeClock moves only when a test moves it, and never back", () => {
  const clock = new FakeClock();
  assertEquals([clock.now(), clock.now()], [0, 0]);
  clock.advance(0);
  clock.advance(2.5);
  assertEquals(clock.now(), 2.5);
  assertEquals(new FakeClock(1_000).now(), 1_000);
  for (const ms of [-1, NaN]) {
    const { message } = assertThrows(() => clock.advance(ms), RangeError);
    assertEquals(message, `Cannot advance the clock: ms must not be below zero, got ${ms}`);
  }
  assertEquals(clock.now(), 2.5);
});

Deno.test("inlineMetrics takes the options of createMetrics, and its windows use the clock", async () => {
  await using test = inlineMetrics({ windows: ["1s"] });
  const size = test.metrics.histogram("message_bytes");
  size.observe(1);
  test.clock.advance(500);
  size.observe(2);
  const { windows } = distributionOf(await test.metrics.snapshot(), "message_bytes");
  assertEquals([Object.keys(windows), windows["1s"].count, windows["1s"].max], [["1s"], 2, 2]);
  test.clock.advance(5_000);
  const { windows: later, count } = distributionOf(await test.metrics.snapshot(), "message_bytes");
  assertEquals([later["1s"].count, count], [0, 2]);
});

Deno.test("metrics are CRITICAL once they are closed, and their last scrape has Hotpath's own metrics", async () => {
  for (const aggregation of ["worker", "inline"] as const) {
    const metrics = createMetrics({ aggregation });
    metrics.counter("orders_total").inc(2);
    await metrics.close();
    assertEquals((await metrics.health()).status, "CRITICAL");
    const text = await metrics.scrape();
    assertEquals(text.includes("\norders_total 2\n"), true);
    assertEquals(text.includes("\nhotpath_series 1\n"), true);
  }
});

Deno.test("Metrics.scrape shows how full the ring was when it came, before it emptied it", async () => {
  await using test = inlineMetrics({ ringCapacity: 64 });
  const size = test.metrics.histogram("message_bytes", { unit: "bytes" });
  for (let i = 0; i < 48; i++) size.observe(i);
  const occupancies = [await test.metrics.scrape(), await test.metrics.scrape()].flatMap((text) =>
    samplesOf(text, "hotpath_ring_occupancy_ratio")
  );
  assertEquals(occupancies, ["hotpath_ring_occupancy_ratio 0.75", "hotpath_ring_occupancy_ratio 0"]);
});

const WRONG_REQUESTS: readonly [options: unknown, says: string][] = [
  [null, "options must be an object, got null"],
  ["text/plain", 'options must be an object, got "text/plain"'],
  [{ accept: 5 }, "accept must be a string, got 5"],
  [{ accept: () => {} }, "accept must be a string, got a function"],
  [{ names: "orders_total" }, 'names must be an array of names, got "orders_total"'],
  [{ names: ["orders_total", 5] }, "names[1] must be a string, got 5"],
];

for (const aggregation of ["inline", "worker"] as const) {
  Deno.test(`Metrics refuse what cannot be asked of an aggregator with field, rule and what was given, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    metrics.counter("orders").inc();
    for (const [options, says] of WRONG_REQUESTS) {
      const { message } = await assertRejects(() => metrics.scrape(options as never), TypeError);
      assertEquals(message, `Cannot scrape: ${says}`);
    }
    await assertRejects(
      () => metrics.findTrace((() => {}) as never),
      TypeError,
      "Cannot find a trace: traceId must be",
    );
    for (const query of [null, { limit: () => {} }]) {
      await assertRejects(() => metrics.listTraces(query as never), TypeError, "Cannot list traces: ");
    }
    // Other members of an object are ignored.
    const { body } = await metrics.scrape({ names: ["orders_total"], asked: () => {} } as never);
    assertEquals(samplesOf(new TextDecoder().decode(body), "orders_total"), ["orders_total 1"]);
  });
}

Deno.test("Metrics.scrape has the quantiles of exposedWindows only, and all else has all windows", async () => {
  const read = async (exposedWindows?: readonly Duration[], windows?: readonly Duration[]) => {
    await using test = inlineMetrics({ exposedWindows, windows });
    test.metrics.timer("job", { slo: "5ms" }).observe(0.01);
    test.metrics.summary("wait", { window: "10s" }).observe(1);
    const text = await test.metrics.scrape();
    const job = distributionOf(await test.metrics.snapshot(), "job_seconds");
    const { windows: all } = await test.metrics.definitions();
    const burns = samplesOf(text, "job_slo_burn_rate").length;
    const quantiles = samplesOf(text, "job_window_seconds{").concat(samplesOf(text, "# TYPE job_window_seconds"));
    const waits = samplesOf(text, "wait{").length;
    return { quantiles, others: [Object.keys(job.windows), all, burns, waits] };
  };
  const [all, one, none] = [await read(["1s", "5s", "1m", "5m"]), await read(["1m"]), await read([])];
  assertEquals([all, one, none].map(({ quantiles }) => quantiles.length), [4 * 5 + 1, 5 + 1, 0]);
  assertEquals(one.quantiles, all.quantiles.filter((line) => /window="1m"|# TYPE/.test(line)));
  assertEquals([one.others, none.others], [all.others, all.others]);
  assertEquals(await read(), one, "the window nearest to a minute is the default");
  assertMatch((await read(undefined, ["10s", "2m", "1h"])).quantiles[1], /window="2m"/);
  assertEquals((await read(undefined, [])).quantiles, []);
});

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createMetrics, type Metrics, type MetricsOptions, type Timer } from "../../mod.ts";
import { distributionOf, metricOf, valueOf } from "../_support/snapshots.ts";

const FORMS: readonly MetricsOptions["aggregation"][] = ["worker", "inline"];

/** Turns of the event loop until something is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

function recordEach(metrics: Metrics): void {
  metrics.counter("orders_total").inc(3);
  metrics.gauge("queue_depth").set(12);
  metrics.histogram("message_bytes", { unit: "bytes" }).observe(512);
  metrics.timer("order_execution").wrap(() => {})();
}

async function assertRecordedOnce(metrics: Metrics): Promise<void> {
  const snapshot = await metrics.snapshot();
  assertEquals(valueOf(snapshot, "orders_total"), 3);
  assertEquals(valueOf(snapshot, "queue_depth"), 12);
  assertEquals(distributionOf(snapshot, "message_bytes").count, 1);
  assertEquals(distributionOf(snapshot, "order_execution_seconds").count, 1);
  assertEquals(snapshot.meta, { recorded: 2, dropped: 0, sampledOut: 0, series: 4, overflowed: 0 });
}

for (const aggregation of FORMS) {
  Deno.test(`Metrics.snapshot holds everything that was recorded before, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    recordEach(metrics);
    await assertRecordedOnce(metrics);
    const histogram = metrics.histogram("message_bytes", { unit: "bytes" });
    for (let count = 2; count <= 200; count++) {
      histogram.observe(512);
      const { sum, count: seen } = distributionOf(await metrics.snapshot(), "message_bytes");
      assertEquals([seen, sum], [count, count * 512]);
    }
  });

  Deno.test(`Metrics.flush aggregates what was recorded, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    const histogram = metrics.histogram("message_bytes", { unit: "bytes" });
    for (let i = 0; i < 1_000; i++) histogram.observe(i);
    await metrics.flush();
    const { meta, ringOccupancyRatio } = await metrics.performance();
    assertEquals([meta.recorded, ringOccupancyRatio], [1_000, 0]);
  });

  Deno.test(`Metrics drains by itself while nothing reads, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation, drainIntervalMs: 1 });
    metrics.histogram("message_bytes").observe(1);
    await metrics.ready;
    await until(async () => (await metrics.performance()).meta.recorded === 1);
  });

  Deno.test(`Metrics.scrape is text, and with an Accept header bytes and their type, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    metrics.counter("orders_total").inc();
    assertStringIncludes(await metrics.scrape(), "# TYPE orders_total counter\norders_total 1\n");
    const { body, contentType } = await metrics.scrape({ accept: "*/*" });
    assertStringIncludes(new TextDecoder().decode(body), "orders_total 1\n");
    assertEquals(contentType, "text/plain; version=0.0.4; charset=utf-8");
  });

  Deno.test(`Metrics.close aggregates what is left; records after it do nothing, ${aggregation}`, async () => {
    const metrics = createMetrics({ aggregation });
    recordEach(metrics);
    await metrics.close();
    await assertRecordedOnce(metrics);
    metrics.histogram("message_bytes", { unit: "bytes" }).observe(512);
    metrics.timer("order_execution").wrap(() => {})();
    metrics.counter("orders_total").inc(3);
    metrics.gauge("queue_depth").set(99);
    metrics.counter("late_total", { labels: ["side"] }).with({ side: "buy" }).inc();
    metrics.timer("late").span().end();
    await metrics.flush();
    await assertRecordedOnce(metrics);
    const text = await metrics.scrape();
    assertStringIncludes(text, "\norders_total 3\n");
    assertStringIncludes(text, "\nqueue_depth 12\n");
    assertStringIncludes(text, "\nmessage_bytes_count 1\n");
    assertEquals(await metrics.scrape(), text);
  });

  Deno.test(`Metrics.close twice, at once and later, ends once, ${aggregation}`, async () => {
    const metrics = createMetrics({ aggregation });
    recordEach(metrics);
    await Promise.all([metrics.close(), metrics.close(), metrics[Symbol.asyncDispose]()]);
    await metrics.close();
    await assertRecordedOnce(metrics);
  });

  Deno.test(`Metrics.close waits for nothing that was recorded after it began, ${aggregation}`, async () => {
    const metrics = createMetrics({ aggregation });
    const histogram = metrics.histogram("message_bytes", { unit: "bytes" });
    for (let i = 0; i < 100; i++) histogram.observe(1);
    const closing = metrics.close();
    for (let i = 0; i < 100; i++) histogram.observe(1);
    await closing;
    const snapshot = await metrics.snapshot();
    assertEquals(distributionOf(snapshot, "message_bytes").count, 100);
    assertEquals(snapshot.meta.dropped, 0);
  });

  Deno.test(`await using closes the metrics at the end of its block, ${aggregation}`, async () => {
    let kept: Metrics;
    {
      await using metrics = createMetrics({ aggregation });
      recordEach(metrics);
      kept = metrics;
    }
    recordEach(kept);
    await assertRecordedOnce(kept);
  });

  Deno.test(`Metrics answers requests that overlap with a close, ${aggregation}`, async () => {
    const metrics = createMetrics({ aggregation });
    metrics.counter("orders_total").inc(3);
    const [first, , second, , text] = await Promise.all([
      metrics.snapshot(),
      metrics.flush(),
      metrics.snapshot(),
      metrics.close(),
      metrics.scrape(),
    ]);
    assertEquals([valueOf(first, "orders_total"), valueOf(second, "orders_total")], [3, 3]);
    assertStringIncludes(text, "orders_total 3\n");
  });
}

Deno.test("Metrics.ready settles when the worker runs, however often it is accessed", async () => {
  await using metrics = createMetrics();
  assertEquals(await Promise.all([metrics.ready, metrics.ready]), [undefined, undefined]);
  await metrics.ready;
});

Deno.test("Metrics in a worker refuse what only a living aggregator knows once they are closed", async () => {
  const metrics = createMetrics();
  await metrics.close();
  const reason = "Cannot reach the aggregator: it is closed";
  await assertRejects(() => metrics.instruments(), Error, reason);
  await assertRejects(() => metrics.performance(), Error, reason);
  assertEquals(await metrics.health(), {
    status: "CRITICAL",
    reasons: [reason],
    checks: [{ name: "aggregator", status: "CRITICAL", reason }],
    isReady: false,
    uptimeSeconds: 0,
  });
});

Deno.test("Metrics of several workers stay apart", async () => {
  await using first = createMetrics();
  await using second = createMetrics();
  first.counter("orders_total").inc(1);
  second.counter("orders_total").inc(2);
  assertEquals(valueOf(await first.snapshot(), "orders_total"), 1);
  assertEquals(valueOf(await second.snapshot(), "orders_total"), 2);
});

Deno.test("Metrics in a worker lose nothing of a burst of half the ring", async () => {
  await using metrics = createMetrics({ ringCapacity: 65_536 });
  await metrics.ready;
  const histogram = metrics.histogram("message_bytes", { unit: "bytes" });
  for (let burst = 1; burst <= 10; burst++) {
    for (let i = 0; i < 32_768; i++) histogram.observe(burst);
    await metrics.flush();
  }
  const snapshot = await metrics.snapshot();
  const { count, sum, min, max } = distributionOf(snapshot, "message_bytes");
  assertEquals([count, sum, min, max], [327_680, 32_768 * 55, 1, 10]);
  assertEquals(snapshot.meta.dropped, 0);
});

Deno.test("Metrics in a worker count every record of a full ring as taken or dropped", async () => {
  await using metrics = createMetrics({ ringCapacity: 64 });
  const histogram = metrics.histogram("message_bytes", { unit: "bytes" });
  for (let i = 0; i < 100_000; i++) histogram.observe(1);
  const snapshot = await metrics.snapshot();
  const { count, sum } = distributionOf(snapshot, "message_bytes");
  assertEquals(count, sum);
  assertEquals([snapshot.meta.recorded, count + snapshot.meta.dropped], [count, 100_000]);
});

/** Runs an operation that takes some turns of the event loop, timed by hand. */
async function timeTurns(timer: Timer, turns: number): Promise<void> {
  const start = timer.start();
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  timer.end(start);
}

Deno.test("Timer counts 1,000 overlapping async timings in a worker, each with its own duration", async () => {
  let nowMs = 0;
  await using metrics = createMetrics({ clock: { now: () => nowMs } });
  // Bounds between the lengths, 1 ms to 1,000 ms: bucket i ends after length 4(i + 1).
  const buckets = Array.from({ length: 250 }, (_, i) => (4 * i + 4.5) / 1_000);
  const timer = metrics.timer("order_execution", { buckets });
  const ends = Array.from({ length: 1_000 }, () => Promise.withResolvers<void>());
  const wrapped = timer.wrap((i: number) => ends[i].promise);
  const running = ends.map((_, i) => wrapped(i));
  for (let i = 0; i < ends.length; i++) {
    nowMs = i + 1;
    ends[i].resolve();
    await running[i];
  }
  const { count, min, max, bucketCounts } = distributionOf(await metrics.snapshot(), "order_execution_seconds");
  assertEquals([count, min, max], [1_000, 0.001, 1]);
  assertEquals(bucketCounts, buckets.map((_, i) => 4 * (i + 1)));
});

Deno.test("Timer counts overlapping timings by hand on several timers in a worker", async () => {
  await using metrics = createMetrics();
  const family = metrics.timer("order_execution", { labels: ["venue"] });
  const venues = ["a", "b", "c", "d"];
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => timeTurns(family.with({ venue: venues[i % 4] }), i % 17)));
  const snapshot = await metrics.snapshot();
  for (const venue of venues) {
    const { count, min } = distributionOf(snapshot, "order_execution_seconds", { venue });
    assertEquals([count, (min ?? -1) >= 0], [250, true]);
  }
  assertEquals(metricOf(snapshot, "order_execution_seconds").series.length, 4);
});

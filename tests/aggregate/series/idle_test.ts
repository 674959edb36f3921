import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createMetrics, type DistributionSeriesSnapshot } from "../../../mod.ts";
import { type InlineMetrics, inlineMetrics } from "../../../src/testing/mod.ts";
import { classicBounds } from "../../../src/aggregate/series/classic_buckets.ts";
import { Distribution } from "../../../src/aggregate/series/distribution.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";
import { distributionOf, hasSeries, metricOf, valueOf } from "../../_support/snapshots.ts";

const TTL_MS = 60_000;

async function withTtl(check: (test: InlineMetrics) => Promise<void>): Promise<void> {
  await using test = inlineMetrics({ idleTtl: "1m" });
  await check(test);
}

Deno.test("a distribution is hidden after idleTtl and comes back empty, windows and buckets too", () =>
  withTtl(async ({ metrics, clock }) => {
    const size = metrics.histogram("message_bytes", { labels: ["side"], buckets: [10] });
    const buy = size.with({ side: "buy" });
    const sell = size.with({ side: "sell" });
    buy.observe(5);
    sell.observe(5);
    clock.advance(TTL_MS - 1);
    sell.observe(6);
    assertEquals(metricOf(await metrics.snapshot(), "message_bytes").series.length, 2);
    clock.advance(1);
    const snapshot = await metrics.snapshot();
    assertEquals(hasSeries(snapshot, "message_bytes", { side: "buy" }), false);
    assertEquals(distributionOf(snapshot, "message_bytes", { side: "sell" }).count, 2);
    assertEquals((await metrics.scrape()).includes("buy"), false);
    buy.observe(20);
    const { count, sum, min, bucketCounts, windows } = distributionOf(await metrics.snapshot(), "message_bytes", {
      side: "buy",
    });
    assertEquals([count, sum, min, bucketCounts, windows["5m"].count], [1, 20, 20, [0], 1]);
  }));

Deno.test("a counter is hidden after idleTtl and comes back with its value, a gauge likewise", () =>
  withTtl(async ({ metrics, clock }) => {
    const orders = metrics.counter("orders_total");
    const depth = metrics.gauge("queue_depth");
    orders.inc(5);
    depth.set(12);
    await metrics.flush();
    clock.advance(TTL_MS);
    assertEquals((await metrics.snapshot()).metrics, []);
    orders.inc(2);
    assertEquals((await metrics.snapshot()).metrics.length, 1);
    depth.set(-1);
    const snapshot = await metrics.snapshot();
    assertEquals([valueOf(snapshot, "orders_total"), valueOf(snapshot, "queue_depth")], [7, -1]);
    clock.advance(TTL_MS - 1);
    assertEquals((await metrics.snapshot()).metrics.length, 2);
    clock.advance(1);
    assertEquals((await metrics.snapshot()).metrics, []);
  }));

Deno.test("a series in which nothing was ever recorded is hidden after idleTtl", () =>
  withTtl(async ({ metrics, clock }) => {
    metrics.timer("job");
    metrics.counter("orders_total");
    assertEquals((await metrics.snapshot()).metrics.length, 2);
    clock.advance(TTL_MS);
    assertEquals((await metrics.snapshot()).metrics, []);
  }));

Deno.test("a reset makes a hidden series visible again", () =>
  withTtl(async ({ metrics, clock }) => {
    const job = metrics.timer("job");
    job.observe(1);
    clock.advance(TTL_MS);
    assertEquals((await metrics.snapshot()).metrics, []);
    job.reset();
    assertEquals(distributionOf(await metrics.snapshot(), "job_seconds").count, 0);
  }));

Deno.test("series stay for ever without idleTtl", async () => {
  await using test = inlineMetrics();
  test.metrics.counter("orders_total").inc();
  test.metrics.timer("job").observe(1);
  await test.metrics.flush();
  test.clock.advance(1e12);
  const snapshot = await test.metrics.snapshot();
  assertEquals([valueOf(snapshot, "orders_total"), distributionOf(snapshot, "job_seconds").count], [1, 1]);
});

Deno.test("a hidden series still exists: it is counted, listed, and its handle stays good", () =>
  withTtl(async ({ metrics, clock }) => {
    const orders = metrics.counter("orders_total", { labels: ["side"] });
    orders.with({ side: "buy" }).inc();
    clock.advance(TTL_MS);
    await metrics.snapshot();
    clock.advance(TTL_MS);
    assertEquals((await metrics.snapshot()).meta.series, 1);
    assertEquals((await metrics.instruments())[0].series, 1);
    assertEquals(orders.remove({ side: "buy" }), true);
    assertEquals((await metrics.snapshot()).meta.series, 0);
  }));

Deno.test("a series is hidden and comes back in a worker too", async () => {
  await using metrics = createMetrics({ idleTtl: "5ms", drainIntervalMs: 1 });
  const orders = metrics.counter("orders_total");
  const isHidden = async () => (await metrics.snapshot()).metrics.length === 0;
  while (!await isHidden()) await new Promise((resolve) => setTimeout(resolve, 1));
  do orders.inc(); while (await isHidden());
});

/** Readings that do not depend on the order in which slices were merged. */
function contentOf({ count, sum, min, max, bucketCounts, windows }: DistributionSeriesSnapshot) {
  return { count, sum, min, max, bucketCounts, windows: Object.values(windows).map(({ count, max }) => [count, max]) };
}

Deno.test("Distribution starts anew exactly when its values are idleTtl apart, however it is swept and read", () => {
  const step = fc.record({
    gapMs: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(99, 100, 101, 499, 500, 501, 5_000)),
    action: fc.constantFrom("record" as const, "record" as const, "sweep" as const, "read" as const),
  });
  const plans = [[], [{ name: "1s", lengthMs: 1_000 }], [{ name: "1h", lengthMs: 3_600_000 }]].map(planWindows);
  fc.assert(
    fc.property(fc.constantFrom(...plans), fc.constantFrom(100, 500), fc.array(step, { maxLength: 60 }), (
      plan,
      idleTtlMs,
      steps,
    ) => {
      const spec = { schema: 6, classic: classicBounds([3], 6), plan };
      const distribution = new Distribution({}, { ...spec, idleTtlMs }, 0);
      let expected = new Distribution({}, spec, 0);
      let nowMs = 0;
      let lastMs = 0;
      for (const [i, { gapMs, action }] of steps.entries()) {
        nowMs += gapMs;
        const isIdle = nowMs - lastMs >= idleTtlMs;
        assertEquals(distribution.isIdle(nowMs), isIdle);
        if (action === "sweep") distribution.sweep(nowMs);
        else if (action === "record") {
          if (isIdle) expected = new Distribution({}, spec, nowMs);
          for (const each of [distribution, expected]) each.record(i % 7, 1, nowMs);
          lastMs = nowMs;
        } else if (!isIdle) {
          assertEquals(contentOf(distribution.snapshot(nowMs)), contentOf(expected.snapshot(nowMs)));
        }
      }
    }),
    { seed: 32, numRuns: 300 },
  );
});

Deno.test("Distribution.sweep frees what an idle series held", () => {
  const spec = { schema: 6, classic: classicBounds([3], 6), plan: planWindows([]), idleTtlMs: 100 };
  const distribution = new Distribution({}, spec, 0);
  distribution.record(5, 1, 10);
  distribution.sweep(109);
  assertEquals(distribution.snapshot(109).count, 1);
  distribution.sweep(110);
  assertEquals(distribution.snapshot(110).count, 0);
  assertEquals(distribution.isIdle(110), true);
});

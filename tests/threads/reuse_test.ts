import { assertEquals } from "@std/assert";
import { createMetrics } from "../../mod.ts";
import { distributionOf, hasSeries, valueOf } from "../_support/snapshots.ts";

for (const aggregation of ["worker", "inline"] as const) {
  Deno.test(`Metrics never mixes up series that come and go while the ring is drained, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation, drainIntervalMs: 1 });
    const size = metrics.histogram("message_bytes", { labels: ["id"], unit: "bytes" });
    const orders = metrics.counter("orders_total", { labels: ["id"] });
    for (let round = 0; round < 200; round++) {
      for (let id = 0; id < 20; id++) {
        size.with({ id: `${round}-${id}` }).observe(id + 1);
        orders.with({ id: `${round}-${id}` }).inc(id + 1);
      }
      if (round % 7 === 0) await metrics.flush();
      // All but one series of each round go again, their records perhaps still in the ring.
      for (let id = 1; id < 20; id++) {
        assertEquals(size.remove({ id: `${round}-${id}` }), true);
        assertEquals(orders.remove({ id: `${round}-${id}` }), true);
      }
    }
    const snapshot = await metrics.snapshot();
    assertEquals(snapshot.meta.series, 400);
    for (let round = 0; round < 200; round++) {
      const labels = { id: `${round}-0` };
      const { count, sum } = distributionOf(snapshot, "message_bytes", labels);
      assertEquals([round, count, sum, valueOf(snapshot, "orders_total", labels)], [round, 1, 1, 1]);
    }
  });
}

Deno.test("Counter.reset with records in the ring counts only later ones, in a worker", async () => {
  await using metrics = createMetrics();
  const size = metrics.histogram("message_bytes", { unit: "bytes" });
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 100; i++) size.observe(1_000);
    size.reset();
    size.observe(round);
    // From time to time the freed ids come back, and are used again.
    if (round % 10 === 0) await metrics.flush();
  }
  const { count, sum, max } = distributionOf(await metrics.snapshot(), "message_bytes");
  assertEquals([count, sum, max], [1, 49, 49]);
});

Deno.test("Metrics counts series that come and go without a pause separately or in the overflow series", async () => {
  await using metrics = createMetrics({ drainIntervalMs: 1 });
  const orders = metrics.counter("orders_total", { labels: ["id"] });
  const size = metrics.histogram("message_bytes", { labels: ["id"], unit: "bytes" });
  for (let id = 0; id < 50_000; id++) {
    orders.with({ id }).inc();
    orders.remove({ id });
    size.with({ id: "kept" }).reset();
  }
  await metrics.flush();
  // Resets that had to wait are done when this is announced.
  await metrics.flush();
  orders.with({ id: "last" }).inc(7);
  size.with({ id: "kept" }).observe(5);
  const snapshot = await metrics.snapshot();
  assertEquals(valueOf(snapshot, "orders_total", { id: "last" }), 7);
  assertEquals(distributionOf(snapshot, "message_bytes", { id: "kept" }).count, 1);
  const overflow = { hotpath_overflow: "true" };
  const overflowed = hasSeries(snapshot, "orders_total", overflow) ? valueOf(snapshot, "orders_total", overflow) : 0;
  assertEquals(snapshot.meta.overflowed, overflowed);
});

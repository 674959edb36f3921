import { assertEquals } from "@std/assert";
import { createMetrics } from "../../mod.ts";
import { metricOf, valueOf } from "../_support/snapshots.ts";

const SERIES = 5_000;

Deno.test("series that appear by the thousand in one tight loop each get exactly their own records", async () => {
  await using metrics = createMetrics({ seriesMax: 4 * SERIES });
  const orders = metrics.counter("orders_total", { labels: ["id"] });
  const depth = metrics.gauge("queue_depth", { labels: ["id"] });
  const size = metrics.histogram("message_bytes", { labels: ["id"], unit: "bytes", buckets: [] });
  const execution = metrics.timer("order_execution", { labels: ["id"], buckets: [] });
  for (let id = 0; id < SERIES; id++) {
    orders.with({ id }).inc(id);
    depth.with({ id }).set(-id);
    for (let i = 0; i <= id % 4; i++) size.with({ id }).observe(id);
    const timer = execution.with({ id });
    timer.end(timer.start());
  }
  const snapshot = await metrics.snapshot();
  assertEquals(snapshot.meta.series, 4 * SERIES);
  assertEquals([snapshot.meta.dropped, snapshot.meta.overflowed], [0, 0]);
  for (const name of ["orders_total", "queue_depth", "message_bytes", "order_execution_seconds"]) {
    const { series } = metricOf(snapshot, name);
    assertEquals(series.length, SERIES);
    for (const each of series) {
      const id = Number(each.labels.id);
      if ("value" in each) {
        if (each.value !== (name === "orders_total" ? id : -id)) assertEquals([name, id, each.value], [name, id, id]);
      } else {
        const count = name === "message_bytes" ? id % 4 + 1 : 1;
        if (each.count !== count) assertEquals([name, id, each.count], [name, id, count]);
        if (name === "message_bytes" && (each.min !== id || each.max !== id || each.sum !== id * count)) {
          assertEquals([each.min, each.max, each.sum], [id, id, id * count]);
        }
      }
    }
  }
});

Deno.test("series that appear while the worker drains get exactly their own records", async () => {
  await using metrics = createMetrics({ drainIntervalMs: 1 });
  await metrics.ready;
  const size = metrics.histogram("message_bytes", { labels: ["id"], unit: "bytes", buckets: [] });
  // A known series keeps the ring in motion between the new ones.
  const steady = metrics.histogram("steady_bytes", { unit: "bytes", buckets: [] });
  for (let id = 0; id < 2_000; id++) {
    for (let i = 0; i < 20; i++) steady.observe(1);
    size.with({ id }).observe(id);
    if (id % 100 === 0) await metrics.flush();
  }
  const snapshot = await metrics.snapshot();
  assertEquals([snapshot.meta.recorded, snapshot.meta.dropped], [42_000, 0]);
  const { series } = metricOf(snapshot, "message_bytes");
  const wrong = series.filter((each) => !("sum" in each && each.count === 1 && each.sum === Number(each.labels.id)));
  assertEquals([series.length, wrong], [2_000, []]);
});

Deno.test("series of thousands of instruments that appear at once are all there", async () => {
  await using metrics = createMetrics();
  for (let i = 0; i < 2_000; i++) metrics.counter(`orders_${i}_total`).inc(i);
  const snapshot = await metrics.snapshot();
  assertEquals(snapshot.metrics.length, 2_000);
  for (let i = 0; i < 2_000; i++) {
    if (valueOf(snapshot, `orders_${i}_total`) !== i) throw new Error(`orders_${i}_total is not ${i}`);
  }
});

Deno.test("series removed and made again at once start from zero in a worker", async () => {
  await using metrics = createMetrics();
  const size = metrics.histogram("message_bytes", { labels: ["id"], unit: "bytes", buckets: [] });
  for (let round = 1; round <= 50; round++) {
    for (let id = 0; id < 20; id++) size.with({ id }).observe(round);
    if (round < 50) { for (let id = 0; id < 20; id++) size.remove({ id }); }
    if (round % 10 === 0) await metrics.flush();
  }
  const { series } = metricOf(await metrics.snapshot(), "message_bytes");
  const found = series.map((each) => "sum" in each ? [each.count, each.sum] : []);
  assertEquals(found, Array.from({ length: 20 }, () => [1, 50]));
});

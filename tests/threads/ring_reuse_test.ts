import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { attachMetrics, createMetrics, type Metrics, type MetricsPort } from "../../mod.ts";
import type { Connection } from "../../src/threads/connection.ts";
import { ringsOf } from "../_support/threads/ring_reuse.ts";
import { Thread, until } from "../_support/threads/thread.ts";

const RING_CAPACITY = 1_024;

/** A connection, and the ring that goes with it. */
function connect(metrics: Metrics): { port: MetricsPort; ring: ArrayBufferLike } {
  const port = metrics.connect();
  return { port, ring: (port as Connection).ring };
}

Deno.test("RingPool: threads that come and go use the same few rings and cells, and no count is lost or attributed to another thread", async () => {
  await using metrics = createMetrics({ ringCapacity: RING_CAPACITY });
  const [rings, chunks] = [new Set<ArrayBufferLike>(), new Set<ArrayBufferLike>()];
  const [threads, values] = [60, 20];
  for (let i = 0; i < threads; i++) {
    const { port, ring } = connect(metrics);
    rings.add(ring);
    chunks.add((port as Connection).cells);
    const attached = await attachMetrics(port);
    attached.counter("orders_total").inc(i);
    // Another series under the same number each time.
    const histogram = attached.histogram(`sizes_${i % 3}`);
    for (let at = 0; at < values; at++) histogram.observe(at);
    await attached.close();
  }
  const { metrics: all, meta } = await metrics.snapshot();
  const orders = all.find(({ name }) => name === "orders_total")!.series[0];
  assertEquals("value" in orders && orders.value, threads * (threads - 1) / 2);
  for (let i = 0; i < 3; i++) {
    const [series] = all.find(({ name }) => name === `sizes_${i}`)!.series;
    assertEquals("count" in series && series.count, threads / 3 * values);
  }
  assertEquals([meta.recorded, meta.dropped], [threads * values, 0]);
  // One is on its way back while the next thread comes.
  assert(rings.size <= 3, `${rings.size} rings were used`);
  assertEquals(chunks.size, rings.size);
});

Deno.test("handles of a departed thread change nothing of the one that has its ring", async () => {
  await using metrics = createMetrics({ ringCapacity: RING_CAPACITY });
  const first = connect(metrics);
  const gone = await attachMetrics(first.port);
  const [counter, timer] = [gone.counter("a_total"), gone.timer("b")];
  gone.trace.run({ name: "first" }, () => timer.observe(1));
  await gone.close();
  const { ring, attached } = await attachedTo(metrics, first.ring);
  assertEquals(ring, first.ring);
  attached.counter("d_total").inc(5);
  // The first cell of a thread's first chunk is what this one would get.
  gone.counter("e_total").inc(7);
  attached.trace.run({ name: "second" }, () => attached.timer("c").observe(1));
  for (let i = 0; i < 100; i++) {
    counter.inc();
    timer.observe(1);
    gone.trace.run({ name: "late" }, () => timer.observe(2));
  }
  await gone.flush();
  await attached.flush();
  const text = await metrics.scrape();
  assertStringIncludes(text, "\na_total 0\n");
  assertStringIncludes(text, "\nd_total 5\n");
  assertEquals(text.includes("e_total"), false);
  assertStringIncludes(text, "\nb_seconds_count 1\n");
  assertStringIncludes(text, "\nc_seconds_count 1\n");
  const { recent } = await metrics.listTraces();
  assertEquals(recent.map(({ name }) => name).toSorted(), ["first", "second"]);
  await attached.close();
});

Deno.test("what a departed thread rejects is not counted where the thread that has its ring counts", async () => {
  await using metrics = createMetrics({ ringCapacity: RING_CAPACITY });
  const first = connect(metrics);
  const gone = await attachMetrics(first.port);
  const [counter, gauge, family] = [gone.counter("a_total"), gone.gauge("b"), gone.counter("c", { labels: ["of"] })];
  const [timer, histogram] = [gone.timer("d"), gone.histogram("e")];
  await gone.close();
  const { attached } = await attachedTo(metrics, first.ring);
  counter.inc(-1);
  gauge.set(NaN);
  histogram.observe(NaN);
  timer.observe(-1);
  timer.startInTrace();
  family.with({ of: "x".repeat(10_000) }).inc(Infinity);
  gone.histogram("f").observe(NaN);
  counter.incWithExemplar(1, { trace_id: "x".repeat(1_000) });
  attached.gauge("g").set(NaN);
  await attached.flush();
  const counted = (await metrics.scrape()).match(/^hotpath_\w+_(rejected|truncated|overflowed)_total.* [1-9].*$/gm);
  assertEquals(counted, ['hotpath_records_rejected_total{reason="nan"} 1']);
  await attached.close();
});

Deno.test("the ring of a thread that was terminated is used by no other", async () => {
  await using metrics = createMetrics({ ringCapacity: RING_CAPACITY });
  const rings = new Set<ArrayBufferLike>();
  for (let i = 0; i < 3; i++) {
    const thread = await Thread.start(ringsOf(metrics, rings));
    await thread.run({ do: "define", type: "counter", name: "orders_total", options: { labels: ["id"] } });
    await thread.run({ do: "count", id: "a", amount: 1 });
    await thread.run({ do: "flush" });
    await thread.terminate();
  }
  await until(() => metrics.scrape(), (text) => text.includes('\norders_total{id="a"} 3\n'));
  const { port, ring } = connect(metrics);
  assertEquals([rings.size, rings.has(ring)], [3, false]);
  await (await attachMetrics(port)).close();
});

/** Attaches until a thread gets that ring, which is on its way back. */
async function attachedTo(metrics: Metrics, wanted: ArrayBufferLike) {
  for (let attempts = 100; attempts > 0; attempts--) {
    const { port, ring } = connect(metrics);
    const attached = await attachMetrics(port);
    if (ring === wanted) return { ring, attached };
    await attached.close();
  }
  throw new Error("the ring did not come back");
}

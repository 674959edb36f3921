import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { distributionOf, hasSeries, metricOf, valueOf } from "../_support/snapshots.ts";

Deno.test("remove takes a series away: its handle is a no-op, a new one starts at zero", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const labels = { side: "buy" };
  const counter = metrics.counter("orders_total", { labels: ["side"] });
  const gauge = metrics.gauge("depth", { labels: ["side"] });
  const histogram = metrics.histogram("size", { labels: ["side"] });
  const timer = metrics.timer("job", { labels: ["side"] });
  const old = {
    counter: counter.with(labels),
    gauge: gauge.with(labels),
    histogram: histogram.with(labels),
    timer: timer.with(labels),
  };
  const record = (handles: typeof old) => {
    handles.counter.inc(3);
    handles.gauge.set(3);
    handles.histogram.observe(3);
    handles.timer.observe(3);
    handles.timer.end(handles.timer.start());
  };
  record(old);
  for (const family of [counter, gauge, histogram, timer]) assertEquals(family.remove(labels), true);
  for (const family of [counter, gauge, histogram, timer]) assertEquals(family.remove(labels), false);
  record(old);
  assertEquals((await metrics.snapshot()).metrics, []);
  assertEquals((await metrics.snapshot()).meta.series, 0);
  const fresh = {
    counter: counter.with(labels),
    gauge: gauge.with(labels),
    histogram: histogram.with(labels),
    timer: timer.with(labels),
  };
  record(old);
  for (const handle of Object.values(old)) handle.reset();
  let snapshot = await metrics.snapshot();
  assertEquals(valueOf(snapshot, "orders_total", labels), 0);
  assertEquals(valueOf(snapshot, "depth", labels), 0);
  assertEquals(distributionOf(snapshot, "size", labels).count, 0);
  assertEquals(distributionOf(snapshot, "job_seconds", labels).count, 0);
  record(fresh);
  snapshot = await metrics.snapshot();
  assertEquals(valueOf(snapshot, "orders_total", labels), 3);
  assertEquals(distributionOf(snapshot, "job_seconds", labels).count, 2);
});

Deno.test("remove discards the records that are still in the ring, and no other series gets them", async () => {
  await using test = inlineMetrics();
  const size = test.metrics.histogram("size", { labels: ["id"] });
  const old = size.with({ id: "old" });
  old.observe(1);
  size.remove({ id: "old" });
  const next = size.with({ id: "next" });
  next.observe(10);
  assertEquals(distributionOf(await test.metrics.snapshot(), "size", { id: "next" }).sum, 10);
  // By now the id is free, and used again.
  const later = size.with({ id: "later" });
  old.observe(1);
  later.observe(100);
  const snapshot = await test.metrics.snapshot();
  assertEquals(distributionOf(snapshot, "size", { id: "next" }).sum, 10);
  assertEquals(distributionOf(snapshot, "size", { id: "later" }).sum, 100);
});

Deno.test("reset starts each type again from zero, records in the ring included", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const counter = metrics.counter("orders_total");
  const gauge = metrics.gauge("depth");
  const histogram = metrics.histogram("size", { buckets: [5] });
  const timer = metrics.timer("job");
  const all = [counter, gauge, histogram, timer];
  const record = () => {
    counter.inc(2);
    gauge.set(2);
    histogram.observe(2);
    timer.observe(2);
  };
  record();
  await metrics.flush();
  record();
  for (const instrument of all) instrument.reset();
  let snapshot = await metrics.snapshot();
  assertEquals([valueOf(snapshot, "orders_total"), valueOf(snapshot, "depth")], [0, 0]);
  for (const name of ["size", "job_seconds"]) {
    const { count, sum, min, max, windows } = distributionOf(snapshot, name);
    assertEquals([count, sum, min, max, windows["5m"].count], [0, 0, null, null, 0]);
  }
  assertEquals(distributionOf(snapshot, "size").bucketCounts, [0]);
  record();
  for (const instrument of all) instrument.reset();
  record();
  snapshot = await metrics.snapshot();
  assertEquals([valueOf(snapshot, "orders_total"), valueOf(snapshot, "depth")], [2, 2]);
  for (const name of ["size", "job_seconds"]) assertEquals(distributionOf(snapshot, name).sum, 2);
});

Deno.test("reset of a family resets all its series and keeps their handles", async () => {
  await using test = inlineMetrics({ seriesMax: 2 });
  const size = test.metrics.histogram("size", { labels: ["id"] });
  const handles = ["a", "b", "past the cap"].map((id) => size.with({ id }));
  for (const handle of handles) handle.observe(1);
  size.reset();
  for (const handle of handles) handle.observe(5);
  const { series } = metricOf(await test.metrics.snapshot(), "size");
  assertEquals(series.map((each) => "sum" in each && each.sum), [5, 5, 5]);
});

Deno.test("ids and cells that are used again never mix up series", async () => {
  const ids = fc.constantFrom("a", "b", "c", "d");
  const command = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant("record" as const), id: ids, value: fc.integer({ min: 1, max: 9 }) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("remove" as const, "reset" as const), id: ids }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("flush" as const) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60, size: "max" }), async (commands) => {
      await using test = inlineMetrics();
      const counter = test.metrics.counter("orders_total", { labels: ["id"] });
      const size = test.metrics.histogram("size", { labels: ["id"] });
      const model = new Map<string, { sum: number; count: number }>();
      for (const each of commands) {
        if (each.do === "flush") await test.metrics.flush();
        else if (each.do === "record") {
          counter.with({ id: each.id }).inc(each.value);
          size.with({ id: each.id }).observe(each.value);
          const { sum, count } = model.get(each.id) ?? { sum: 0, count: 0 };
          model.set(each.id, { sum: sum + each.value, count: count + 1 });
        } else if (each.do === "remove") {
          assertEquals(counter.remove({ id: each.id }), model.has(each.id));
          assertEquals(size.remove({ id: each.id }), model.has(each.id));
          model.delete(each.id);
        } else if (model.has(each.id)) {
          counter.with({ id: each.id }).reset();
          size.with({ id: each.id }).reset();
          model.set(each.id, { sum: 0, count: 0 });
        }
      }
      const snapshot = await test.metrics.snapshot();
      assertEquals(snapshot.meta.series, model.size * 2);
      for (const [id, { sum, count }] of model) {
        assertEquals(valueOf(snapshot, "orders_total", { id }), sum);
        const series = distributionOf(snapshot, "size", { id });
        assertEquals([series.sum, series.count], [sum, count]);
      }
    }),
    { seed: 6, numRuns: 200 },
  );
});

Deno.test("past seriesMax new label sets share one overflow series, and are counted", async () => {
  await using test = inlineMetrics({ seriesMax: 3 });
  const { metrics } = test;
  const counter = metrics.counter("orders_total", { labels: ["id"] });
  const size = metrics.histogram("size", { labels: ["id"] });
  for (const id of ["a", "b"]) counter.with({ id }).inc();
  size.with({ id: "a" }).observe(1);
  for (const id of ["c", "d", "c"]) counter.with({ id }).inc(10);
  for (const id of ["b", "c"]) size.with({ id }).observe(5);
  const snapshot = await metrics.snapshot();
  const overflow = { hotpath_overflow: "true" };
  assertEquals(valueOf(snapshot, "orders_total", { id: "a" }), 1);
  assertEquals(valueOf(snapshot, "orders_total", overflow), 30);
  assertEquals(distributionOf(snapshot, "size", overflow).sum, 10);
  assertEquals(hasSeries(snapshot, "orders_total", { id: "c" }), false);
  assertEquals(snapshot.meta.overflowed, 5);
  assertEquals(counter.remove({ id: "c" }), false);
});

Deno.test("remove makes room for a new label set under seriesMax, also after an overflow", async () => {
  await using test = inlineMetrics({ seriesMax: 1 });
  const counter = test.metrics.counter("orders_total", { labels: ["id"] });
  counter.with({ id: "a" }).inc();
  counter.with({ id: "b" }).inc(10);
  counter.remove({ id: "a" });
  counter.with({ id: "b" }).inc();
  const snapshot = await test.metrics.snapshot();
  assertEquals(valueOf(snapshot, "orders_total", { id: "b" }), 1);
  assertEquals(valueOf(snapshot, "orders_total", { hotpath_overflow: "true" }), 10);
  assertEquals(snapshot.meta.overflowed, 1);
});

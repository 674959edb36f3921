import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { attachMetrics, createMetrics, type Metrics, noopMetrics } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { hasSeries, valueOf } from "../_support/snapshots.ts";
import { FAULTS, untilDown, untilUp, Victim } from "../_support/threads/faults.ts";
import { Spin, Thread, until } from "../_support/threads/thread.ts";

const SLO = { threshold: "5ms", target: 0.999 } as const;

async function removedOf(metrics: Metrics): Promise<number> {
  return (await metrics.performance()).rejected.removed;
}

async function namesOf(metrics: Metrics): Promise<string[]> {
  return (await metrics.instruments()).map(({ name }) => name);
}

Deno.test("Metrics evaluates the same module twice: instruments stay, the last callback counts", async () => {
  for (const aggregation of ["inline", "worker"] as const) {
    await using metrics = createMetrics({ aggregation });
    const load = (depth: number) => ({
      jobs: metrics.counter("jobs_total", { help: "Jobs" }),
      work: metrics.timer("work", { help: "Work", slo: { threshold: "5ms", target: 0.999, critical: "1s" } }),
      size: metrics.histogram("size", { buckets: [1, 2] }),
      recent: metrics.summary("recent", { quantiles: [0.5, 0.9] }),
      queue: metrics.gauge("queue", { help: "Queue", collect: () => depth }),
      queues: metrics.gauge("queues", {
        labels: ["name"],
        collect: (queues) => queues.with({ name: "in" }).set(depth),
      }),
    });
    assertEquals(load(1), load(2));
    const snapshot = await metrics.snapshot();
    assertEquals([valueOf(snapshot, "queue"), valueOf(snapshot, "queues", { name: "in" })], [2, 2]);
  }
});

Deno.test("Metrics.find returns the instrument of a name", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  assertEquals(metrics.find("orders_total"), undefined);
  const orders = metrics.counter("orders_total");
  const sizes = metrics.histogram("size", { labels: ["kind"] });
  assertStrictEquals(metrics.find("orders_total"), orders);
  assertStrictEquals(metrics.find("size"), sizes);
  metrics.remove("size");
  assertEquals([metrics.find("size"), noopMetrics.find("size")], [undefined, undefined]);
});

for (const aggregation of ["inline", "worker"] as const) {
  Deno.test(`Metrics.remove removes the series, and the name is free for any definition, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    const define: ((name: string) => unknown)[] = [
      (name) => metrics.counter(name).inc(),
      (name) => metrics.counter(name, { labels: ["a"] }).with({ a: "1" }).inc(),
      (name) => metrics.gauge(name, { collect: () => 5 }),
      (name) => metrics.gauge(name, { labels: ["b"], aggregator: "max" }).with({ b: "1" }).set(3),
      (name) => metrics.histogram(name, { unit: "bytes" }).observe(1),
      (name) => metrics.timer(name, { labels: ["c"], slo: SLO }).with({ c: "1" }).observe(1),
      (name) => metrics.summary(name).observe(2),
    ];
    for (const [i, first] of define.entries()) {
      for (const second of define.slice(i + 1)) {
        first("changing");
        await metrics.flush();
        assertThrows(() => second("changing"), TypeError);
        assertEquals(metrics.remove("changing"), true);
        assertEquals(metrics.remove("changing"), false);
        assertEquals((await metrics.snapshot()).metrics, []);
        second("changing");
        const { metrics: [{ series }] } = await metrics.snapshot();
        assertEquals(series.length, 1);
        metrics.remove("changing");
      }
    }
    assertEquals([await namesOf(metrics), (await metrics.scrape()).includes("changing")], [[], false]);
    assertEquals((await metrics.snapshot()).meta.series, 0);
  });

  Deno.test(`Metrics.remove: a handle of a removed instrument records nowhere and is counted, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    const orders = metrics.counter("orders_total");
    const depth = metrics.gauge("depth", { aggregator: "last" });
    const size = metrics.histogram("size");
    const work = metrics.timer("work", { slo: SLO });
    const labelled = metrics.counter("labelled", { labels: ["a"] });
    const one = labelled.with({ a: "1" });
    const empty = metrics.timer("empty", { labels: ["a"] });
    const start = work.start();
    for (const name of ["orders_total", "depth", "size", "work", "labelled", "empty"]) metrics.remove(name);
    // All of the same ids and cells, as soon as they are free.
    for (let round = 0; round < 3; round++) {
      await metrics.flush();
      metrics.counter(`other_${round}_total`);
      metrics.gauge(`other_depth_${round}`);
      metrics.histogram(`other_size_${round}`);
    }
    const used = [
      () => orders.inc(),
      () => orders.incWithExemplar(1, { a: "b" }),
      () => depth.set(5),
      () => depth.inc(),
      () => depth.dec(),
      () => size.observe(1),
      () => size.observeCritical(1),
      () => work.observe(1),
      () => work.end(start),
      () => one.inc(),
      () => labelled.with({ a: "1" }).inc(),
      () => labelled.with({ a: "2" }).inc(NaN),
      () => empty.with({ a: "1" }).observe(1),
    ];
    for (const use of used) use();
    for (const handle of [orders, depth, size, work, labelled, empty]) handle.reset();
    assertEquals([labelled.remove({ a: "1" }), labelled.clear()], [false, undefined]);
    const { metrics: all, meta } = await metrics.snapshot();
    assertEquals([all.length, meta.series, meta.recorded], [9, 9, 0]);
    for (const { series: [each] } of all) assertEquals("count" in each ? each.count : "value" in each && each.value, 0);
    assertEquals(await removedOf(metrics), used.length);
    metrics.enabled = false;
    for (const use of used) use();
    assertEquals(await removedOf(metrics), used.length);
  });

  Deno.test(`Family.clear removes all series, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation, seriesMax: 2 });
    const depth = metrics.gauge("depth", { labels: ["queue"] });
    for (const queue of ["a", "b", "past the cap"]) depth.with({ queue }).set(1);
    await metrics.flush();
    depth.clear();
    await metrics.flush();
    assertEquals((await metrics.snapshot()).meta.series, 0);
    for (const queue of ["c", "d"]) depth.with({ queue }).set(2);
    const snapshot = await metrics.snapshot();
    assertEquals([valueOf(snapshot, "depth", { queue: "c" }), valueOf(snapshot, "depth", { queue: "d" })], [2, 2]);
  });

  Deno.test(`Gauge collect may remove series, and its own gauge, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    let queues = ["a", "b"];
    const collected = metrics.gauge("depth", {
      labels: ["queue"],
      collect: (depth) => {
        depth.clear();
        for (const queue of queues) depth.with({ queue }).set(1);
      },
    });
    metrics.gauge("once", { collect: () => void metrics.remove("once") });
    metrics.gauge("late", { collect: () => Promise.resolve().then(() => (metrics.remove("late"), 1)) });
    const first = await metrics.snapshot();
    assertEquals(first.metrics.map(({ name, series }) => [name, series.length]), [["depth", 2]]);
    queues = ["b", "c"];
    const second = await metrics.snapshot();
    assertEquals(second.metrics[0].series.map(({ labels }) => labels), [{ queue: "b" }, { queue: "c" }]);
    assertStrictEquals(metrics.find("depth"), collected);
    assertEquals([await namesOf(metrics), (await metrics.performance()).rejected.collect_failed], [["depth"], 0]);
  });
}

Deno.test("Metrics.remove: no breach of a removed timer is reported", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const heard: string[] = [];
  metrics.addEventListener("slobreach", ({ metric }) => heard.push(metric));
  const work = metrics.timer("work", { slo: SLO });
  work.observe(1);
  metrics.remove("work");
  work.observe(1);
  metrics.timer("other", { slo: SLO }).observe(1);
  await metrics.flush();
  assertEquals(heard, ["other_seconds"]);
});

Deno.test("Metrics.remove on one thread removes the family of all, and each may define it anew", async () => {
  await using metrics = createMetrics();
  await using attached = await attachMetrics(metrics.connect());
  await using departed = await attachMetrics(metrics.connect());
  const labels = ["a"];
  const handles = [metrics, attached, departed].map((each) => each.counter("jobs", { labels }).with({ a: "1" }));
  for (const handle of handles) handle.inc();
  await attached.flush();
  await departed.close();
  assertEquals(valueOf(await metrics.snapshot(), "jobs_total", { a: "1" }), 3);

  assertEquals(attached.remove("jobs"), true);
  await attached.flush();
  assertEquals((await metrics.snapshot()).metrics, []);
  await until(() => Promise.resolve(metrics.find("jobs")), (found) => found === undefined);
  for (const handle of handles.slice(0, 2)) handle.inc();
  assertEquals(await removedOf(metrics), 2);

  metrics.gauge("jobs").set(4);
  attached.gauge("jobs").set(5);
  await attached.flush();
  assertEquals(valueOf(await metrics.snapshot(), "jobs"), 9);
  assertEquals((await metrics.health()).status, "HEALTHY");

  metrics.remove("jobs");
  await metrics.flush();
  await until(() => Promise.resolve(attached.find("jobs")), (found) => found === undefined);
  attached.counter("jobs").inc();
  metrics.counter("jobs").inc();
  await attached.flush();
  assertEquals(valueOf(await metrics.snapshot(), "jobs_total"), 2);
});

Deno.test("Metrics.remove ends a clash of definitions", async () => {
  await using metrics = createMetrics();
  await using attached = await attachMetrics(metrics.connect());
  metrics.counter("jobs").inc();
  await metrics.flush();
  attached.gauge("jobs").set(5);
  await attached.flush().then(() => assert(false), () => {});
  attached.remove("jobs");
  await attached.flush();
  assertEquals([valueOf(await metrics.snapshot(), "jobs_total"), (await metrics.health()).status], [1, "HEALTHY"]);
});

for (const fault of FAULTS) {
  Deno.test(`Metrics.remove lasts with the next aggregator, also for a busy thread (${fault})`, async () => {
    await using metrics = createMetrics();
    const victim = new Victim(metrics);
    await using thread = await Thread.start(metrics);
    const spin = new Spin();
    const spinning = thread.run({ do: "spin", id: "busy", words: spin.words.buffer, rests: false });
    metrics.counter("orders_total", { labels: ["id"] }).with({ id: "main" }).inc();
    metrics.counter("kept_total").inc();
    await until(() => metrics.snapshot(), (each) => hasSeries(each, "orders_total", { id: "busy" }));
    metrics.remove("orders_total");
    await metrics.flush();
    const without = (names: readonly string[]) => assert(!names.includes("orders_total"), String(names));
    without(await namesOf(metrics));
    await victim.strike(fault);
    await untilDown(metrics);
    await untilUp(metrics);
    without(await namesOf(metrics));
    assertEquals(valueOf(await metrics.snapshot(), "kept_total"), 1);
    metrics.gauge("orders_total").set(7);
    assertEquals(valueOf(await metrics.snapshot(), "orders_total"), 7);
    spin.stop();
    await spinning;
    await thread.run({ do: "flush" }).catch(() => {});
    assertEquals(valueOf(await metrics.snapshot(), "orders_total"), 7);
  });
}

Deno.test("any sequence of definitions, records and removals leaves what a model has", async () => {
  const name = fc.constantFrom("a", "b", "c");
  const step = fc.record({
    do: fc.constantFrom("counter", "gauge", "histogram", "remove", "use", "flush"),
    name,
    amount: fc.integer({ min: 1, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      await using test = inlineMetrics();
      const { metrics } = test;
      const model = new Map<string, { type: string; total: number }>();
      /** By name: what is recorded with, of removed instruments too. */
      const handles: { name: string; isRemoved: boolean; record: (amount: number) => void }[] = [];
      for (const { do: action, name, amount } of steps) {
        if (action === "flush") await metrics.flush();
        else if (action === "remove") {
          assertEquals(metrics.remove(name), model.delete(name));
          for (const handle of handles) if (handle.name === name) handle.isRemoved = true;
        } else if (action === "use") {
          for (const handle of handles) {
            handle.record(amount);
            const entry = model.get(handle.name);
            if (!handle.isRemoved && entry !== undefined) entry.total += amount;
          }
        } else if (!model.has(name)) {
          model.set(name, { type: action, total: 0 });
          const record = action === "counter"
            ? ((counter) => (by: number) => counter.inc(by))(metrics.counter(name))
            : action === "gauge"
            ? ((gauge) => (by: number) => gauge.inc(by))(metrics.gauge(name))
            : ((histogram) => (by: number) => histogram.observe(by))(metrics.histogram(name));
          handles.push({ name, isRemoved: false, record });
        }
      }
      const { metrics: all } = await metrics.snapshot();
      const found = all.map(({ name, type, series: [each] }) => {
        return [name.replace("_total", ""), { type, total: "sum" in each ? each.sum : "value" in each && each.value }];
      });
      assertEquals(new Map(found as [string, { type: string; total: number }][]), model);
    }),
    { numRuns: 60 },
  );
});

Deno.test("ten thousand definitions and removals leave no series, no instrument and no room taken", async () => {
  for (const aggregation of ["inline", "worker"] as const) {
    await using metrics = createMetrics({ aggregation, seriesMax: 100 });
    for (let i = 0; i < 10_000; i++) {
      metrics.counter(`jobs_${i}`, { labels: ["a"] }).with({ a: "1" }).inc();
      assertEquals(metrics.remove(`jobs_${i}`), true);
      if (i % 50 === 0) await metrics.flush();
    }
    const depth = metrics.gauge("depth", { labels: ["i"] });
    await metrics.flush();
    for (let i = 0; i < 100; i++) depth.with({ i }).set(i);
    const { meta, metrics: all } = await metrics.snapshot();
    assertEquals([all.length, all[0].series.length, meta.series], [1, 100, 100]);
  }
});

Deno.test("noopMetrics has nothing to remove", () => {
  assertEquals([noopMetrics.remove("jobs"), noopMetrics.counter("jobs", { labels: ["a"] }).clear()], [
    false,
    undefined,
  ]);
});

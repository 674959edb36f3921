import { assertEquals } from "@std/assert";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { valueOf } from "../_support/snapshots.ts";

Deno.test("Gauge.set, inc and dec move the value", async () => {
  await using test = inlineMetrics();
  const depth = test.metrics.gauge("queue_depth");
  assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth"), 0);
  depth.set(12);
  depth.inc();
  depth.inc(3);
  depth.dec();
  depth.dec(20);
  assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth"), -5);
  depth.reset();
  assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth"), 0);
});

Deno.test("Gauge.setToCurrentTime sets seconds since the epoch, also of series and of the last that is set", async () => {
  await using test = inlineMetrics();
  const before = Date.now() / 1_000;
  test.metrics.gauge("success").setToCurrentTime();
  test.metrics.gauge("start", { aggregator: "last" }).setToCurrentTime();
  test.metrics.gauge("import", { labels: ["table"] }).with({ table: "orders" }).setToCurrentTime();
  const after = Date.now() / 1_000;
  const snapshot = await test.metrics.snapshot();
  const values = [
    valueOf(snapshot, "success"),
    valueOf(snapshot, "start"),
    valueOf(snapshot, "import", { table: "orders" }),
  ];
  assertEquals(values.map((value) => value >= before && value <= after), [true, true, true]);
});

Deno.test("Gauge counts what it refuses by reason, and keeps its value", async () => {
  await using test = inlineMetrics();
  const depth = test.metrics.gauge("queue_depth");
  depth.set(12);
  const methods = [(value: number) => depth.set(value), (by: number) => depth.inc(by), (by: number) => depth.dec(by)];
  for (const method of methods) {
    for (const value of [NaN, Infinity, -Infinity, "3", null, 5n, Symbol("x")]) method(value as number);
  }
  assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth"), 12);
  const { rejected } = await test.metrics.performance();
  assertEquals([rejected.nan, rejected.infinite], [15, 6]);
});

Deno.test("Gauge with labels has a value for each label set", async () => {
  await using test = inlineMetrics();
  const depth = test.metrics.gauge("queue_depth", { labels: ["queue"] });
  depth.with({ queue: "in" }).set(3);
  depth.with({ queue: "out" }).dec(4);
  const snapshot = await test.metrics.snapshot();
  assertEquals(valueOf(snapshot, "queue_depth", { queue: "in" }), 3);
  assertEquals(valueOf(snapshot, "queue_depth", { queue: "out" }), -4);
});

Deno.test("Gauge collect is called for the value at each snapshot", async () => {
  await using test = inlineMetrics();
  const queue: string[] = [];
  let calls = 0;
  test.metrics.gauge("queue_depth", { collect: () => (calls += 1, queue.length) });
  assertEquals(calls, 0);
  assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth"), 0);
  queue.push("a", "b");
  assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth"), 2);
  assertEquals(calls >= 2, true);
});

Deno.test("Gauge collect of a family sets its series at each snapshot", async () => {
  await using test = inlineMetrics();
  const queues = new Map([["in", 3]]);
  test.metrics.gauge("queue_depth", {
    labels: ["queue"],
    collect: (depth) => queues.forEach((size, queue) => depth.with({ queue }).set(size)),
  });
  assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth", { queue: "in" }), 3);
  queues.set("in", 1).set("out", 2);
  const snapshot = await test.metrics.snapshot();
  assertEquals(valueOf(snapshot, "queue_depth", { queue: "in" }), 1);
  assertEquals(valueOf(snapshot, "queue_depth", { queue: "out" }), 2);
  const { rejected } = await test.metrics.performance();
  assertEquals(rejected.collect_failed, 0);
});

Deno.test("Gauge collect of a family that throws is counted, and does not prevent calls of the others", async () => {
  await using test = inlineMetrics();
  test.metrics.gauge("queue_depth", {
    labels: ["queue"],
    collect: (depth) => {
      depth.with({ queue: "in" }).set(3);
      throw new Error("no other queue");
    },
  });
  test.metrics.gauge("threads", { collect: () => 4 });
  const snapshot = await test.metrics.snapshot();
  assertEquals(valueOf(snapshot, "queue_depth", { queue: "in" }), 3);
  assertEquals(valueOf(snapshot, "threads"), 4);
  const { rejected } = await test.metrics.performance();
  assertEquals(rejected.collect_failed >= 1, true);
});

Deno.test("Gauge collect that fails leaves the gauge as it was and is counted", async () => {
  await using test = inlineMetrics();
  let answer: () => unknown = () => 7;
  test.metrics.gauge("queue_depth", { collect: () => answer() as number });
  const answers = [
    () => NaN,
    () => Infinity,
    () => "9",
    () => null,
    () => {
      throw new Error("the queue is gone");
    },
  ];
  assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth"), 7);
  for (const each of answers) {
    const before = (await test.metrics.performance()).rejected.collect_failed;
    answer = each;
    assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth"), 7);
    answer = () => 7;
    assertEquals((await test.metrics.performance()).rejected.collect_failed > before, true);
  }
});

Deno.test("Gauge collect that takes part in the metrics does not upset the snapshot", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  metrics.gauge("queue_depth", {
    collect: () => {
      metrics.counter("collected_total").inc();
      metrics.histogram("late").observe(1);
      return 3;
    },
  });
  const snapshot = await metrics.snapshot();
  assertEquals(valueOf(snapshot, "queue_depth"), 3);
  assertEquals(valueOf(snapshot, "collected_total"), 1);
});

for (const aggregator of ["sum", "last", "min", "max", "average"] as const) {
  Deno.test(`Gauge of one thread is what it is set to, aggregator ${aggregator}`, async () => {
    await using test = inlineMetrics();
    const depth = test.metrics.gauge("queue_depth", { aggregator, labels: ["queue"] });
    const gauge = depth.with({ queue: "in" });
    const value = async () => valueOf(await test.metrics.snapshot(), "queue_depth", { queue: "in" });
    gauge.set(NaN);
    assertEquals(await value(), 0);
    gauge.set(12);
    gauge.inc();
    gauge.dec(3);
    assertEquals(await value(), 10);
    gauge.set(Infinity);
    assertEquals(await value(), 10);
    gauge.reset();
    assertEquals(await value(), 0);
    gauge.set(-4);
    depth.remove({ queue: "in" });
    gauge.set(5);
    depth.with({ queue: "in" });
    assertEquals(await value(), 0);
  });
}

for (const aggregator of ["sum", "last"] as const) {
  Deno.test(`Gauge rejects changes beyond the largest double in either direction, and keeps its value, aggregator ${aggregator}`, async () => {
    await using test = inlineMetrics();
    const depth = test.metrics.gauge("queue_depth", { aggregator });
    const value = async () => valueOf(await test.metrics.snapshot(), "queue_depth");
    depth.set(1.7e308);
    depth.inc(1.7e308);
    assertEquals(await value(), 1.7e308);
    depth.dec(1.7e308);
    depth.dec(1.7e308);
    depth.dec(1.7e308);
    depth.inc(-1.7e308);
    assertEquals(await value(), -1.7e308);
    depth.dec(-1.7e308);
    depth.dec(-1.7e308);
    depth.dec(-1.7e308);
    assertEquals(await value(), 1.7e308);
    assertEquals((await test.metrics.performance()).rejected, {
      ...(await test.metrics.performance()).rejected,
      infinite: 4,
      nan: 0,
    });
    depth.set(-0);
    assertEquals((await test.metrics.scrape()).includes("\nqueue_depth 0\n"), true);
  });
}

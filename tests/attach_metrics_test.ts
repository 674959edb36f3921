import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { attachMetrics, createMetrics, type MetricsPort, noopMetrics } from "../mod.ts";
import { HEADER_BYTES, RECORD_BYTES } from "../src/ring/layout.ts";
import type { Connection } from "../src/threads/connection.ts";
import { distributionOf, hasSeries, metricOf, valueOf } from "./_support/snapshots.ts";
import { Thread, until } from "./_support/threads/thread.ts";

for (const kind of ["web", "node"] as const) {
  Deno.test(`attachMetrics joins ${kind} workers: counters add up, distributions are one, series too`, async () => {
    await using metrics = createMetrics();
    await using first = await Thread.start(metrics, kind);
    await using second = await Thread.start(metrics, kind);
    metrics.counter("orders_total", { labels: ["id"] }).with({ id: "a" }).inc(1);
    metrics.histogram("message_bytes", { labels: ["id"] }).with({ id: "a" }).observe(100);
    await first.run({ do: "count", id: "a", amount: 10 });
    await second.run({ do: "count", id: "a", amount: 100 });
    await second.run({ do: "count", id: "b", amount: 7 });
    await first.run({ do: "observe", id: "a", values: [1, 2], rounds: 5 });
    await second.run({ do: "observe", id: "a", values: [1_000], rounds: 3 });
    for (const thread of [first, second]) await thread.run({ do: "flush" });
    const snapshot = await metrics.snapshot();
    assertEquals(valueOf(snapshot, "orders_total", { id: "a" }), 111);
    assertEquals(valueOf(snapshot, "orders_total", { id: "b" }), 7);
    const { count, sum, min, max } = distributionOf(snapshot, "message_bytes", { id: "a" });
    assertEquals([count, sum, min, max], [14, 3_115, 1, 1_000]);
    assertEquals(snapshot.meta, { ...snapshot.meta, recorded: 14, dropped: 0, series: 3, overflowed: 0 });
    assertEquals(snapshot.metrics.length, 2);
  });

  Deno.test(`a ${kind} worker that is terminated leaves its counts, and takes its gauges along`, async () => {
    await using metrics = createMetrics();
    metrics.counter("orders_total", { labels: ["id"] }).with({ id: "a" }).inc(1);
    metrics.gauge("sum", { aggregator: "sum" }).set(3);
    await using thread = await Thread.start(metrics, kind);
    await thread.run({ do: "count", id: "a", amount: 10 });
    await thread.run({ do: "set", aggregator: "sum", value: 40 });
    await thread.run({ do: "set", aggregator: "max", value: 40 });
    await thread.run({ do: "observe", id: "a", values: [5], rounds: 1_000 });
    await thread.run({ do: "flush" });
    assertEquals(valueOf(await metrics.snapshot(), "sum"), 43);
    await thread.terminate();
    const snapshot = await until(() => metrics.snapshot(), (each) => valueOf(each, "sum") === 3);
    assertEquals(hasSeries(snapshot, "max", {}), false);
    assertEquals(valueOf(snapshot, "orders_total", { id: "a" }), 11);
    const { count, sum } = distributionOf(snapshot, "message_bytes", { id: "a" });
    assertEquals([count, sum, snapshot.meta.recorded], [1_000, 5_000, 1_000]);
  });
}

Deno.test("a worker that is terminated loses only what it had not published", async () => {
  await using metrics = createMetrics({ drainIntervalMs: 60_000 });
  await using thread = await Thread.start(metrics);
  await thread.run({ do: "set", aggregator: "sum", value: 1 });
  // Published every 64 records, and by nothing else before the minute is over.
  await thread.run({ do: "observe", id: "a", values: [5], rounds: 1_000 });
  await thread.terminate();
  const snapshot = await until(
    () => metrics.snapshot(),
    (each) => hasSeries(each, "message_bytes", { id: "a" }) && !hasSeries(each, "sum", {}),
  );
  assertEquals(distributionOf(snapshot, "message_bytes", { id: "a" }).count, Math.floor(1_000 / 64) * 64);
});

Deno.test("samplingRate and enabled act on the next call of other threads", async () => {
  await using metrics = createMetrics({ sampling: { seed: 1 } });
  await using thread = await Thread.start(metrics);
  metrics.samplingRate = 0;
  await thread.run({ do: "observe", id: "a", values: [5], rounds: 1_000 });
  await thread.run({ do: "flush" });
  const sampled = await metrics.snapshot();
  assertEquals(distributionOf(sampled, "message_bytes", { id: "a" }).count, 1_000);
  assertEquals([sampled.meta.recorded, sampled.meta.sampledOut], [1_000, 999]);

  metrics.enabled = false;
  await thread.run({ do: "observe", id: "a", values: [5], rounds: 1_000 });
  await thread.run({ do: "count", id: "a", amount: 7 });
  metrics.enabled = true;
  metrics.samplingRate = 1;
  await thread.run({ do: "observe", id: "a", values: [5], rounds: 10 });
  await thread.run({ do: "count", id: "a", amount: 1 });
  await thread.run({ do: "flush" });
  const snapshot = await metrics.snapshot();
  assertEquals(distributionOf(snapshot, "message_bytes", { id: "a" }).count, 1_010);
  assertEquals(valueOf(snapshot, "orders_total", { id: "a" }), 1);
});

Deno.test("a gauge on several threads is combined by its aggregator", async () => {
  const aggregators = ["sum", "last", "min", "max", "average"] as const;
  await using metrics = createMetrics();
  await using first = await Thread.start(metrics);
  await using second = await Thread.start(metrics);
  // Made, but never set here: no part of a minimum, maximum or average.
  for (const aggregator of aggregators) metrics.gauge(aggregator, { aggregator });
  const valuesOf = async () => {
    const snapshot = await metrics.snapshot();
    return aggregators.map((aggregator) => valueOf(snapshot, aggregator));
  };
  assertEquals(await valuesOf(), [0, 0, 0, 0, 0]);
  for (const [thread, value] of [[first, 5], [second, 9], [first, 3]] as const) {
    for (const aggregator of aggregators) await thread.run({ do: "set", aggregator, value });
  }
  for (const thread of [first, second]) await thread.run({ do: "flush" });
  assertEquals(await valuesOf(), [12, 3, 3, 9, 6]);
  await second.run({ do: "set", aggregator: "last", value: 9 });
  await second.run({ do: "flush" });
  assertEquals((await valuesOf())[1], 9);
  metrics.gauge("last", { aggregator: "last" }).set(-1);
  assertEquals((await valuesOf())[1], -1);
  await second.run({ do: "close" });
  assertEquals(await valuesOf(), [3, -1, 3, 3, 3]);
});

Deno.test("four threads at once lose nothing, each counted by itself and all of them together", async () => {
  const values = [1, 10, 100, 1_000];
  const rounds = 100_000;
  await using metrics = createMetrics();
  const threads = await Promise.all(values.map(() => Thread.start(metrics)));
  await Promise.all(threads.map(async (thread, i) => {
    for (let part = 0; part < 4; part++) {
      await thread.run({ do: "observe", id: `own ${i}`, values: [values[i]], rounds: rounds / 4 });
      await thread.run({ do: "observe", id: "all", values, rounds: rounds / 16 });
      await thread.run({ do: "count", id: "all", amount: 1 });
      // So that no ring overflows, however busy the machine is.
      await thread.run({ do: "flush" });
    }
    await thread.run({ do: "close" });
    await thread.terminate();
  }));
  const snapshot = await metrics.snapshot();
  values.forEach((value, i) => {
    const { count, sum, min, max } = distributionOf(snapshot, "message_bytes", { id: `own ${i}` });
    assertEquals([count, sum, min, max], [rounds, rounds * value, value, value]);
  });
  const { count, sum } = distributionOf(snapshot, "message_bytes", { id: "all" });
  assertEquals([count, sum], [4 * rounds, 1_111 * rounds]);
  assertEquals(valueOf(snapshot, "orders_total", { id: "all" }), 16);
  assertEquals([snapshot.meta.recorded, snapshot.meta.dropped], [8 * rounds, 0]);
});

Deno.test("removing a series on one thread takes its share of a counter, the last one takes the series", async () => {
  await using metrics = createMetrics();
  await using thread = await Thread.start(metrics);
  const orders = metrics.counter("orders_total", { labels: ["id"] });
  const sizes = metrics.histogram("message_bytes", { labels: ["id"] });
  orders.with({ id: "a" }).inc(1);
  sizes.with({ id: "a" }).observe(1);
  await thread.run({ do: "count", id: "a", amount: 10 });
  await thread.run({ do: "observe", id: "a", values: [5], rounds: 2 });
  await thread.run({ do: "remove", id: "a" });
  await thread.run({ do: "flush" });
  const snapshot = await metrics.snapshot();
  assertEquals(valueOf(snapshot, "orders_total", { id: "a" }), 1);
  orders.remove({ id: "a" });
  sizes.remove({ id: "a" });
  assertEquals((await metrics.snapshot()).metrics, []);
});

Deno.test("resetting a histogram on one thread starts it again for all", async () => {
  await using metrics = createMetrics();
  await using thread = await Thread.start(metrics);
  const sizes = metrics.histogram("message_bytes", { labels: ["id"] }).with({ id: "a" });
  sizes.observe(1);
  await metrics.flush();
  await thread.run({ do: "observe", id: "a", values: [5], rounds: 2 });
  await thread.run({ do: "reset" });
  await thread.run({ do: "observe", id: "a", values: [7], rounds: 1 });
  await thread.run({ do: "flush" });
  sizes.observe(2);
  const { count, sum } = distributionOf(await metrics.snapshot(), "message_bytes", { id: "a" });
  assertEquals([count, sum], [2, 9]);
});

Deno.test("a definition that clashes with another thread's is refused at its next flush, and spoils nothing", async () => {
  await using metrics = createMetrics();
  metrics.counter("orders_total").inc(3);
  await metrics.flush();
  const attached = await attachMetrics(metrics.connect());
  attached.gauge("orders_total").set(9);
  attached.counter("filled_total").inc(2);
  const wording = /^Cannot create gauge orders_total: its definition must equal that of the counter of that name on/;
  const { message } = await assertRejects(() => attached.flush(), TypeError);
  assertEquals(wording.test(message), true, message);
  const { status, reasons } = await metrics.health();
  assertEquals([status, reasons], ["DEGRADED", [message]]);
  const snapshot = await metrics.snapshot();
  assertEquals([valueOf(snapshot, "orders_total"), valueOf(snapshot, "filled_total")], [3, 2]);
  await assertRejects(() => attached.close(), TypeError);
  assertEquals((await metrics.health()).status, "HEALTHY");
});

Deno.test("a definition of the main thread's that clashes with a faster thread's is refused at its next flush", async () => {
  await using metrics = createMetrics();
  await using thread = await Thread.start(metrics, "node");
  await thread.run({ do: "define", type: "counter", name: "orders_total", options: { help: "Orders" } });
  await thread.run({ do: "flush" });
  metrics.counter("orders_total", { help: "Orders sent" }).inc();
  await assertRejects(() => metrics.flush(), TypeError, "Cannot create counter orders_total: its definition must");
  assertEquals(valueOf(await metrics.snapshot(), "orders_total"), 0);
});

Deno.test("seriesMax is for all threads together", async () => {
  await using metrics = createMetrics({ seriesMax: 3 });
  const orders = metrics.counter("orders_total", { labels: ["id"] });
  for (const id of ["a", "b"]) orders.with({ id }).inc(1);
  await metrics.flush();
  await using attached = await attachMetrics(metrics.connect());
  const others = attached.counter("orders_total", { labels: ["id"] });
  for (const id of ["b", "c", "d"]) others.with({ id }).inc(10);
  await attached.flush();
  const snapshot = await metrics.snapshot();
  const values = Object.fromEntries(["a", "b", "c"].map((id) => [id, valueOf(snapshot, "orders_total", { id })]));
  assertEquals(values, { a: 1, b: 11, c: 10 });
  assertEquals(valueOf(snapshot, "orders_total", { hotpath_overflow: "true" }), 10);
  assertEquals(snapshot.meta.overflowed, 1);
  await attached.close();
  assertEquals((await metrics.snapshot()).meta.overflowed, 1);
});

Deno.test("AttachedMetrics.close leaves the counts, and ends what was recorded after it", async () => {
  await using metrics = createMetrics();
  const attached = await attachMetrics(metrics.connect());
  const orders = attached.counter("orders_total");
  const sizes = attached.histogram("message_bytes");
  attached.gauge("queue_depth", { collect: () => 5 });
  orders.inc(2);
  sizes.observe(1);
  await Promise.all([attached.close(), attached.close(), attached.flush()]);
  orders.inc(5);
  sizes.observe(1);
  attached.counter("late_total").inc();
  await attached.close();
  const snapshot = await metrics.snapshot();
  assertEquals(snapshot.metrics.map(({ name }) => name), ["orders_total", "message_bytes"]);
  assertEquals([valueOf(snapshot, "orders_total"), distributionOf(snapshot, "message_bytes").count], [2, 1]);
});

Deno.test("AttachedMetrics counts what it rejects in the totals, also when it has departed", async () => {
  await using metrics = createMetrics();
  const attached = await attachMetrics(metrics.connect());
  attached.histogram("message_bytes").observe(NaN);
  await attached.close();
  assertEquals((await metrics.performance()).rejected.nan, 1);
});

Deno.test("AttachedMetrics of metrics that are closed records nothing, refuses to flush, and closes", async () => {
  for (const isInUse of [true, false]) {
    const metrics = createMetrics();
    await using thread = await Thread.start(metrics);
    const port = metrics.connect();
    const attached = isInUse ? await attachMetrics(port) : undefined;
    attached?.counter("orders_total").inc(2);
    await attached?.flush();
    await metrics.close();
    const reason = "Cannot reach the aggregator: it is closed";
    await assertRejects(() => thread.run({ do: "flush" }), Error, reason);
    await thread.run({ do: "close" });
    if (attached === undefined) {
      const refusal = "Cannot attach metrics: the port was posted to another thread, or its metrics are closed; ";
      await assertRejects(() => attachMetrics(port), Error, refusal);
    } else {
      attached.counter("orders_total").inc(2);
      await attached.close();
      assertEquals(valueOf(await metrics.snapshot(), "orders_total"), 2);
    }
    assertThrows(() => metrics.connect(), Error, "Cannot connect a thread: the metrics are closed");
  }
});

const RING_BYTES = HEADER_BYTES + 4 * RECORD_BYTES;
const NO_RING_BYTES = [8, HEADER_BYTES, ...[0.5, 1, 3].map((capacity) => HEADER_BYTES + capacity * RECORD_BYTES)];

/** What a connection consists of, by path, and what none of it may be. */
const MEMBERS: Record<string, unknown[]> = {
  "transfer": [undefined, null, 5, {}, [1], [], [new MessageChannel().port1]],
  "ring": [
    undefined,
    null,
    {},
    new ArrayBuffer(RING_BYTES),
    ...NO_RING_BYTES.map((bytes) => new SharedArrayBuffer(bytes)),
  ],
  "seed": [undefined, "1", NaN],
  "thread": [undefined, "1", 1.5],
  "shared": [undefined, null, 5],
  "shared.doorbell": [undefined, new ArrayBuffer(4), new SharedArrayBuffer(0)],
  "shared.sequence": [undefined, {}, new SharedArrayBuffer(1)],
  "shared.control": [undefined, {}, new SharedArrayBuffer(8)],
  "shared.overflow": [undefined, 5],
  "shared.defaults": [undefined, null],
  "shared.clock": [undefined, 5],
  "shared.drainIntervalMs": [undefined, "5"],
  "shared.seriesMax": [undefined, {}],
  "shared.labelValueMax": [undefined, {}],
  "shared.tracer": [undefined, null],
};

Deno.test("attachMetrics takes only what connect returned, and says what is wrong with anything else", async () => {
  await using metrics = createMetrics();
  for (const wrong of [undefined, null, 5, "x"]) {
    await assertRejects(
      () => attachMetrics(wrong as unknown as MetricsPort),
      TypeError,
      "Cannot attach metrics: port must come from connect(), by postMessage, got ",
    );
  }
  const port = metrics.connect() as Connection;
  for (const [path, values] of Object.entries(MEMBERS)) {
    const [name, inner] = path.split(".");
    for (const value of values) {
      const shared = { ...port.shared, ...(inner !== undefined && { [inner]: value }) };
      const junk = inner === undefined ? { ...port, [name]: value } : { ...port, shared };
      const { message } = await assertRejects(() => attachMetrics(junk as MetricsPort), TypeError);
      assertStringIncludes(message, `Cannot attach metrics: port.${path} must `);
    }
  }
  for (const wrong of [{}, new MessageChannel().port1, { transfer: {} }]) {
    const { message } = await assertRejects(() => attachMetrics(wrong as unknown as MetricsPort), TypeError);
    assertStringIncludes(message, "Cannot attach metrics: port.transfer must be the array that connect() made, got ");
  }
  // Nothing of it was taken meanwhile.
  await using attached = await attachMetrics(port);
  await attached.flush();
});

const IN_USE = "Cannot attach metrics: the port is already in use; each thread needs its own from connect()";

Deno.test("attachMetrics takes a connection once: what is attached cannot be attached again, copied or posted", async () => {
  await using metrics = createMetrics({ ringCapacity: 1_024 });
  const port = metrics.connect() as Connection;
  const attached = await attachMetrics(port);
  const thread = await Thread.start(metrics);
  for (const copy of [port, { ...port }, { ...port, transfer: [...port.transfer] }]) {
    await assertRejects(() => attachMetrics(copy), Error, IN_USE);
    assertThrows(() => structuredClone({ copy }, { transfer: copy.transfer }), DOMException);
    await assertRejects(() => thread.run({ do: "attach", port: copy }, copy.transfer), DOMException);
  }
  // With ports of its own, too, there is no second writer.
  const { port1, port2 } = new MessageChannel();
  const forged = { ...port, transfer: [port1, port2] as Connection["transfer"] };
  await assertRejects(() => attachMetrics(forged), Error, IN_USE);
  port1.close();
  for (let i = 0; i < 100; i++) attached.histogram("size").observe(1);
  await attached.flush();
  await attached.close();
  await assertRejects(() => attachMetrics(port), Error, IN_USE);
  const { meta } = await metrics.snapshot();
  assertEquals([meta.recorded, meta.dropped], [100, 0]);
  await thread.terminate();
});

Deno.test("attachMetrics of a connection that was posted: the thread that has got the ports has it", async () => {
  await using metrics = createMetrics({ ringCapacity: 1_024 });
  const port = metrics.connect();
  const { copy } = structuredClone({ copy: port }, { transfer: port.transfer });
  const refusal =
    "Cannot attach metrics: the port was posted to another thread, or its metrics are closed; each thread";
  await assertRejects(() => attachMetrics(port), Error, refusal);
  await using attached = await attachMetrics(copy);
  await assertRejects(() => attachMetrics(port), Error, IN_USE);
  for (let i = 0; i < 100; i++) attached.histogram("size").observe(1);
  await attached.flush();
  const { meta } = await metrics.snapshot();
  assertEquals([meta.recorded, meta.dropped], [100, 0]);
});

Deno.test("attachMetrics of metrics that record nothing records nothing", async () => {
  const { port } = structuredClone({ port: noopMetrics.connect() });
  await using attached = await attachMetrics(port);
  attached.counter("orders_total").inc();
  await attached.flush();
});

Deno.test("Metrics.connect needs an aggregator in a worker", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const { message } = assertThrows(() => metrics.connect(), TypeError);
  assertEquals(message, 'Cannot connect a thread: aggregation must be "worker", got "inline"');
});

Deno.test("Metrics.connect gives each thread its own ring", async () => {
  await using metrics = createMetrics({ ringCapacity: 64 });
  await using attached = await attachMetrics(metrics.connect());
  for (const { histogram } of [{ histogram: metrics.histogram("a") }, { histogram: attached.histogram("b") }]) {
    for (let i = 0; i < 64; i++) histogram.observe(i);
  }
  await attached.flush();
  const snapshot = await metrics.snapshot();
  assertEquals(["a", "b"].map((name) => distributionOf(snapshot, name).count), [64, 64]);
  assertEquals([metricOf(snapshot, "a").series.length, snapshot.meta.dropped], [1, 0]);
});

import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual, assertRejects } from "@std/assert";
import { attachMetrics, createMetrics, type Metrics } from "../../mod.ts";
import { distributionOf, hasSeries, valueOf } from "../_support/snapshots.ts";
import { type Fault, FAULTS, untilDown, untilSo, untilUp, Victim } from "../_support/threads/faults.ts";
import { Spin, Thread, until } from "../_support/threads/thread.ts";

/** Makes the aggregator fail, and waits for the next. */
async function failOnce(victim: Victim, fault: Fault): Promise<void> {
  await victim.strike(fault);
  await untilDown(victim.metrics);
  await untilUp(victim.metrics);
}

async function ordersOf(metrics: Metrics, id: string): Promise<number> {
  return valueOf(await metrics.snapshot(), "orders_total", { id });
}

for (const fault of FAULTS) {
  for (const kind of ["web", "node"] as const) {
    Deno.test(`WorkerSupervisor: an idle ${kind} worker continues with the next aggregator (${fault})`, async () => {
      await using metrics = createMetrics();
      const victim = new Victim(metrics);
      await using thread = await Thread.start(metrics, kind);
      metrics.counter("orders_total", { labels: ["id"] }).with({ id: "a" }).inc(1);
      await thread.run({ do: "count", id: "a", amount: 10 });
      await thread.run({ do: "set", aggregator: "max", value: 5 });
      await thread.run({ do: "observe", id: "a", values: [1], rounds: 100 });
      await thread.run({ do: "flush" });
      await failOnce(victim, fault);
      assertEquals(await ordersOf(metrics, "a"), 11);
      await thread.run({ do: "count", id: "a", amount: 100 });
      await thread.run({ do: "count", id: "b", amount: 7 });
      await thread.run({ do: "observe", id: "a", values: [2], rounds: 10 });
      // Refused until the thread knows the new aggregator.
      await untilSo(() => thread.run({ do: "flush" }).then(() => true, () => false));
      const snapshot = await metrics.snapshot();
      assertEquals(valueOf(snapshot, "orders_total", { id: "a" }), 111);
      assertEquals(valueOf(snapshot, "orders_total", { id: "b" }), 7);
      assertEquals(valueOf(snapshot, "max"), 5);
      const { count, sum } = distributionOf(snapshot, "message_bytes", { id: "a" });
      assertEquals([count, sum], [10, 20]);
      await thread.run({ do: "close" });
      await failOnce(victim, fault);
      const left = await metrics.snapshot();
      assertEquals(valueOf(left, "orders_total", { id: "a" }), 111);
      assertEquals(valueOf(left, "orders_total", { id: "b" }), 7);
      assertEquals(hasSeries(left, "max", {}), false);
      const baits = fault === "drain" ? 2 : 0;
      assertEquals([left.meta.recorded, (await metrics.performance()).histogramRecordsLost], [
        110 + baits,
        110 + baits,
      ]);
    });
  }

  Deno.test(`a thread that never yields to its event loop loses no count and no series to a failure (${fault})`, async () => {
    await using metrics = createMetrics();
    const victim = new Victim(metrics);
    await using thread = await Thread.start(metrics);
    const spin = new Spin();
    const spinning = thread.run({ do: "spin", id: "busy", words: spin.words.buffer, rests: false });
    await untilSo(() => spin.series >= 10);
    for (let round = 0; round < 2; round++) {
      const [count, series] = [spin.count, spin.series];
      await failOnce(victim, fault);
      const { metrics: all } = await metrics.snapshot();
      const found = { metrics: all };
      assertGreaterOrEqual(valueOf(found, "orders_total", { id: "busy" }), count);
      for (let i = 0; i < series; i++) assertEquals(valueOf(found, "orders_total", { id: `busy ${i}` }), 1);
      // What it makes from now on is known to the new aggregator, too.
      const later = spin.series + 2;
      await untilSo(() => spin.series > later || spin.series === 1_000);
      await until(
        () => metrics.snapshot(),
        (each) => hasSeries(each, "orders_total", { id: `busy ${spin.series - 1}` }),
      );
    }
    spin.stop();
    await spinning;
    await untilSo(() => thread.run({ do: "flush" }).then(() => true, () => false));
    const snapshot = await metrics.snapshot();
    assertEquals(valueOf(snapshot, "orders_total", { id: "busy" }), spin.count);
    for (let i = 0; i < spin.series; i++) assertEquals(valueOf(snapshot, "orders_total", { id: `busy ${i}` }), 1);
    assertEquals(snapshot.meta.series, 2 + spin.series);
  });

  Deno.test(`counts of departed threads stay (${fault}), until the last removes it`, async () => {
    await using metrics = createMetrics();
    const victim = new Victim(metrics);
    const orders = metrics.counter("orders_total", { labels: ["id"] });
    orders.with({ id: "a" }).inc(1);
    orders.with({ id: "b" }).inc(1);
    for (let round = 1; round <= 3; round++) {
      await using thread = await Thread.start(metrics);
      await thread.run({ do: "count", id: "a", amount: 10 });
      await thread.run({ do: "count", id: "b", amount: 10 });
      await thread.run({ do: "count", id: "left", amount: 5 });
      await thread.run({ do: "flush" });
      // By close, by termination, and by termination while the aggregator is down.
      if (round === 1) await thread.run({ do: "close" });
      if (round === 2) await thread.terminate();
      await victim.strike(fault);
      await untilDown(metrics);
      if (round === 3) await thread.terminate();
      await untilUp(metrics);
      const snapshot = await metrics.snapshot();
      assertEquals(valueOf(snapshot, "orders_total", { id: "a" }), 1 + 10 * round);
      assertEquals(valueOf(snapshot, "orders_total", { id: "left" }), 5 * round);
    }
    // All threads have departed by now, as far as the aggregator knows, so this thread is the last.
    await untilSo(() => orders.with({ id: "b" }) !== undefined && ordersOf(metrics, "b").then((value) => value === 31));
    await until(async () => {
      orders.with({ id: "b" });
      orders.remove({ id: "b" });
      return await metrics.snapshot();
    }, (each) => !hasSeries(each, "orders_total", { id: "b" }));
    await failOnce(victim, fault);
    const snapshot = await metrics.snapshot();
    assertEquals(hasSeries(snapshot, "orders_total", { id: "b" }), false);
    assertEquals(valueOf(snapshot, "orders_total", { id: "a" }), 31);
    assertEquals(valueOf(snapshot, "orders_total", { id: "left" }), 15);
  });
}

Deno.test("WorkerSupervisor: threads connect, attach, record and depart while the aggregator is down", async () => {
  await using metrics = createMetrics();
  const victim = new Victim(metrics);
  const early = metrics.connect();
  const leaving = await attachMetrics(metrics.connect());
  leaving.counter("orders_total").inc(1);
  await victim.strike("terminate");
  await untilDown(metrics);
  const late = metrics.connect();
  const attached = await Promise.all([early, late].map((port) => attachMetrics(port)));
  for (const each of attached) {
    each.counter("orders_total").inc(10);
    each.histogram("size").observe(1);
  }
  const flushed = attached[0].flush();
  leaving.counter("orders_total").inc(1);
  leaving.histogram("size").observe(1);
  await leaving.close();
  leaving.counter("orders_total").inc(1_000);
  await untilUp(metrics);
  await flushed;
  await attached[1].flush();
  const snapshot = await metrics.snapshot();
  assertEquals([valueOf(snapshot, "orders_total"), distributionOf(snapshot, "size").count], [22, 3]);
  for (const each of attached) await each.close();
  await failOnce(victim, "message");
  assertEquals(valueOf(await metrics.snapshot(), "orders_total"), 22);
});

Deno.test("threads that have counted and closed lose nothing to a failure, whichever message arrives first", async () => {
  const THREADS = 20;
  await using metrics = createMetrics({ ringCapacity: 1_024 });
  const victim = new Victim(metrics);
  await metrics.ready;
  const words = new Spin();
  const threads = Array.from({ length: THREADS }, () => {
    const worker = new Worker(new URL("../_support/threads/brief_thread_worker.ts", import.meta.url), {
      type: "module",
    });
    const port = metrics.connect();
    worker.postMessage({ port, words: words.words.buffer }, port.transfer);
    return worker;
  });
  // As a busy program: what the threads have said by their different ports comes all at once.
  while (words.count < THREADS) Atomics.wait(words.words, 1, words.count, 1_000);
  await failOnce(victim, "message");
  assertEquals(valueOf(await metrics.snapshot(), "orders_total", { id: "brief" }), THREADS);
  for (const worker of threads) worker.terminate();
});

Deno.test("WorkerSupervisor: the first of two clashing definitions stays the first after a failure", async () => {
  await using metrics = createMetrics();
  const victim = new Victim(metrics);
  await using thread = await Thread.start(metrics, "node");
  await thread.run({ do: "define", type: "counter", name: "filled_total", options: { help: "Filled" } });
  await thread.run({ do: "count", id: "a", amount: 3 });
  await thread.run({ do: "flush" });
  metrics.gauge("filled_total").set(7);
  metrics.counter("orders_total", { help: "Orders", labels: ["id"] }).with({ id: "a" }).inc(100);
  await assertRejects(() => metrics.flush(), TypeError, "on another thread");
  await failOnce(victim, "terminate");
  const snapshot = await metrics.snapshot();
  assertEquals([valueOf(snapshot, "filled_total"), valueOf(snapshot, "orders_total", { id: "a" })], [0, 3]);
  await assertRejects(() => metrics.flush(), TypeError, "on another thread");
});

Deno.test("WorkerSupervisor: threads stay in the overflow series that the aggregator assigned", async () => {
  await using metrics = createMetrics({ seriesMax: 4 });
  const victim = new Victim(metrics);
  const orders = metrics.counter("orders_total", { labels: ["id"] });
  for (const id of ["a", "b"]) orders.with({ id }).inc(1);
  await metrics.flush();
  await using thread = await Thread.start(metrics);
  for (const id of ["b", "c", "d", "e"]) await thread.run({ do: "count", id, amount: 10 });
  await thread.run({ do: "flush" });
  const overflow = { hotpath_overflow: "true" };
  const valuesOf = async () => {
    const snapshot = await metrics.snapshot();
    const own = ["a", "b", "c"].map((id) => valueOf(snapshot, "orders_total", { id }));
    return [...own, valueOf(snapshot, "orders_total", overflow), snapshot.meta.overflowed];
  };
  assertEquals(await valuesOf(), [1, 11, 10, 20, 2]);
  await failOnce(victim, "message");
  assertEquals(await valuesOf(), [1, 11, 10, 20, 2]);
  await thread.run({ do: "close" });
  await failOnce(victim, "message");
  assertEquals(await valuesOf(), [1, 11, 10, 20, 2]);
});

Deno.test("WorkerSupervisor: no counter goes down or loses a count, however often the aggregator fails while threads count", async () => {
  await using metrics = createMetrics({ drainIntervalMs: 5 });
  const victim = new Victim(metrics);
  await using busy = await Thread.start(metrics);
  await using resting = await Thread.start(metrics, "node");
  const spins = { busy: new Spin(), resting: new Spin() };
  const spinning = [
    busy.run({ do: "spin", id: "busy", words: spins.busy.words.buffer, rests: false }),
    resting.run({ do: "spin", id: "resting", words: spins.resting.words.buffer, rests: true }),
  ];
  const mine = metrics.counter("orders_total", { labels: ["id"] }).with({ id: "main" });
  const size = metrics.histogram("size");
  let counted = 0;
  const seen = new Map<string, number>();
  let failures = 0;
  let isOver = false;
  const look = async () => {
    while (!isOver) {
      mine.inc();
      counted += 1;
      size.observe(counted);
      const text = await metrics.scrape().catch(() => "");
      for (const line of text.split("\n")) {
        const [, name, value] = /^(\S*_total\S*(?: \S+")?\}?|\S+_total) (\S+)$/.exec(line) ?? [];
        if (name === undefined || name.startsWith("size")) continue;
        assertGreaterOrEqual(Number(value), seen.get(name) ?? 0, name);
        seen.set(name, Number(value));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const looking = look();
  for (; failures < 6; failures++) {
    const fault = FAULTS[failures % FAULTS.length];
    await untilUp(metrics);
    await victim.strike(fault);
    await untilDown(metrics);
    // Once more without waiting for the one that is being started.
    if (failures === 3) {
      await untilSo(() => metrics.flush().then(() => true, (error) => !error.message.includes("again")));
    }
  }
  await untilUp(metrics);
  for (const spin of Object.values(spins)) spin.stop();
  await Promise.all(spinning);
  isOver = true;
  await looking;
  for (const thread of [busy, resting]) await untilSo(() => thread.run({ do: "flush" }).then(() => true, () => false));
  const snapshot = await metrics.snapshot();
  assertEquals(valueOf(snapshot, "orders_total", { id: "main" }), counted);
  for (const [id, spin] of Object.entries(spins)) {
    assertEquals(valueOf(snapshot, "orders_total", { id }), spin.count);
    for (let i = 0; i < spin.series; i++) assertEquals(valueOf(snapshot, "orders_total", { id: `${id} ${i}` }), 1);
  }
  assert(seen.size > 10, `${seen.size}`);
  const { histogramRecordsLost, aggregatorRestarts } = await metrics.performance();
  assertEquals([aggregatorRestarts, seen.get("hotpath_aggregator_restarts_total")], [failures, failures]);
  // The bait's as well, whose records are all lost but one.
  const kept = distributionOf(snapshot, "size").count + distributionOf(snapshot, "bait").count;
  assertEquals(kept + histogramRecordsLost, snapshot.meta.recorded);
  assertLessOrEqual(counted, snapshot.meta.recorded);
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { mock } from "node:test";
import { attachMetrics, createMetrics, type Metrics, noopMetrics } from "../../mod.ts";
import { COLLECT_INTERVAL_MS, COLLECT_TIMEOUT_MS } from "../../src/instrument/collect.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { valueOf } from "../_support/snapshots.ts";

/** Timers that move only when they are moved. */
function mockTimers(): Disposable & { tick(ms: number): Promise<void> } {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  return {
    async tick(ms) {
      mock.timers.tick(ms);
      await turns();
    },
    [Symbol.dispose]: () => mock.timers.reset(),
  };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

async function failuresOf(metrics: Metrics): Promise<number> {
  return (await metrics.performance()).rejected.collect_failed;
}

/** Whether a promise has settled by now. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  promise.then(() => isSettled = true, () => isSettled = true);
  await turns();
  return isSettled;
}

/** A callback that returns a promise, and a function that settles the last one. */
class Answers {
  calls = 0;
  settle: PromiseWithResolvers<number> = Promise.withResolvers();
  /** At the end: whether no more promises are given. */
  isDone = false;
  readonly collect = (): Promise<number> | void => {
    if (this.isDone) return;
    this.calls += 1;
    this.settle = Promise.withResolvers();
    return this.settle.promise;
  };
}

Deno.test("Gauge collect may return a promise, which a snapshot waits for", async () => {
  await using test = inlineMetrics();
  test.metrics.gauge("queue_depth", { collect: () => Promise.resolve(7) });
  assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth"), 7);
  assertEquals(await failuresOf(test.metrics), 0);
});

Deno.test("Gauge collect receives its gauge, and need not return a value", async () => {
  await using test = inlineMetrics();
  test.metrics.gauge("set_at_once", { collect: (gauge) => gauge.set(7) });
  test.metrics.gauge("set_later", {
    collect: async (gauge) => {
      await turns();
      gauge.set(8);
    },
  });
  test.metrics.gauge("labelled", {
    labels: ["queue"],
    collect: async (family) => {
      await turns();
      family.with({ queue: "in" }).set(9);
    },
  });
  const snapshot = await test.metrics.snapshot();
  const values = [
    valueOf(snapshot, "set_at_once"),
    valueOf(snapshot, "set_later"),
    valueOf(snapshot, "labelled", { queue: "in" }),
  ];
  assertEquals(values, [7, 8, 9]);
  assertEquals(await failuresOf(test.metrics), 0);
});

for (const aggregation of ["inline", "worker"] as const) {
  Deno.test(`Gauge collect that fails in any way is counted and harms nothing, ${aggregation}`, async () => {
    const thenable = (then: unknown) => ({ then });
    const raising = (error: unknown) => () => {
      throw error;
    };
    const failures: (() => unknown)[] = [
      raising(new Error("the queue is gone")),
      raising("no error"),
      raising(undefined),
      () => Promise.reject(new Error("broker is away")),
      () => Promise.reject(),
      () => Promise.resolve(NaN),
      () => Promise.resolve(5n),
      () => 5n,
      () => null,
      () => ({}),
      () => thenable(raising(new Error("no promise"))),
      () => thenable((_: unknown, reject: (error: unknown) => void) => reject(new Error("no"))),
      () => Object.defineProperty({}, "then", { get: raising(new Error("no then")) }),
    ];
    for (const fail of failures) {
      await using metrics = createMetrics({ aggregation });
      let isFailing = false;
      metrics.gauge("queue_depth", { collect: () => isFailing ? fail() as number : 7 });
      metrics.gauge("threads", { collect: () => 4 });
      await metrics.flush();
      isFailing = true;
      const snapshot = await metrics.snapshot();
      assertEquals([valueOf(snapshot, "queue_depth"), valueOf(snapshot, "threads")], [7, 4], String(fail));
      assert(await failuresOf(metrics) >= 1, String(fail));
    }
  });
}

Deno.test("Gauge collect of a family that rejects is counted, and what it has set stays", async () => {
  await using test = inlineMetrics();
  test.metrics.gauge("queue_depth", {
    labels: ["queue"],
    collect: async (depth) => {
      depth.with({ queue: "in" }).set(3);
      await Promise.reject(new Error("broker is away"));
    },
  });
  assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth", { queue: "in" }), 3);
  assert(await failuresOf(test.metrics) >= 1);
});

Deno.test("Gauge collect is not called again while it is under way, and a read waits for it", async () => {
  using timers = mockTimers();
  await using test = inlineMetrics();
  const answers = new Answers();
  test.metrics.gauge("queue_depth", { collect: answers.collect });
  await timers.tick(500);
  assertEquals(answers.calls, 1, "the ticker called it more than once");
  const [first, second] = [test.metrics.snapshot(), test.metrics.snapshot()];
  assertEquals([await hasSettled(first), answers.calls], [false, 1]);
  answers.settle.resolve(7);
  assertEquals([valueOf(await first, "queue_depth"), valueOf(await second, "queue_depth")], [7, 7]);
  await timers.tick(COLLECT_INTERVAL_MS - 1);
  assertEquals(answers.calls, 1, "the ticker called it again within a second");
  await timers.tick(200);
  assertEquals(answers.calls, 2);
  answers.settle.resolve(8);
  await turns();
  const third = test.metrics.snapshot();
  assertEquals(answers.calls, 3, "a read does not wait until it is due");
  answers.settle.resolve(9);
  assertEquals(valueOf(await third, "queue_depth"), 9);
  answers.isDone = true;
});

Deno.test("Gauge collect that takes too long is counted, keeps the last value, and is no longer awaited", async () => {
  using timers = mockTimers();
  await using test = inlineMetrics();
  const answers = new Answers();
  test.metrics.gauge("queue_depth", { collect: answers.collect });
  const first = test.metrics.snapshot();
  await timers.tick(COLLECT_TIMEOUT_MS - 1);
  assertEquals(await hasSettled(first), false);
  await timers.tick(1);
  assertEquals(valueOf(await first, "queue_depth"), 0);
  assertEquals([await failuresOf(test.metrics), answers.calls], [1, 1]);
  assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth"), 0, "a read waits for what is overdue");
  await timers.tick(2 * COLLECT_TIMEOUT_MS);
  assertEquals([await failuresOf(test.metrics), answers.calls], [3, 1], "each second that it takes counts");
  answers.settle.resolve(7);
  answers.isDone = true;
  await turns();
  assertEquals(valueOf(await test.metrics.snapshot(), "queue_depth"), 7, "a late value does not count");
});

Deno.test("Metrics.close waits for a collect, but not longer than its time-out, and leaves no timer behind", async () => {
  for (const settle of [true, false]) {
    using timers = mockTimers();
    const { metrics } = inlineMetrics();
    const answers = new Answers();
    metrics.gauge("queue_depth", { collect: answers.collect });
    const closing = metrics.close();
    assertEquals(await hasSettled(closing), false);
    if (settle) answers.settle.resolve(7);
    else await timers.tick(COLLECT_TIMEOUT_MS);
    await closing;
    assertEquals(valueOf(await metrics.snapshot(), "queue_depth"), settle ? 7 : 0);
    answers.settle.reject(new Error("too late"));
    await turns();
  }
});

for (const aggregation of ["inline", "worker"] as const) {
  const reads: Readonly<Record<string, (metrics: Metrics) => Promise<unknown>>> = {
    snapshot: (metrics) => metrics.snapshot(),
    scrape: (metrics) => metrics.scrape(),
    flush: (metrics) => metrics.flush(),
    report: (metrics) => metrics.report(),
    health: (metrics) => metrics.health(),
    performance: (metrics) => metrics.performance(),
  };
  for (const [name, read] of Object.entries(reads)) {
    Deno.test(`Gauge collect that calls ${name} gets an answer, and is counted, ${aggregation}`, async () => {
      // So that only reads call, however slow the machine.
      await using metrics = createMetrics({ aggregation, drainIntervalMs: 60_000 });
      let calls = 0;
      let answers = 0;
      const note = () => void (answers += 1);
      metrics.gauge("at_once", { collect: () => (read(metrics).then(note), calls += 1) });
      metrics.gauge("awaited", { collect: () => read(metrics).then(note) });
      metrics.gauge("after_await", { collect: () => turns().then(() => read(metrics)).then(note) });
      // As a program would that reads on behalf of a later call.
      metrics.gauge("detached", { collect: () => (turns().then(() => read(metrics)).then(note), 1) });
      await metrics.flush();
      assert(calls < 50, `the callback was called ${calls} times`);
      const snapshot = await metrics.snapshot();
      const value = valueOf(snapshot, "at_once");
      assert(value > 0 && value <= calls);
      assertEquals(valueOf(snapshot, "detached"), 1);
      assert(answers >= 3);
      assert(await failuresOf(metrics) >= 3);
    });
  }

  Deno.test(`Gauge collect may close the metrics, ${aggregation}`, async () => {
    const closers: ((metrics: Metrics) => unknown)[] = [
      (metrics) => void metrics.close(),
      (metrics) => metrics.close(),
      (metrics) => turns().then(() => metrics.close()),
    ];
    for (const close of closers) {
      const metrics = createMetrics({ aggregation });
      metrics.counter("orders_total").inc();
      metrics.gauge("queue_depth", { collect: () => close(metrics) as Promise<void> });
      await Promise.allSettled([metrics.snapshot(), metrics.flush()]);
      await metrics.close();
      assertEquals(valueOf(await metrics.snapshot(), "orders_total"), 1);
    }
  });

  Deno.test(`Metrics.close does not wait for a collect that waits for a snapshot, ${aggregation}`, async () => {
    using timers = mockTimers();
    const metrics = createMetrics({ aggregation });
    metrics.gauge("own_series", { collect: async () => (await metrics.snapshot()).meta.series });
    // No timer moves, so this hangs if it waits for a time-out.
    await metrics.close();
    assertEquals(valueOf(await metrics.snapshot(), "own_series"), 1);
    await timers.tick(0);
  });
}

Deno.test("Gauge collect on another thread may be slow, fail, and read", async () => {
  await using metrics = createMetrics();
  await using attached = await attachMetrics(metrics.connect());
  attached.gauge("slow", { collect: () => turns().then(() => 7) });
  attached.gauge("failing", { collect: () => Promise.reject(new Error("broker is away")) });
  attached.gauge("reading", { collect: () => attached.flush().then(() => 8) });
  attached.gauge("reading_later", { collect: () => turns().then(() => attached.flush()).then(() => 9) });
  await attached.flush();
  await attached.flush();
  const snapshot = await metrics.snapshot();
  const values = ["slow", "failing", "reading", "reading_later"].map((name) => valueOf(snapshot, name));
  assertEquals(values, [7, 0, 8, 9]);
  assert(await failuresOf(metrics) >= 3);
});

Deno.test("Gauge collect on another thread may close its metrics", async () => {
  await using metrics = createMetrics();
  const attached = await attachMetrics(metrics.connect());
  attached.counter("orders_total").inc();
  attached.gauge("queue_depth", { collect: () => turns().then(() => attached.close()) });
  using timers = mockTimers();
  await attached.close();
  await timers.tick(0);
  assertEquals(valueOf(await metrics.snapshot(), "orders_total"), 1);
});

Deno.test("Gauge collect that was defined last is the one that is called", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const first = new Answers();
  const gauge = metrics.gauge("queue_depth", { help: "Queue", collect: first.collect });
  const before = metrics.snapshot();
  assertEquals(metrics.gauge("queue_depth", { help: "Queue", collect: () => 2 }), gauge);
  assertEquals(valueOf(await before, "queue_depth"), 0, "a read waits for a callback that was replaced");
  first.settle.resolve(1);
  await turns();
  assertEquals(valueOf(await metrics.snapshot(), "queue_depth"), 2);
  assertEquals(metrics.gauge("queue_depth", { help: "Queue" }), gauge);
  assertEquals([valueOf(await metrics.snapshot(), "queue_depth"), first.calls], [2, 1]);
  noopMetrics.gauge("queue_depth", { collect: () => Promise.reject(new Error("never called")) });
});

Deno.test("Gauge collect callbacks that fail and recurse do not end the program", async () => {
  const program = `
    import { createMetrics } from "@hotpath/metrics";
    const metrics = createMetrics({ drainIntervalMs: 10 });
    metrics.gauge("rejecting", { labels: ["queue"], collect: async () => await Promise.reject(new Error("away")) });
    let series = 0;
    metrics.gauge("own_series", {
      collect: () => (void metrics.snapshot().then(({ meta }) => series = meta.series), series),
    });
    while (series === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    console.log("it goes on", (await metrics.performance()).rejected.collect_failed > 1);
    await metrics.close();
  `;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", program],
    cwd: new URL("../../", import.meta.url),
  }).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "it goes on true\n"], new TextDecoder().decode(stderr));
});

Deno.test("reads of closed metrics reject as before when a collect failed", async () => {
  const { metrics } = inlineMetrics();
  metrics.gauge("queue_depth", { collect: () => Promise.reject(new Error("away")) });
  await metrics.close();
  await assertRejects(() => metrics.performance(), Error, "it is closed");
});

import { assert, assertAlmostEquals, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { createMetrics } from "../../../mod.ts";
import { inlineMetrics } from "../../../src/testing/mod.ts";
import { EventLoopSampler } from "../../../src/instrumentation/runtime/event_loop.ts";
import { distributionOf } from "../../_support/snapshots.ts";

const INTERVAL_MS = 10;

/** A sampler whose time and timers the test has in hand. */
class Loop {
  nowMs = 1_000;
  readonly lagsMs: number[] = [];
  failures = 0;
  failing: unknown;
  #timer: { action: () => void; dueMs: number } | undefined;
  readonly #sampler: EventLoopSampler;

  constructor() {
    this.#sampler = new EventLoopSampler({
      observe: (seconds) => this.lagsMs.push(Math.round(seconds * 1e9) / 1e6),
      onFailure: () => this.failures += 1,
      nowMs: () => {
        if (this.failing !== undefined) throw this.failing;
        return this.nowMs;
      },
      schedule: (action, delayMs) => {
        const timer = this.#timer = { action, dueMs: this.nowMs + delayMs };
        return () => {
          if (this.#timer === timer) this.#timer = undefined;
        };
      },
    });
    this.run();
  }

  /** Lets time pass until a moment, blocked in between from one moment to another each. */
  runUntil(endMs: number, blocks: readonly (readonly [fromMs: number, untilMs: number])[]): void {
    while (this.#timer !== undefined && this.#timer.dueMs < endMs) {
      const { dueMs } = this.#timer;
      const block = blocks.find(([fromMs, untilMs]) => fromMs <= dueMs && dueMs < untilMs);
      this.run(block === undefined ? 0 : block[1] - dueMs);
    }
  }

  get isScheduled(): boolean {
    return this.#timer !== undefined;
  }

  /** Runs the timer so many milliseconds after it is due. */
  run(lateMs: number = 0): void {
    assert(this.#timer !== undefined, "nothing is scheduled");
    const { action, dueMs } = this.#timer;
    this.#timer = undefined;
    this.nowMs = dueMs + lateMs;
    action();
  }

  stop(): void {
    this.#sampler.stop();
  }
}

Deno.test("EventLoopSampler observes how late each timer runs", () => {
  const loop = new Loop();
  for (const lateMs of [0, 1, 3, 0]) loop.run(lateMs);
  assertEquals(loop.lagsMs, [0, 1, 3, 0]);
});

Deno.test("EventLoopSampler keeps its schedule when its timers run late", () => {
  const loop = new Loop();
  const startMs = loop.nowMs;
  for (let i = 0; i < 1_000; i++) loop.run(i % 5);
  loop.run(0);
  assertEquals(loop.nowMs, startMs + 1_001 * INTERVAL_MS);
});

Deno.test("EventLoopSampler counts a timer that runs early as on time", () => {
  const loop = new Loop();
  const startMs = loop.nowMs;
  loop.run(-0.7);
  loop.run(0);
  assertEquals(loop.lagsMs, [0, 0]);
  assertEquals(loop.nowMs, startMs + 2 * INTERVAL_MS);
});

Deno.test("EventLoopSampler counts every timer missed during a block, as late as an event would have been", () => {
  const loop = new Loop();
  const startMs = loop.nowMs;
  loop.run(0);
  loop.run(47);
  loop.run(0);
  assertEquals(loop.lagsMs, [0, 47, 37, 27, 17, 7, 0]);
  assertEquals(loop.nowMs, startMs + 7 * INTERVAL_MS);
});

Deno.test("EventLoopSampler shows in its p95 that the loop is blocked half of the time, in blocks of 500 ms", async () => {
  const loop = new Loop();
  const blocks = Array.from({ length: 14 }, (_, i) => [1_500 + i * 1_000, 2_000 + i * 1_000] as const);
  loop.runUntil(15_000, blocks);
  // Half of all events wait, evenly from none of a block to all of it: 0.5 × (1 - 0.1).
  await using test = inlineMetrics();
  const lag = test.metrics.timer("deno_eventloop_lag", { labels: ["thread"] }).with({ thread: "main" });
  for (const lagMs of loop.lagsMs) lag.observe(lagMs / 1_000);
  const { quantiles } = lagOf(await test.metrics.snapshot());
  assertAlmostEquals(quantiles["0.95"] ?? NaN, 0.45, 0.015);
  const { status, checks } = await test.metrics.health();
  assertEquals(status, "DEGRADED");
  assertEquals(checks.find(({ name }) => name === "eventLoopLag")?.status, "DEGRADED");
});

Deno.test("EventLoopSampler measures the lag of events at random moments, however the loop is blocked", () => {
  const block = fc.record({
    idleMs: fc.double({ min: 0, max: 60, noNaN: true }),
    busyMs: fc.double({ min: 0.1, max: 900, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(block, { minLength: 1, maxLength: 20 }),
      fc.double({ min: 0, max: 900, noNaN: true }),
      (all, limitMs) => {
        const loop = new Loop();
        let atMs = loop.nowMs;
        const startMs = atMs;
        const blocks = all.map(({ idleMs, busyMs }) => [atMs += idleMs, atMs += busyMs] as const);
        loop.runUntil(atMs, blocks);
        // Events that wait longer than the limit, if one comes every interval: those of the start of each longer block.
        const waiting = all.reduce((sum, { busyMs }) => sum + Math.max(0, busyMs - limitMs), 0) / INTERVAL_MS;
        const seen = loop.lagsMs.filter((lagMs) => lagMs > limitMs).length;
        assertLessOrEqual(Math.abs(seen - waiting), all.length + 1);
        assertLessOrEqual(Math.abs(loop.lagsMs.length - (atMs - startMs) / INTERVAL_MS), all.length + 1);
      },
    ),
  );
});

Deno.test("EventLoopSampler observes a bounded number of lags for a block of an hour", () => {
  const loop = new Loop();
  const hourMs = 3_600_000;
  loop.run(hourMs);
  assertEquals([loop.lagsMs.length, loop.lagsMs[0], loop.lagsMs[999]], [1_000, hourMs, hourMs / 1_000]);
  loop.run(0);
  assertEquals(loop.lagsMs[1_000], 0);
});

Deno.test("EventLoopSampler excludes delays before its first timer", () => {
  const lags: number[] = [];
  let [nowMs, run] = [0, () => {}];
  new EventLoopSampler({
    observe: (seconds) => lags.push(seconds),
    onFailure: () => {},
    nowMs: () => nowMs,
    schedule: (action) => {
      run = action;
      return () => {};
    },
  });
  nowMs += 2_000;
  run();
  assertEquals(lags, []);
  nowMs += 12;
  run();
  assertEquals(lags, [0.002]);
});

Deno.test("EventLoopSampler uses a monotonic clock: a wall clock that jumps, or a suspended machine, is not lag", () => {
  const real = Date.now;
  const lags: number[] = [];
  let run = () => {};
  const sampler = new EventLoopSampler({
    observe: (seconds) => lags.push(seconds),
    onFailure: () => {},
    schedule: (action) => {
      run = action;
      return () => {};
    },
  });
  try {
    for (const jumpMs of [0, 3_600_000, -3_600_000]) {
      Date.now = () => real() + jumpMs;
      run();
    }
  } finally {
    Date.now = real;
  }
  sampler.stop();
  assertLessOrEqual(Math.max(...lags), 60);
});

Deno.test("EventLoopSampler continues at once when its clock is set back", () => {
  const loop = new Loop();
  loop.nowMs -= 3_600_000;
  loop.run(-3_600_000);
  const setBackMs = loop.nowMs;
  loop.run(3);
  assertEquals([loop.nowMs, loop.lagsMs], [setBackMs + INTERVAL_MS + 3, [0, 3]]);
});

Deno.test("EventLoopSampler counts a failure and starts over", () => {
  const loop = new Loop();
  loop.run(2);
  loop.failing = new Error("no clock");
  loop.run(0);
  loop.run(500);
  assertEquals([loop.failures, loop.lagsMs], [2, [2]]);
  loop.failing = undefined;
  // The due time of the first one after the failure is unknown.
  loop.run(300);
  loop.run(4);
  assertEquals([loop.failures, loop.lagsMs], [2, [2, 4]]);
});

Deno.test("EventLoopSampler starts although its clock fails immediately", () => {
  const failing = { calls: 0 };
  const lags: number[] = [];
  let action = () => {};
  let nowMs = 0;
  const sampler = new EventLoopSampler({
    observe: (seconds) => lags.push(seconds),
    onFailure: () => failing.calls += 1,
    nowMs: () => {
      if (failing.calls === 0) throw new Error("not yet");
      return nowMs;
    },
    schedule: (next, delayMs) => {
      action = () => {
        nowMs += delayMs;
        next();
      };
      return () => {};
    },
  });
  for (let i = 0; i < 3; i++) action();
  sampler.stop();
  assertEquals([failing.calls, lags], [1, [0]]);
});

Deno.test("EventLoopSampler continues after an observer that throws", () => {
  let schedule = () => {};
  let failures = 0;
  const sampler = new EventLoopSampler({
    observe: () => {
      throw new Error("no");
    },
    onFailure: () => failures += 1,
    nowMs: () => 5,
    schedule: (action) => {
      schedule = action;
      return () => {};
    },
  });
  for (let i = 0; i < 5; i++) schedule();
  sampler.stop();
  // Every other one only sets the schedule.
  assertEquals(failures, 2);
});

Deno.test("EventLoopSampler.stop clears its timer", () => {
  const loop = new Loop();
  loop.run(0);
  assert(loop.isScheduled);
  loop.stop();
  assert(!loop.isScheduled);
});

Deno.test("EventLoopSampler reports a block of 100 ms as 0.1 s, ± 0.01 s", async () => {
  // Other processes may delay this one further, but not each time.
  const found: number[] = [];
  for (let attempt = 0; attempt < 10; attempt++) {
    await using metrics = createMetrics({ aggregation: "inline", runtime: { eventLoop: true } });
    await untilSampled(() => metrics.snapshot());
    const startMs = performance.now();
    while (performance.now() - startMs < 100);
    const blockedSeconds = (performance.now() - startMs) / 1_000;
    const { count } = lagOf(await metrics.snapshot());
    await untilSampled(() => metrics.snapshot(), count);
    const { max } = lagOf(await metrics.snapshot());
    found.push((max ?? NaN) - blockedSeconds);
    if (Math.abs(found[attempt]) <= 0.01) return;
  }
  throw new Error(`none of these is within 0.01: ${found.join(", ")}`);
});

type Source = () => ReturnType<ReturnType<typeof createMetrics>["snapshot"]>;

function lagOf(snapshot: Awaited<ReturnType<Source>>) {
  return distributionOf(snapshot, "deno_eventloop_lag_seconds", { thread: "main" });
}

/** Waits until more than so many samples were taken. */
async function untilSampled(source: Source, count: number = 0): Promise<void> {
  while (lagOf(await source()).count <= count) await new Promise((resolve) => setTimeout(resolve, 1));
}

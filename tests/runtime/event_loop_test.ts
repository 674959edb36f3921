import { assert, assertAlmostEquals, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { createMetrics } from "../../mod.ts";
import { EventLoopSampler } from "../../src/runtime/event_loop.ts";
import { distributionOf } from "../snapshots.ts";

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

Deno.test("EventLoopSampler keeps to its schedule however late its timers run", () => {
  const loop = new Loop();
  const startMs = loop.nowMs;
  for (let i = 0; i < 1_000; i++) loop.run(i % 5);
  loop.run(0);
  assertEquals(loop.nowMs, startMs + 1_001 * INTERVAL_MS);
});

Deno.test("EventLoopSampler takes a timer that runs early for one in time", () => {
  const loop = new Loop();
  loop.run(-0.7);
  loop.run(0);
  assertEquals(loop.lagsMs, [0, 0]);
  assertEquals(loop.nowMs, 1_000 + 2 * INTERVAL_MS);
});

Deno.test("EventLoopSampler reports a long block once and goes on from there", () => {
  const loop = new Loop();
  loop.run(0);
  loop.run(90);
  const unblockedMs = loop.nowMs;
  loop.run(0);
  loop.run(0);
  assertEquals(loop.lagsMs, [0, 90, 0, 0]);
  assertEquals(loop.nowMs, unblockedMs + 2 * INTERVAL_MS);
});

Deno.test("EventLoopSampler counts a failure and begins anew", () => {
  const loop = new Loop();
  loop.run(2);
  loop.failing = new Error("no clock");
  loop.run(0);
  loop.run(500);
  assertEquals([loop.failures, loop.lagsMs], [2, [2]]);
  loop.failing = undefined;
  // Nobody knows when the first one after the failure was due.
  loop.run(300);
  loop.run(4);
  assertEquals([loop.failures, loop.lagsMs], [2, [2, 4]]);
});

Deno.test("EventLoopSampler starts although its clock fails at once", () => {
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
  action();
  action();
  sampler.stop();
  assertEquals([failing.calls, lags], [1, [0]]);
});

Deno.test("EventLoopSampler goes on after an observer that throws", () => {
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
  for (let i = 0; i < 4; i++) schedule();
  sampler.stop();
  // Every second one only sets the schedule.
  assertEquals(failures, 2);
});

Deno.test("EventLoopSampler.stop takes its timer back", () => {
  const loop = new Loop();
  loop.run(0);
  assert(loop.isScheduled);
  loop.stop();
  assert(!loop.isScheduled);
});

Deno.test("EventLoopSampler never reports more than the loop was late, in all", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 200 }), { minLength: 1, maxLength: 100 }), (late) => {
      const loop = new Loop();
      for (const lateMs of late) loop.run(lateMs);
      assertEquals(loop.lagsMs.length, late.length);
      assertLessOrEqual(Math.max(...loop.lagsMs), Math.max(0, ...late) + INTERVAL_MS);
      for (const [i, lagMs] of loop.lagsMs.entries()) {
        assertAlmostEquals(lagMs, Math.max(0, late[i]), 1e-6);
      }
    }),
    { seed: 51 },
  );
});

Deno.test("a block of 100 ms is reported as 0.1 s, give or take 0.01", async () => {
  // What other processes do to this one may be added to it, but not each time.
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

import { assertAlmostEquals, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { ThreadTime } from "../../../src/aggregate/drain/thread_time.ts";
import { Fact } from "../../../src/ring/layout.ts";

const HOUR_MS = 3_600_000;

/** A thread and an aggregator, each with a monotonic clock, and one wall clock. */
class Two {
  /** The time that both clocks go by. */
  nowMs = 10_000;
  /** Origin of the thread's clock. */
  readonly threadStartMs: number;
  wallOriginMs = 1_700_000_000_000;
  /** Origin of the aggregator, as of its last check. */
  ownOriginMs = 1_700_000_000_000;
  readonly facts: Float64Array = new Float64Array(3);
  readonly time: ThreadTime;

  constructor(threadStartMs = 0) {
    this.threadStartMs = threadStartMs;
    this.time = new ThreadTime(this.facts, { nowMs: () => this.nowMs, originMs: () => this.ownOriginMs });
  }

  /** The thread writes down its time. */
  write(): void {
    this.facts[Fact.salt] = 7;
    this.facts[Fact.originMs] = this.wallOriginMs + this.threadStartMs;
    this.facts[Fact.clockMs] = this.nowMs - this.threadStartMs;
  }

  /** The aggregator looks, having checked its own origin or not. */
  look({ checks = true } = {}): number {
    if (checks) this.ownOriginMs = this.wallOriginMs;
    this.time.look();
    return this.time.offsetMs;
  }
}

for (const [way, jumpMs] of [["forward", HOUR_MS], ["back", -HOUR_MS]] as const) {
  Deno.test(`ThreadTime is what it was when the wall clock jumps ${way} after threads were compared`, () => {
    const two = new Two(7_777);
    two.write();
    assertEquals(two.look(), 7_777);
    two.wallOriginMs += jumpMs;
    two.nowMs += 100;
    two.write();
    assertEquals(two.look({ checks: false }), 7_777);
    two.nowMs += 100;
    assertEquals(two.look(), 7_777);
  });

  Deno.test(`ThreadTime is correct for a thread that starts after the wall clock has jumped ${way}`, () => {
    const two = new Two(7_777);
    two.look();
    two.wallOriginMs += jumpMs;
    two.write();
    assertEquals(two.look(), 7_777);
  });

  Deno.test(`ThreadTime is off by no more than the time between two looks when the clock jumps ${way} between them`, () => {
    const two = new Two(7_777);
    two.look();
    two.nowMs += 60;
    two.write();
    two.wallOriginMs += jumpMs;
    two.nowMs += 40;
    assertLessOrEqual(Math.abs(two.look() - 7_777), 60);
    // Each time that both come closer, it is closer.
    two.nowMs += 10;
    two.look();
    two.nowMs += 1;
    two.write();
    two.nowMs += 2;
    assertLessOrEqual(Math.abs(two.look() - 7_777), 2);
  });
}

Deno.test("ThreadTime is never off by more than the time between two checks, whatever the wall clock does", () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 100 }),
    jumpMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, {
      weight: 1,
      arbitrary: fc.integer({ min: -HOUR_MS, max: HOUR_MS }),
    }),
    does: fc.constantFrom("write", "look", "check and look"),
  });
  fc.assert(fc.property(fc.integer({ min: -9_000, max: 9_000 }), fc.array(step, { maxLength: 60 }), (start, steps) => {
    const two = new Two(start);
    const hasJumps = steps.some(({ jumpMs }) => jumpMs !== 0);
    let [lookedMs, isNew, errorMaxMs] = [Number.NEGATIVE_INFINITY, false, Number.POSITIVE_INFINITY];
    for (const { afterMs, jumpMs, does } of steps) {
      two.nowMs += afterMs;
      two.wallOriginMs += jumpMs;
      if (does === "write") {
        two.write();
        isNew = true;
        continue;
      }
      const offsetMs = two.look({ checks: does === "check and look" });
      if (isNew) errorMaxMs = Math.min(errorMaxMs, two.nowMs - lookedMs);
      [lookedMs, isNew] = [two.nowMs, false];
      if (errorMaxMs < Infinity) assertLessOrEqual(Math.abs(offsetMs - start), errorMaxMs + 1e-6);
      if (!hasJumps && !Number.isNaN(offsetMs)) assertAlmostEquals(offsetMs, start, 1e-6);
    }
  }));
});

Deno.test("ThreadTime does not treat a time as new that a thread is about to write", () => {
  const two = new Two(5_000);
  two.look();
  // The thread has begun to write, and is interrupted before it reads its clock.
  two.facts[Fact.clockMs] = NaN;
  two.nowMs += 50;
  two.look();
  const readMs = two.nowMs - two.threadStartMs;
  two.nowMs += 500;
  two.look();
  two.facts[Fact.clockMs] = readMs;
  two.facts[Fact.salt] = 7;
  two.facts[Fact.originMs] = two.wallOriginMs + two.threadStartMs;
  assertEquals(two.look(), 5_000);
});

Deno.test("ThreadTime follows a clock that runs at another rate", () => {
  const two = new Two();
  for (const shown of [100, 110, 400, 401, 5_000]) {
    two.nowMs += 100;
    two.facts[Fact.originMs] = two.wallOriginMs + two.nowMs - shown;
    two.facts[Fact.clockMs] = shown;
    two.facts[Fact.salt] = 7;
    two.nowMs += 1;
    const offsetMs = two.look();
    assertLessOrEqual(Math.abs(shown + offsetMs - (two.nowMs - 1)), 101);
  }
});

Deno.test("ThreadTime accepts a clock that shows 0", () => {
  const two = new Two(10_000);
  assertEquals(two.look(), NaN);
  two.write();
  assertEquals(two.facts[Fact.clockMs], 0);
  assertEquals(two.look(), 10_000);
});

Deno.test("ThreadTime stays within the time between two looks, at any rate of the thread's clock", () => {
  for (const rate of [0.1, 0.9, 1.1, 10]) {
    const two = new Two();
    for (let shown = 100 * rate; two.nowMs < 15_000; shown += 100 * rate) {
      two.nowMs += 100;
      two.facts.set([two.wallOriginMs + two.nowMs - shown, 7, shown]);
      assertLessOrEqual(Math.abs(shown + two.look() - two.nowMs), 100, `at rate ${rate}`);
    }
  }
});

Deno.test("ThreadTime stays exact after a look at the very time of the thread's, whatever the wall clock does", () => {
  const two = new Two(7_777);
  two.look();
  two.write();
  two.look();
  for (const jumpMs of [-HOUR_MS, HOUR_MS]) {
    two.nowMs += 100;
    two.wallOriginMs += jumpMs;
    two.write();
    assertEquals(two.look({ checks: false }), 7_777);
  }
});

Deno.test("ThreadTime does not look at a clock that is the aggregator's", () => {
  const own = { nowMs: () => 10, originMs: () => 20 };
  const facts = new Float64Array(3);
  const time = new ThreadTime(facts, own, true);
  // Later than any look, as after a jump of a clock that the program supplies.
  facts.set([5_000, 7, 30]);
  time.look();
  assertEquals(time.offsetMs, 0);
});

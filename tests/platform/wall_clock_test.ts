import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { wallMs, WallOrigin, wallTimestamp } from "../../src/platform/wall_clock.ts";

const HOUR_MS = 3_600_000;

/** A monotonic clock, and a wall clock that shows whole milliseconds and can be moved against it. */
class Clocks {
  nowMs = 0;
  originMs = 1_700_000_000_000.25;
  /** How long each look at a clock takes: a thread may be interrupted anywhere. */
  lookMs = 0;
  readonly now = (): number => {
    const shown = this.nowMs;
    this.nowMs += this.lookMs;
    return shown;
  };
  readonly wall = (): number => {
    const shown = Math.floor(this.originMs + this.nowMs);
    this.nowMs += this.lookMs;
    return shown;
  };
}

/** Replaces `Date.now` for the time of an action. */
function withDateNow(now: unknown, action: () => void): void {
  const real = Date.now;
  Date.now = now as () => number;
  try {
    action();
  } finally {
    Date.now = real;
  }
}

for (const [what, jumpMs] of [["set forward or suspended", HOUR_MS], ["set back", -HOUR_MS]] as const) {
  Deno.test(`WallOrigin follows a wall clock that is ${what}, at the next check`, () => {
    const clocks = new Clocks();
    const origin = new WallOrigin(clocks.now, clocks.wall);
    clocks.nowMs += 5_000;
    assertLessOrEqual(Math.abs(origin.check() - clocks.originMs), 1);
    clocks.originMs += jumpMs;
    assertLessOrEqual(Math.abs(origin.check() - clocks.originMs), 1);
    assertEquals(origin.ms, origin.check());
  });
}

Deno.test("WallOrigin is never more than a millisecond off, whatever the wall clock does and wherever it is interrupted", () => {
  const step = fc.record({
    afterMs: fc.double({ min: 0, max: 1_000, noNaN: true }),
    movedMs: fc.oneof(fc.constant(0), fc.double({ min: -HOUR_MS, max: HOUR_MS, noNaN: true })),
    lookMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 50, noNaN: true })),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
    const clocks = new Clocks();
    const origin = new WallOrigin(clocks.now, clocks.wall);
    for (const { afterMs, movedMs, lookMs } of steps) {
      clocks.nowMs += afterMs;
      clocks.originMs += movedMs;
      clocks.lookMs = lookMs;
      const before = origin.ms;
      origin.check();
      assertLessOrEqual(Math.abs(origin.ms - clocks.originMs), 1.001 + 2 * lookMs);
      if (movedMs === 0) assertLessOrEqual(Math.abs(origin.ms - before), 1.001 + 2 * 50);
    }
  }));
});

Deno.test("WallOrigin stays where it is while the wall clock does not move", () => {
  const clocks = new Clocks();
  const origin = new WallOrigin(clocks.now, clocks.wall);
  for (let i = 0; i < 1_000; i++) {
    clocks.nowMs += 0.37;
    origin.check();
  }
  const settled = origin.ms;
  for (let i = 0; i < 10_000; i++) {
    clocks.nowMs += 0.37;
    clocks.lookMs = i % 3;
    assertEquals(origin.check(), settled);
  }
});

Deno.test("WallOrigin follows a clock that NTP slews, by no more than that has moved", () => {
  const clocks = new Clocks();
  const origin = new WallOrigin(clocks.now, clocks.wall);
  for (let i = 0; i < 100_000; i++) {
    clocks.nowMs += 100;
    // 500 parts per million, the most that is allowed.
    clocks.originMs += 0.05;
    const before = origin.ms;
    assertLessOrEqual(Math.abs(origin.check() - clocks.originMs), 1.001);
    if (i > 50) assertLessOrEqual(origin.ms - before, 1.001);
  }
});

Deno.test("WallOrigin keeps its origin while a clock returns no number", () => {
  const clocks = new Clocks();
  let wall: () => number = clocks.wall;
  const origin = new WallOrigin(clocks.now, () => wall());
  const before = origin.ms;
  for (const shown of [NaN, Infinity, -Infinity]) {
    wall = () => shown;
    if (Number.isNaN(shown)) assertEquals(origin.check(), before);
  }
  wall = clocks.wall;
  clocks.nowMs = NaN;
  origin.check();
  clocks.nowMs = 7;
  assertLessOrEqual(Math.abs(origin.check() - clocks.originMs), 1);
});

for (
  const [what, now] of [
    ["NaN", () => NaN],
    ["undefined", () => undefined],
    ["negative", () => -5e12],
    ["huge", () => 1e300],
    ["infinite", () => Infinity],
    ["a text", () => "1700000000000"],
    ["a bigint", () => 1n],
    ["an error", () => {
      throw new Error("no clock");
    }],
    ["not there at all", undefined],
  ] as const
) {
  Deno.test(`wallMs returns the time of day although Date.now is ${what}`, () => {
    withDateNow(now, () => {
      assertLessOrEqual(Math.abs(wallMs() - new Date().getTime()), 60_000);
      assertEquals(wallTimestamp().slice(0, 4), `${new Date().getFullYear()}`);
    });
  });
}

Deno.test("wallMs follows a Date.now that a program has replaced by another time of day", () => {
  withDateNow(() => 1_000_000_000_000, () => {
    assertEquals(wallMs(), 1_000_000_000_000);
    assertEquals(wallTimestamp(1_000), "2001-09-09T01:46:39.000Z");
    assert(wallTimestamp(1e15).startsWith("1970-01-01T00:00:00"));
  });
});

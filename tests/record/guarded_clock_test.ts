import { assert, assertEquals, assertGreaterOrEqual, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { chooseClock } from "../../src/record/clock.ts";
import { guardedClock, SteadyClock } from "../../src/record/guarded_clock.ts";

/** Readings of a broken clock; `Error` for one that throws. */
const BROKEN = [NaN, Infinity, -Infinity, 1e300, "5", "-5", 5n, -5n, undefined, null, {}, Error];

/** A clock that the test sets. */
function scripted() {
  const script: { shows: unknown } = { shows: 0 };
  const now = () => {
    if (script.shows === Error) throw new Error("no clock");
    return script.shows as number;
  };
  return { script, clock: guardedClock(chooseClock({ now })) };
}

Deno.test("guardedClock leaves a built-in clock as it is", () => {
  const choice = chooseClock("performance");
  assertStrictEquals(guardedClock(choice), choice.clock);
});

Deno.test("guardedClock returns valid times unchanged, and NaN for invalid ones", () => {
  const { script, clock } = scripted();
  for (const shown of [0, 0.25, 1e6, Number.MAX_SAFE_INTEGER]) {
    script.shows = shown;
    assertEquals(clock.now(), shown);
  }
  for (const shown of BROKEN.filter((each) => each !== -Infinity)) {
    script.shows = shown;
    assertEquals(clock.now(), NaN);
  }
});

Deno.test("guardedClock never shows what a timing starts with that is sampled out", () => {
  const { script, clock } = scripted();
  for (const shown of [-1, -0.5, -1_000, -Infinity]) {
    script.shows = shown;
    assert(clock.now() < -1);
  }
});

Deno.test("SteadyClock returns the readings of its clock until that is set back, and continues from there", () => {
  const { script, clock } = scripted();
  const steady = new SteadyClock(clock);
  const shownAfter = (shows: unknown) => {
    script.shows = shows;
    return steady.now();
  };
  assertEquals([1_000, 1_500, NaN, -7, 2_000].map(shownAfter), [1_000, 1_500, 1_500, 1_500, 2_000]);
  // To zero, and on by 50.
  assertEquals([0, 50, 2_000].map(shownAfter), [2_000, 2_050, 4_000]);
  // Set back by 1,900, then on by 50 and 100.
  assertEquals([100, 150, Error, 250].map(shownAfter), [4_000, 4_050, 4_050, 4_150]);
});

Deno.test("SteadyClock never goes back, is always a number, and continues when its clock is right again", () => {
  const shown = fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: 0, max: 1e10, noNaN: true }) },
    { weight: 1, arbitrary: fc.double() },
    { weight: 1, arbitrary: fc.constantFrom(...BROKEN) },
  );
  fc.assert(fc.property(fc.array(shown), (all) => {
    const { script, clock } = scripted();
    const steady = new SteadyClock(clock);
    let before = 0;
    for (const shows of all) {
      script.shows = shows;
      const nowMs = steady.now();
      assert(Number.isFinite(nowMs));
      assertGreaterOrEqual(nowMs, before);
      before = nowMs;
    }
    script.shows = 5_000;
    before = steady.now();
    script.shows = 15_000;
    // The resolution of a double at the largest time.
    assertGreaterOrEqual(steady.now(), before + 9_990);
  }));
});

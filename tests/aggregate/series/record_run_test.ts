import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { classicBounds } from "../../../src/aggregate/series/classic_buckets.ts";
import { Distribution } from "../../../src/aggregate/series/distribution.ts";
import { batchOf } from "../../_support/sketch/model.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";

const BOUNDS = [-5, 0, 1e-9, 0.001, 0.5, 1, 1.0001, 3, 1e6, 1e30];
const PLANS = [planWindows([]), planWindows([{ name: "1s", lengthMs: 1_000 }, { name: "5s", lengthMs: 5_000 }])];

/** Everyday values, bounds themselves, and now and then one so far away that the resolution is halved. */
const anyValue = fc.oneof(
  { weight: 20, arbitrary: fc.double({ min: 1e-6, max: 100, noNaN: true }) },
  { weight: 5, arbitrary: fc.constantFrom(...BOUNDS) },
  { weight: 2, arbitrary: fc.double({ min: -10, max: 0, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(1e-30, 1e40, 1e300, -1e300, Number.MIN_VALUE, Number.MAX_VALUE) },
);

Deno.test("Distribution.recordRun counts like record, one by one, for any spread, runs and slices", () => {
  const anyRun = fc.record({
    values: fc.array(fc.record({ value: anyValue, weight: fc.integer({ min: 1, max: 5 }) }), { maxLength: 60 }),
    afterMs: fc.integer({ min: 0, max: 300 }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...PLANS), fc.constantFrom(3, 6, 8), fc.array(anyRun, { maxLength: 12 }), (
      plan,
      schema,
      runs,
    ) => {
      const create = () => new Distribution({}, { schema, classic: classicBounds(BOUNDS, schema), plan }, 0);
      const inRuns = create();
      const oneByOne = create();
      const all: { value: number; weight: number }[] = [];
      let nowMs = 0;
      for (const { values, afterMs } of runs) {
        nowMs += afterMs;
        for (const { value, weight } of values) oneByOne.record(value, weight, nowMs);
        inRuns.recordRun(batchOf(values, 2), 2, 2 + values.length, nowMs);
        all.push(...values);
        const snapshot = inRuns.snapshot(nowMs);
        const expected = BOUNDS.map((bound) =>
          all.reduce((total, { value, weight }) => total + (value <= bound ? weight : 0), 0)
        );
        assertEquals(snapshot.bucketCounts, expected);
        assertEquals(snapshot, oneByOne.snapshot(nowMs));
      }
    }),
    { seed: 42, numRuns: 400 },
  );
});

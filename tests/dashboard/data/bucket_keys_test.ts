import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  coarsened,
  type Counts,
  countsOf,
  keyOf,
  merge,
  middleOf,
  NO_COUNTS,
  rangeOf,
  totalOf,
} from "../../../src/dashboard/data/bucket_keys.ts";
import { indexOf, upperBoundOf } from "../../../src/sketch/exponential.ts";
import { bucketsOf, SCHEMA, VALUES } from "../../_support/dashboard/data/buckets.ts";

Deno.test("merge counts like all values together, in ascending order", () => {
  fc.assert(fc.property(VALUES, VALUES, (one, other) => {
    const merged = merge(countsOf(bucketsOf(one), SCHEMA), countsOf(bucketsOf(other), SCHEMA));
    assertEquals(merged, countsOf(bucketsOf([...one, ...other]), SCHEMA));
    assertEquals(totalOf(merged), one.length + other.length);
  }));
});

Deno.test("countsOf counts a bucket of a coarser schema in its middle", () => {
  const value = 0.0123;
  const [key, count] = countsOf({ schema: 3, positive: [indexOf(value, 3), 7] }, SCHEMA);
  const middleValue = middleOf(key, SCHEMA);
  assertEquals(count, 7);
  assertEquals(indexOf(middleValue, 3), indexOf(value, 3));
});

Deno.test("rangeOf and keyOf agree on the bounds of both signs", () => {
  for (const value of [3.7e-6, 0.02, 1.5, 812]) {
    const index = indexOf(value, SCHEMA);
    const { low, high } = rangeOf(keyOf(value, SCHEMA), SCHEMA);
    assertAlmostEquals(low, upperBoundOf(index - 1, SCHEMA), low * 1e-12);
    assertAlmostEquals(high, upperBoundOf(index, SCHEMA), high * 1e-12);
    assertEquals(rangeOf(keyOf(-value, SCHEMA), SCHEMA), { low: -high, high: -low });
  }
  assertEquals(rangeOf(keyOf(0, SCHEMA), SCHEMA), { low: 0, high: 0 });
});

Deno.test("coarsened keeps all values, and moves none by the width of a bucket or more", () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 50 });
  fc.assert(fc.property(values, fc.constantFrom(1, 2, 4, 8), (all, buckets) => {
    const fine = all.map((value) => keyOf(value, SCHEMA)).sort((a, b) => a - b)
      .reduce((counts, key) => merge(counts, new Int32Array([key, 1])), NO_COUNTS);
    const coarse = coarsened(fine, buckets);
    assertEquals(totalOf(coarse), all.length);
    const keysOf = (counts: Counts) =>
      Array.from(counts).flatMap((key, i) => i % 2 === 0 ? new Array<number>(counts[i + 1]).fill(key) : []);
    const moved = keysOf(coarse).map((key, i) => Math.abs(key - keysOf(fine)[i]));
    assertEquals(moved.filter((keys) => keys >= buckets), []);
  }));
});

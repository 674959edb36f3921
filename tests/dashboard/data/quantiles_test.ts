import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { countsOf, keyOf, merge, middleOf, rangeOf, totalOf } from "../../../src/dashboard/data/bucket_keys.ts";
import { DRAWN_QUANTILES, quantileName, quantilesOf } from "../../../src/dashboard/data/quantiles.ts";
import { indexOf, upperBoundOf } from "../../../src/sketch/exponential.ts";
import { middle } from "../../../src/sketch/quantile.ts";

const SCHEMA = 6;

/** The buckets of values, as a frame has them. */
function bucketsOf(values: readonly number[]): { positive: number[]; negative: number[]; zero: number } {
  const pairs = (wanted: readonly number[]) => {
    const counts = new Map<number, number>();
    for (const value of wanted) {
      const index = indexOf(value, SCHEMA);
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    return [...counts].toSorted(([one], [other]) => one - other).flat();
  };
  return {
    positive: pairs(values.filter((value) => value > 0)),
    negative: pairs(values.filter((value) => value < 0).map((value) => -value)),
    zero: values.filter((value) => value === 0).length,
  };
}

/** The middle of the bucket of a value, by the aggregator's rule. */
function middleOfBucket(value: number): number {
  return value === 0 ? 0 : Math.sign(value) * middle(SCHEMA, indexOf(Math.abs(value), SCHEMA));
}

const VALUES = fc.array(
  fc.oneof(
    fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
    fc.double({ min: -1e9, max: -1e-9, noNaN: true }),
    fc.constant(0),
  ),
  { minLength: 1, maxLength: 80 },
);

Deno.test("quantilesOf gives the buckets that the aggregator's rule gives", () => {
  fc.assert(fc.property(VALUES, (values) => {
    const sorted = values.toSorted((one, other) => one - other);
    const found = quantilesOf(countsOf(bucketsOf(values), SCHEMA), SCHEMA, DRAWN_QUANTILES.map(Number));
    DRAWN_QUANTILES.forEach((quantile, i) => {
      const expected = middleOfBucket(sorted[Math.max(1, Math.ceil(Number(quantile) * values.length)) - 1]);
      assertAlmostEquals(found[i], expected, Math.abs(expected) * 1e-12);
    });
  }));
});

Deno.test("quantilesOf has nothing to say about nothing", () => {
  assertEquals(quantilesOf(countsOf({}, SCHEMA), SCHEMA, [0.5, 0.99]), [NaN, NaN]);
});

Deno.test("merge counts like all values together, in ascending order", () => {
  fc.assert(fc.property(VALUES, VALUES, (one, other) => {
    const merged = merge(countsOf(bucketsOf(one), SCHEMA), countsOf(bucketsOf(other), SCHEMA));
    assertEquals(merged, countsOf(bucketsOf([...one, ...other]), SCHEMA));
    assertEquals(totalOf(merged), one.length + other.length);
  }));
});

Deno.test("buckets of a coarser schema count in their middle", () => {
  const value = 0.0123;
  const [key, count] = countsOf({ schema: 3, positive: [indexOf(value, 3), 7] }, SCHEMA);
  const middleValue = middleOf(key, SCHEMA);
  assertEquals(count, 7);
  assertEquals(indexOf(middleValue, 3), indexOf(value, 3));
});

Deno.test("rangeOf and keyOf know the bounds of both signs", () => {
  for (const value of [3.7e-6, 0.02, 1.5, 812]) {
    const index = indexOf(value, SCHEMA);
    const { low, high } = rangeOf(keyOf(value, SCHEMA), SCHEMA);
    assertAlmostEquals(low, upperBoundOf(index - 1, SCHEMA), low * 1e-12);
    assertAlmostEquals(high, upperBoundOf(index, SCHEMA), high * 1e-12);
    assertEquals(rangeOf(keyOf(-value, SCHEMA), SCHEMA), { low: -high, high: -low });
  }
  assertEquals(rangeOf(keyOf(0, SCHEMA), SCHEMA), { low: 0, high: 0 });
});

Deno.test("quantileName writes percentiles", () => {
  assertEquals(DRAWN_QUANTILES.map(quantileName), ["p50", "p95", "p99", "p99.9"]);
});

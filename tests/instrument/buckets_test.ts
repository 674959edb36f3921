import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { exponentialBuckets, exponentialBucketsRange, linearBuckets } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { testCases } from "../_support/cases.ts";
import { distributionOf } from "../_support/snapshots.ts";

testCases<number>(
  "linearBuckets gives the published bounds",
  "native-histogram/client_golang.TestBuckets.json",
  (cases) => assertEquals(linearBuckets(-15, 5, 6), cases),
);

Deno.test("exponentialBuckets multiplies, from the first bound on", () => {
  assertEquals(exponentialBuckets(100, 1.2, 3), [100, 120, 144]);
  assertEquals(exponentialBuckets(0.5, 2, 4), [0.5, 1, 2, 4]);
  assertEquals(exponentialBuckets(3, 2, 1), [3]);
});

Deno.test("exponentialBucketsRange returns the intended bounds, at any distance", () => {
  assertEquals(exponentialBucketsRange(0.001, 1_000, 7), [0.001, 0.01, 0.1, 1, 10, 100, 1_000]);
  assertEquals(exponentialBucketsRange(1, 100, 5).filter((_, i) => i % 2 === 0), [1, 10, 100]);
  assertEquals(exponentialBucketsRange(0.003, 0.192, 7), [0.003, 0.006, 0.012, 0.024, 0.048, 0.096, 0.192]);
  assertEquals(exponentialBucketsRange(1e-300, 1e300, 7), [1e-300, 1e-200, 1e-100, 1, 1e100, 1e200, 1e300]);
  const extreme = exponentialBucketsRange(Number.MIN_VALUE, Number.MAX_VALUE, 256);
  assertEquals([extreme[0], extreme[255]], [Number.MIN_VALUE, Number.MAX_VALUE]);
  // All that there is between two neighbours of a neighbour.
  assertEquals(exponentialBucketsRange(1, 1 + 2 * Number.EPSILON, 3), [1, 1 + Number.EPSILON, 1 + 2 * Number.EPSILON]);
});

Deno.test("exponentialBucketsRange returns powers of ten for powers of ten", () => {
  const powers = fc.record({
    low: fc.integer({ min: -307, max: 300 }),
    step: fc.integer({ min: 1, max: 300 }),
    count: fc.integer({ min: 2, max: 256 }),
  }).filter(({ low, step, count }) => low + step * (count - 1) <= 308);
  fc.assert(
    fc.property(powers, ({ low, step, count }) => {
      const expected = Array.from({ length: count }, (_, i) => Number(`1e${low + i * step}`));
      assertEquals(exponentialBucketsRange(expected[0], expected[count - 1], count), expected);
    }),
    { seed: 13 },
  );
});

Deno.test("linearBuckets and exponentialBuckets are exact for what can be written in decimals", () => {
  assertEquals(linearBuckets(-0.3, 0.1, 7), [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
  assertEquals(linearBuckets(0, 1 / 3, 4), [0, 1 / 3, 2 / 3, 1]);
  assertEquals(exponentialBuckets(0.1, 1.1, 4), [0.1, 0.11, 0.121, 0.1331]);
  assertEquals(exponentialBuckets(0.001, 10 ** 0.5, 7).filter((_, i) => i % 2 === 0), [0.001, 0.01, 0.1, 1]);
  assertEquals(exponentialBuckets(1, Math.SQRT2, 21).filter((_, i) => i % 2 === 0), [...exponentialBuckets(1, 2, 11)]);
  const decimals = fc.record({
    start: fc.integer({ min: -1e6, max: 1e6 }),
    width: fc.integer({ min: 1, max: 1e6 }),
    places: fc.integer({ min: 0, max: 12 }),
    count: fc.integer({ min: 1, max: 256 }),
  });
  fc.assert(
    fc.property(decimals, ({ start, width, places, count }) => {
      const shifted = (whole: number) => Number(`${whole}e-${places}`);
      assertEquals(
        linearBuckets(shifted(start), shifted(width), count),
        Array.from({ length: count }, (_, i) => shifted(start + i * width)),
      );
    }),
    { seed: 13 },
  );
});

Deno.test("linearBuckets, exponentialBuckets and exponentialBucketsRange ascend from their exact start, or are refused", () => {
  const any = fc.double({ min: -1e308, max: 1e308, noNaN: true });
  const count = fc.integer({ min: 2, max: 256 });
  const refusable = (make: () => readonly number[]): readonly number[] => {
    try {
      return make();
    } catch (error) {
      assert(error instanceof RangeError, String(error));
      return [];
    }
  };
  fc.assert(
    fc.property(any, any, count, (a, b, count) => {
      const [low, high] = [Math.abs(a), Math.abs(b)].toSorted((x, y) => x - y);
      for (
        const bounds of [
          refusable(() => linearBuckets(a, high, count)),
          refusable(() => exponentialBuckets(low, 1 + 1 / (1 + high), count)),
          refusable(() => exponentialBucketsRange(low, high, count)),
        ]
      ) {
        if (bounds.length === 0) continue;
        assertEquals(bounds.length, count);
        assert(bounds[0] === a || bounds[0] === low);
        for (let i = 1; i < count; i++) assert(bounds[i] > bounds[i - 1]);
      }
      if (low > 1e-300 && high > low * 1.001) assertEquals(exponentialBucketsRange(low, high, count).at(-1), high);
    }),
    { seed: 13, numRuns: 300 },
  );
});

Deno.test("exponentialBucketsRange has exactly the given ends, and one factor", () => {
  const range = fc.record({
    min: fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
    ratio: fc.double({ min: 1.5, max: 1e9, noNaN: true }),
    count: fc.integer({ min: 2, max: 40 }),
  });
  fc.assert(
    fc.property(range, ({ min, ratio, count }) => {
      const bounds = exponentialBucketsRange(min, min * ratio, count);
      assertEquals([bounds.length, bounds[0], bounds[count - 1]], [count, min, min * ratio]);
      const factor = ratio ** (1 / (count - 1));
      for (let i = 1; i < count; i++) assertAlmostEquals(bounds[i] / bounds[i - 1] / factor, 1, 1e-9);
    }),
    { seed: 4 },
  );
});

Deno.test("linearBuckets and its siblings make buckets that a histogram uses", async () => {
  await using test = inlineMetrics();
  test.metrics.histogram("size", { buckets: linearBuckets(1, 1, 3) }).observe(2);
  assertEquals(distributionOf(await test.metrics.snapshot(), "size").bucketCounts, [0, 1, 1]);
});

type Refusal = readonly [make: () => unknown, error: typeof RangeError | typeof TypeError, says: string];

const LINEAR = "Cannot create linear buckets: ";
const EXPONENTIAL = "Cannot create exponential buckets: ";

const REFUSALS: readonly Refusal[] = [
  [() => linearBuckets("1" as unknown as number, 1, 1), TypeError, `${LINEAR}start must be a finite number, got "1"`],
  [() => linearBuckets(NaN, 1, 1), RangeError, `${LINEAR}start must be a finite number, got NaN`],
  [() => linearBuckets(1, 0, 1), RangeError, `${LINEAR}width must be a finite number above 0, got 0`],
  [() => linearBuckets(1, Infinity, 1), RangeError, `${LINEAR}width must be a finite number above 0, got Infinity`],
  [() => linearBuckets(1, 1, 0), RangeError, `${LINEAR}count must be a whole number from 1 to 256, got 0`],
  [() => linearBuckets(1, 1, 1.5), RangeError, `${LINEAR}count must be a whole number from 1 to 256, got 1.5`],
  [() => linearBuckets(1, 1, 257), RangeError, `${LINEAR}count must be a whole number from 1 to 256, got 257`],
  [
    () => linearBuckets(1, 1, undefined as unknown as number),
    TypeError,
    `${LINEAR}count must be a whole number from 1 to 256, got undefined`,
  ],
  [() => linearBuckets(1e300, 1, 2), RangeError, `${LINEAR}buckets must ascend, got "1e+300 after 1e+300"`],
  [() => exponentialBuckets(0, 2, 1), RangeError, `${EXPONENTIAL}start must be a finite number above 0, got 0`],
  [() => exponentialBuckets(1, 1, 1), RangeError, `${EXPONENTIAL}factor must be a finite number above 1, got 1`],
  [
    () => exponentialBuckets(1, 1e200, 3),
    RangeError,
    `${EXPONENTIAL}buckets[2] must be a finite number, +Inf is always included, got Infinity`,
  ],
  [() => exponentialBucketsRange(-1, 1, 2), RangeError, `${EXPONENTIAL}min must be a finite number above 0, got -1`],
  [() => exponentialBucketsRange(2, 2, 2), RangeError, `${EXPONENTIAL}max must be a finite number above 2, got 2`],
  [
    () => exponentialBucketsRange(1, 2, 1),
    RangeError,
    `${EXPONENTIAL}count must be a whole number from 2 to 256, got 1`,
  ],
];

Deno.test("buckets that cannot be made are refused with field, rule and what was given", () => {
  for (const [make, error, says] of REFUSALS) assertEquals(assertThrows(make, error).message, says);
});

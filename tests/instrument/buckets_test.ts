import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { exponentialBuckets, exponentialBucketsRange, linearBuckets } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { testCases } from "../cases.ts";
import { distributionOf } from "../snapshots.ts";

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

Deno.test("exponentialBucketsRange begins and ends exactly where it is told, by one factor", () => {
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

Deno.test("made buckets are those of a histogram", async () => {
  await using test = inlineMetrics();
  test.metrics.histogram("size", { buckets: linearBuckets(1, 1, 3) }).observe(2);
  assertEquals(distributionOf(await test.metrics.snapshot(), "size").bucketCounts, [0, 1, 1]);
});

type Refusal = readonly [make: () => unknown, error: typeof RangeError | typeof TypeError, says: string];

const LINEAR = "Cannot make linear buckets: ";
const EXPONENTIAL = "Cannot make exponential buckets: ";

const REFUSALS: readonly Refusal[] = [
  [() => linearBuckets("1" as unknown as number, 1, 1), TypeError, `${LINEAR}start must be a number, got "1"`],
  [() => linearBuckets(NaN, 1, 1), RangeError, `${LINEAR}start must be finite, got NaN`],
  [() => linearBuckets(1, 0, 1), RangeError, `${LINEAR}width must be above 0, got 0`],
  [() => linearBuckets(1, Infinity, 1), RangeError, `${LINEAR}width must be finite, got Infinity`],
  [() => linearBuckets(1, 1, 0), RangeError, `${LINEAR}count must be a whole number from 1 to 256, got 0`],
  [() => linearBuckets(1, 1, 1.5), RangeError, `${LINEAR}count must be a whole number from 1 to 256, got 1.5`],
  [() => linearBuckets(1, 1, 257), RangeError, `${LINEAR}count must be a whole number from 1 to 256, got 257`],
  [
    () => linearBuckets(1, 1, undefined as unknown as number),
    TypeError,
    `${LINEAR}count must be a number, got undefined`,
  ],
  [() => linearBuckets(1e300, 1, 2), RangeError, `${LINEAR}buckets must ascend, got "1e+300 after 1e+300"`],
  [() => exponentialBuckets(0, 2, 1), RangeError, `${EXPONENTIAL}start must be above 0, got 0`],
  [() => exponentialBuckets(1, 1, 1), RangeError, `${EXPONENTIAL}factor must be above 1, got 1`],
  [
    () => exponentialBuckets(1, 1e200, 3),
    RangeError,
    `${EXPONENTIAL}buckets must be finite, +Inf is always there, got Infinity`,
  ],
  [() => exponentialBucketsRange(-1, 1, 2), RangeError, `${EXPONENTIAL}min must be above 0, got -1`],
  [() => exponentialBucketsRange(2, 2, 2), RangeError, `${EXPONENTIAL}max must be above 2, got 2`],
  [
    () => exponentialBucketsRange(1, 2, 1),
    RangeError,
    `${EXPONENTIAL}count must be a whole number from 2 to 256, got 1`,
  ],
];

Deno.test("buckets that cannot be made are refused with field, rule and what was given", () => {
  for (const [make, error, says] of REFUSALS) assertEquals(assertThrows(make, error).message, says);
});

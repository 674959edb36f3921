import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { classicBounds } from "../../../src/aggregate/series/classic_buckets.ts";
import { batchOf } from "../../_support/sketch/model.ts";
import { Distribution } from "../../../src/aggregate/series/distribution.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";

interface Weighted {
  readonly value: number;
  readonly weight: number;
}

function distributionWith(buckets: readonly number[], schema = 6): Distribution {
  return new Distribution({}, { schema, classic: classicBounds(buckets, schema), plan: planWindows([]) }, 0);
}

/** Counts values one by one. */
function record(buckets: readonly number[], values: readonly Weighted[], schema?: number): readonly number[] {
  const distribution = distributionWith(buckets, schema);
  for (const { value, weight } of values) distribution.record(value, weight, 0);
  return distribution.snapshot(0).bucketCounts;
}

/** Counts values as one run of a batch. */
function recordRun(buckets: readonly number[], values: readonly Weighted[], schema?: number): readonly number[] {
  const distribution = distributionWith(buckets, schema);
  distribution.recordRun(batchOf(values), 0, values.length, 0);
  return distribution.snapshot(0).bucketCounts;
}

function atOrBelow(bound: number, values: readonly Weighted[]): number {
  return values.reduce((total, { value, weight }) => value <= bound ? total + weight : total, 0);
}

const once = (value: number): Weighted => ({ value, weight: 1 });

Deno.test("classic buckets hold a value that equals their bound, and not the next larger double", () => {
  const buckets = [-2.5, -1, 0, 1e-9, 0.001, 0.1, 1, 1.5, 2, 1e6];
  for (const [i, bound] of buckets.entries()) {
    const expected = buckets.map((_, at) => at >= i ? 1 : 0);
    const above = bound + Math.max(Number.MIN_VALUE, Math.abs(bound) * Number.EPSILON);
    const expectedAbove = buckets.map((_, at) => at > i ? 1 : 0);
    for (const count of [record, recordRun]) {
      assertEquals(count(buckets, [once(bound)]), expected);
      assertEquals(count(buckets, [once(above)]), expectedAbove);
    }
  }
});

Deno.test("classic buckets are exact for any bounds and values, at any schema and spread", () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: -100, max: 100, noNaN: true }),
    fc.integer({ min: -5, max: 5 }),
  );
  const bounds = fc.array(number, { maxLength: 30, size: "max" })
    .map((bounds) => [...new Set(bounds.map((bound) => bound + 0))].toSorted((a, b) => a - b));
  const weighted = fc.record({ value: number, weight: fc.integer({ min: 1, max: 100 }) });
  const values = fc.array(weighted, { maxLength: 100, size: "max" });
  fc.assert(
    fc.property(bounds, values, fc.constantFrom(-4, 0, 3, 6), (bounds, values, schema) => {
      // As many values on the bounds themselves as beside them.
      const all = [...values, ...bounds.map(once)];
      const expected = bounds.map((bound) => atOrBelow(bound, all));
      assertEquals(record(bounds, all, schema), expected);
      assertEquals(recordRun(bounds, all, schema), expected);
    }),
    { seed: 19, numRuns: 200 },
  );
});

Deno.test("classic buckets are exact where several bounds lie in one exponential bucket", () => {
  const buckets = [1, 1.000_1, 1.000_2, 1.005, 1.01, 1.02];
  const values = Array.from({ length: 400 }, (_, i) => once(0.99 + i / 10_000));
  for (const count of [record, recordRun]) {
    assertEquals(count(buckets, values), buckets.map((bound) => atOrBelow(bound, values)));
  }
});

Deno.test("classic buckets may all be negative, or none at all", () => {
  const values = [-3, -2, -1, 0, 5].map(once);
  for (const count of [record, recordRun]) {
    assertEquals(count([-2.5, -2], values), [1, 2]);
    assertEquals(count([], values), []);
  }
});

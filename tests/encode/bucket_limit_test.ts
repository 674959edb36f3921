import { assertAlmostEquals, assertEquals, assertLessOrEqual, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import type { ExponentialBuckets } from "../../src/model/families.ts";
import { BucketLimiter } from "../../src/encode/bucket_limit.ts";
import { resolveOptions } from "../../src/config/options.ts";
import { SCHEMA_MIN } from "../../src/model/model.ts";
import { upperBoundOf, ZERO_THRESHOLD } from "../../src/sketch/exponential.ts";
import { exponentialBuckets, exponentialOf, sketchOf } from "../_support/encode/points.ts";

type Run = ExponentialBuckets["positive"];

const value = fc.oneof(
  { weight: 3, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.integer({ min: -60, max: 60 }), fc.constantFrom(1, 1.1, 1.3, 1.7, -1, -1.5))
      .map(([exponent, mantissa]) => mantissa * 2 ** exponent),
  },
  { weight: 1, arbitrary: fc.constant(0) },
);

function populatedOf({ low, counts }: Run): [index: number, count: number][] {
  return Array.from(counts, (count, i): [number, number] => [low + i, count]).filter(([, count]) => count > 0);
}

function sizeOf({ positive, negative }: ExponentialBuckets): number {
  return populatedOf(positive).length + populatedOf(negative).length;
}

function totalOf({ positive, negative, zeroCount }: ExponentialBuckets): number {
  return [...positive.counts, ...negative.counts].reduce((total, count) => total + count, zeroCount);
}

/** Whether Prometheus takes the step from one exposition to the next for a restart. */
function isReset(before: ExponentialBuckets, after: ExponentialBuckets): boolean {
  if (after.schema > before.schema || after.zeroThreshold < before.zeroThreshold) return true;
  let zeroCount = before.zeroCount;
  for (const side of ["positive", "negative"] as const) {
    const counts = new Map(populatedOf(after[side]));
    const left = new Map<number, number>();
    for (const [index, count] of populatedOf(before[side])) {
      if (upperBoundOf(index - 1, before.schema) < after.zeroThreshold) {
        // The new threshold must not cut a bucket that holds any.
        if (upperBoundOf(index, before.schema) > after.zeroThreshold) {
          if (after.zeroThreshold !== before.zeroThreshold) return true;
        } else {
          zeroCount += count;
          continue;
        }
      }
      const target = Math.ceil(index / 2 ** (before.schema - after.schema));
      left.set(target, (left.get(target) ?? 0) + count);
    }
    for (const [index, count] of left) if ((counts.get(index) ?? 0) < count) return true;
  }
  return after.zeroCount < zeroCount;
}

Deno.test("BucketLimiter returns buckets within the limit unchanged", () => {
  const limiter = new BucketLimiter({ bucketsMax: 3, zeroThresholdMax: 1 });
  const series = { labels: {}, createdMs: 0 };
  const buckets = exponentialBuckets(6, [[1, 5], [900, 1]], [[3, 1]]);
  assertStrictEquals(limiter.limit(series, buckets), buckets);
  const finer = exponentialBuckets(7, [[1, 5]]);
  assertStrictEquals(limiter.limit(series, finer), finer);
});

Deno.test("BucketLimiter looks at no count while all buckets together are within the limit", () => {
  let reads = 0;
  const counts = new Proxy(Float64Array.of(1, 2, 3), {
    get(target, key) {
      if (key !== "length") reads += 1;
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const buckets = { ...exponentialBuckets(6, []), positive: { low: 1, counts } };
  const limit = (bucketsMax: number) =>
    new BucketLimiter({ bucketsMax, zeroThresholdMax: 0 }).limit({ labels: {}, createdMs: 0 }, buckets);
  assertStrictEquals(limit(3), buckets);
  assertEquals(reads, 0);
  assertEquals(limit(2).schema, 5);
  assertLessOrEqual(3, reads);
});

Deno.test("BucketLimiter returns buckets unchanged that have become as coarse as it made them", () => {
  const limiter = new BucketLimiter({ bucketsMax: 2, zeroThresholdMax: 0 });
  const series = { labels: {}, createdMs: 0 };
  assertEquals(limiter.limit(series, exponentialBuckets(6, [[1, 1], [2, 1], [9, 1]])).schema, 5);
  const coarse = exponentialBuckets(5, [[1, 2], [5, 1]]);
  assertStrictEquals(limiter.limit(series, coarse), coarse);
});

Deno.test("BucketLimiter merges buckets into no more than their range needs, and leaves an empty side empty", () => {
  const limiter = new BucketLimiter({ bucketsMax: 3, zeroThresholdMax: 0 });
  const { schema, positive, negative } = limiter.limit(
    { labels: {}, createdMs: 0 },
    exponentialBuckets(2, [[-3, 1], [-2, 2], [1, 4], [2, 8]]),
  );
  assertEquals(schema, 1);
  assertEquals(positive, { low: -1, counts: Float64Array.of(3, 0, 12) });
  assertEquals(negative.counts.length, 0);
});

Deno.test("BucketLimiter keeps schema 6 by default for values from 1 µs to 30 s, all buckets in use", () => {
  const values: number[] = [];
  for (let value = 1e-6; value < 30; value *= 1.005) values.push(value);
  const buckets = exponentialOf(sketchOf(values, 6));
  assertLessOrEqual(1_500, sizeOf(buckets));
  assertStrictEquals(
    new BucketLimiter(resolveOptions({}).aggregate.bucketLimit).limit({ labels: {}, createdMs: 0 }, buckets),
    buckets,
  );
});

Deno.test("BucketLimiter widens the zero bucket over both sides at once, then halves the resolution", () => {
  const buckets = exponentialBuckets(2, [[1, 1], [2, 2], [5, 3], [6, 4]], [[1, 5], [9, 6]], 7);
  const limit = (bucketsMax: number, zeroThresholdMax: number) =>
    new BucketLimiter({ bucketsMax, zeroThresholdMax }).limit({ labels: {}, createdMs: 0 }, buckets);
  const widened = limit(4, 1.2);
  assertAlmostEquals(widened.zeroThreshold, 2 ** 0.25, 1e-15);
  assertEquals([widened.schema, widened.zeroCount], [2, 13]);
  assertEquals(populatedOf(widened.positive), [[2, 2], [5, 3], [6, 4]]);
  assertEquals(populatedOf(widened.negative), [[9, 6]]);
  const both = limit(3, 1.2);
  assertEquals([both.schema, both.zeroThreshold, both.zeroCount], [1, widened.zeroThreshold, 13]);
  assertEquals([populatedOf(both.positive), populatedOf(both.negative)], [[[1, 2], [3, 7]], [[5, 6]]]);
  // As far as the bound of the next bucket.
  const bound = upperBoundOf(2, 2);
  const further = limit(3, bound);
  assertEquals([further.schema, further.zeroThreshold, further.zeroCount], [2, bound, 15]);
  const halved = limit(4, 0);
  assertEquals([halved.schema, halved.zeroThreshold, halved.zeroCount], [1, ZERO_THRESHOLD, 7]);
});

Deno.test("BucketLimiter keeps its zero bucket, and extends it to the bound of a coarser bucket with values in it", () => {
  type Entries = Parameters<typeof exponentialBuckets>[1];
  const first = exponentialBuckets(1, [[1, 1], [2, 1], [5, 1]]);
  const threshold = upperBoundOf(1, 1);
  /** Zero bucket and positive buckets of a second exposition. The first zero bucket ends within a bucket of schema 0. */
  const then = (schema: number, positive: Entries, negative: Entries = []) => {
    const limiter = new BucketLimiter({ bucketsMax: 2, zeroThresholdMax: 1.5 });
    const series = { labels: {}, createdMs: 0 };
    assertEquals(limiter.limit(series, first).zeroThreshold, threshold);
    const limited = limiter.limit(series, exponentialBuckets(schema, positive, negative));
    assertEquals([limited.schema, populatedOf(limited.negative)], [schema, []]);
    return [limited.zeroThreshold, limited.zeroCount, populatedOf(limited.positive)];
  };
  assertEquals(then(1, [[1, 3], [5, 1]]), [threshold, 3, [[5, 1]]]);
  assertEquals(then(0, [[1, 3], [3, 1]]), [2, 3, [[3, 1]]]);
  assertEquals(then(0, [[3, 1]], [[1, 3]]), [2, 3, [[3, 1]]]);
  assertEquals(then(0, [[3, 1]]), [threshold, 0, [[3, 1]]]);
  assertEquals(then(0, [[0, 5]]), [threshold, 5, []]);
  assertEquals(then(0, [[0, 5], [3, 1]]), [threshold, 5, [[3, 1]]]);
});

Deno.test("BucketLimiter extends its zero bucket to the bound of a bucket at its own schema, which may be coarser", () => {
  const limiter = new BucketLimiter({ bucketsMax: 2, zeroThresholdMax: 1.2 });
  const series = { labels: {}, createdMs: 0 };
  const before = limiter.limit(series, exponentialBuckets(2, [[1, 1], [2, 1], [5, 1], [9, 1]]));
  assertEquals([before.schema, before.zeroThreshold], [-1, upperBoundOf(1, 2)]);
  const same = limiter.limit(series, exponentialBuckets(2, [[1, 2], [2, 1], [5, 1], [9, 1]]));
  assertEquals([same.schema, same.zeroThreshold, same.zeroCount], [-1, before.zeroThreshold, 2]);
  const after = limiter.limit(series, exponentialBuckets(1, [[1, 1], [5, 2]]));
  assertEquals([after.schema, after.zeroThreshold, after.zeroCount], [-1, 4, 1]);
  assertEquals(populatedOf(after.positive), [[2, 2]]);
});

Deno.test("BucketLimiter stops at the coarsest schema, over the limit or not", () => {
  const buckets = exponentialOf(sketchOf([1e-30, 1, 1e30, -1e-30, -1, -1e30], 3));
  const limited = new BucketLimiter({ bucketsMax: 1, zeroThresholdMax: 0 }).limit(
    { labels: {}, createdMs: 0 },
    buckets,
  );
  assertEquals([limited.schema, totalOf(limited)], [SCHEMA_MIN, 6]);
});

Deno.test("BucketLimiter never looks like a restart from one exposition to the next", () => {
  const step = fc.array(value, { maxLength: 25 });
  const limit = fc.record({
    bucketsMax: fc.integer({ min: 1, max: 40 }),
    zeroThresholdMax: fc.constantFrom(0, 1e-6, 0.01, 0.9, 1, 1.2, 5, 1e6),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), limit, fc.constantFrom(0, 2, 6, 8), (steps, limit, schema) => {
      const limiter = new BucketLimiter(limit);
      const series = { labels: {}, createdMs: 1 };
      const sketch = sketchOf([], schema);
      let before = exponentialOf(sketch);
      for (const values of steps) {
        for (const each of values) sketch.record(each, 1);
        const limited = limiter.limit(series, exponentialOf(sketch));
        assertEquals(totalOf(limited), sketch.count);
        if (limited.schema > SCHEMA_MIN) assertLessOrEqual(sizeOf(limited), limit.bucketsMax);
        assertEquals(isReset(before, limited), false);
        before = copyOf(limited);
      }
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

Deno.test("BucketLimiter forgets a series that started again", () => {
  const limiter = new BucketLimiter({ bucketsMax: 2, zeroThresholdMax: 0 });
  const labels = {};
  const many = exponentialBuckets(6, [[1, 1], [20, 1], [40, 1], [400, 1]]);
  const few = exponentialBuckets(6, [[1, 1], [20, 1]]);
  const schema = limiter.limit({ labels, createdMs: 1 }, many).schema;
  assertLessOrEqual(schema, 5);
  assertEquals(limiter.limit({ labels, createdMs: 1 }, few).schema, schema, "as long as it is the same");
  assertStrictEquals(limiter.limit({ labels, createdMs: 2 }, few), few);
  assertStrictEquals(limiter.limit({ labels: {}, createdMs: 1 }, few), few);
});

/** What a scraper remembers: the buckets are views of a sketch that goes on. */
function copyOf({ positive, negative, ...others }: ExponentialBuckets): ExponentialBuckets {
  const copy = ({ low, counts }: Run): Run => ({ low, counts: counts.slice() });
  return { ...others, positive: copy(positive), negative: copy(negative) };
}

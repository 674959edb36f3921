import { assert, assertEquals, assertLessOrEqual, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { type NativeBuckets, NativeHistogram } from "../../src/encode/native_histogram.ts";
import { ProtobufEncoder } from "../../src/encode/protobuf.ts";
import { quantilesOf } from "../../src/sketch/quantile.ts";
import { Moment } from "../../src/sketch/sketch.ts";
import { decodeFamilies } from "../_support/encode/metrics_proto.ts";
import {
  encode,
  exponentialBuckets,
  exponentialOf,
  histogramFamily,
  histogramPoint,
  sketchOf,
} from "../_support/encode/points.ts";
import { histogramOfProto } from "../_support/encode/proto_histogram.ts";
import {
  bucketsOf,
  countsOf,
  fractionBelow,
  type Side,
  sideOf,
  type SpanHistogram,
  validate,
} from "../_support/encode/span_histogram.ts";

type Entry = [index: number, count: number];

const entries = fc.uniqueArray(
  fc.tuple(fc.oneof(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -3_000, max: 3_000 })), fc.nat(1_000)),
  { selector: ([index]) => index },
).map((entries): Entry[] => entries.toSorted(([a], [b]) => a - b));
const value = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, -1, 2 ** -128) },
);

function sideRead({ spanCount, offsets, lengths, deltaCount, deltas }: NativeBuckets): Side {
  return {
    spans: Array.from({ length: spanCount }, (_, i): [number, number] => [offsets[i], lengths[i]]),
    deltas: Array.from(deltas.subarray(0, deltaCount)),
  };
}

function decoded(values: readonly number[], schema: number): SpanHistogram {
  const sketch = sketchOf(values, schema);
  const point = histogramPoint({
    count: values.length,
    sum: sketch.moments[Moment.sum],
    buckets: exponentialOf(sketch),
  });
  const encoder = new ProtobufEncoder({ escaping: "allow-utf-8" });
  const [{ metric }] = decodeFamilies(encode(encoder, [histogramFamily({ points: [point] })]));
  return histogramOfProto(metric![0].histogram!);
}

Deno.test("NativeBuckets fills gaps of up to two empty buckets, and begins a span behind larger ones", () => {
  fc.assert(
    fc.property(fc.array(entries), (runs) => {
      // One after the other into the same memory.
      const native = new NativeHistogram();
      for (const run of runs) {
        native.read(exponentialBuckets(6, run, run));
        const expected = sideOf(run.filter(([, count]) => count > 0), 2);
        assertEquals(sideRead(native.positive), expected);
        assertEquals(sideRead(native.negative), expected);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("NativeBuckets.readNoOp reads one span without buckets, whatever was read before", () => {
  const { positive } = new NativeHistogram();
  positive.read(exponentialBuckets(6, [[5, 1], [6, 2], [20, 3]]).positive);
  positive.readNoOp();
  assertEquals(sideRead(positive), { spans: [[0, 0]], deltas: [] });
});

Deno.test("NativeHistogram has a span without buckets only if nothing else marks it as native", () => {
  const native = new NativeHistogram();
  const empty = exponentialBuckets(6, []);
  native.read({ ...empty, zeroThreshold: 0 });
  assertEquals(sideRead(native.positive), { spans: [[0, 0]], deltas: [] });
  for (const some of [empty, { ...empty, zeroThreshold: 0, zeroCount: 1 }]) {
    native.read(some);
    assertEquals(sideRead(native.positive), { spans: [], deltas: [] });
  }
  native.read({ ...exponentialBuckets(6, [], [[3, 1]]), zeroThreshold: 0 });
  assertEquals([native.positive.spanCount, native.negative.spanCount], [0, 1]);
  native.read({ ...exponentialBuckets(6, [[2, 1]], [[3, 1]]), zeroThreshold: 0 });
  assertEquals([sideRead(native.positive).spans, sideRead(native.negative).spans], [[[2, 1]], [[3, 1]]]);
});

Deno.test("NativeBuckets takes new arrays only for more buckets than it has had", () => {
  const { positive } = new NativeHistogram();
  const read = (length: number) => {
    positive.read({ low: 1, counts: new Float64Array(length).fill(1) });
    return positive.deltas;
  };
  const first = read(64);
  assertStrictEquals(read(64), first);
  const larger = read(100);
  assertEquals([larger.length, positive.offsets.length, positive.lengths.length], [100, 100, 100]);
  assertStrictEquals(read(100), larger);
  assertStrictEquals(read(1), larger);
});

Deno.test("NativeHistogram of a sketch is valid, and has its buckets one by one", () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 200 }), fc.constantFrom(-4, -1, 0, 3, 6, 8), (values, schema) => {
      const histogram = decoded(values, schema);
      validate(histogram);
      const sketch = sketchOf(values, schema);
      assertEquals(histogram.schema, sketch.schema);
      assertEquals(histogram.zeroCount, sketch.moments[Moment.zeros]);
      for (const side of ["positive", "negative"] as const) {
        const populated = countsOf(histogram[side]).filter(([, count]) => count > 0);
        const { low, counts } = sketch[side];
        const expected = Array.from(counts, (count, i): Entry => [low + i, count]).filter(([, count]) => count > 0);
        assertEquals(populated, expected);
      }
      // At the finest schemas the bounds are powers that the rules know less exactly than the sketch.
      const isInside = (bucket: { lower: number; upper: number }) =>
        values.some((each) => each >= bucket.lower * (1 - 1e-12) && each <= bucket.upper * (1 + 1e-12));
      for (const bucket of bucketsOf(histogram, "positive")) assert(bucket.count === 0 || isInside(bucket));
    }),
    { seed: 2, numRuns: 300 },
  );
});

Deno.test("a reader's quantiles are within 1 % of the sketch's at the default limit", () => {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  // Log-normal around 5 ms, and a tail of 1 % up to ten seconds.
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const values = Array.from(
    { length: 20_000 },
    (_, i) => i % 100 === 0 ? 10 ** (1 - 4 * random()) : 0.005 * Math.exp(normal()),
  );
  const sketch = sketchOf(values, 6);
  const point = histogramPoint({
    count: values.length,
    sum: sketch.moments[Moment.sum],
    buckets: exponentialOf(sketch),
  });
  const encoder = new ProtobufEncoder({ escaping: "allow-utf-8" });
  const [{ metric }] = decodeFamilies(encode(encoder, [histogramFamily({ points: [point] })]));
  const histogram = histogramOfProto(metric![0].histogram!);
  assertEquals(histogram.schema, 6);
  const quantiles = [0.5, 0.9, 0.99, 0.999];
  quantilesOf(sketch, quantiles).forEach((ours, i) => {
    const theirs = quantileOf(histogram, quantiles[i]);
    assertLessOrEqual(Math.abs(theirs - ours) / ours, 0.01);
  });
});

/** The value below which that share of all values lies, found by halving. */
function quantileOf(histogram: SpanHistogram, q: number): number {
  const buckets = bucketsOf(histogram, "positive");
  const countBelow = (value: number) =>
    buckets.reduce((total, bucket) => {
      if (bucket.upper <= value) return total + bucket.count;
      return bucket.lower >= value ? total : total + bucket.count * fractionBelow(bucket, value, false);
    }, histogram.zeroCount);
  let [low, high] = [buckets[0].lower, buckets[buckets.length - 1].upper];
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (countBelow(middle) < q * histogram.count) low = middle;
    else high = middle;
  }
  return high;
}

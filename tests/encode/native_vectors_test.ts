/**
 * Published vectors of native histograms: those of `client_golang` against what is written, from values to bytes; those
 * of Prometheus against the reader's rules, by which the tests beside this one check what is written.
 */

import { assert, assertAlmostEquals, assertEquals, assertLessOrEqual, assertThrows } from "@std/assert";
import type { ExponentialBuckets } from "../../src/model/families.ts";
import { BucketLimiter } from "../../src/encode/bucket_limit.ts";
import { NativeHistogram } from "../../src/encode/native_histogram.ts";
import { ProtobufEncoder } from "../../src/encode/protobuf.ts";
import { indexOf } from "../../src/sketch/exponential.ts";
import { numberOf, testCases } from "../_support/cases.ts";
import { decodeFamilies, type ProtoSpan } from "../_support/encode/metrics_proto.ts";
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
  atLowerSchema,
  type Bucket,
  bucketsOf,
  classicSeriesOf,
  compacted,
  countsOf,
  cumulativeBucketsOf,
  EMPTY_SIDE,
  fractionBelow,
  type Side,
  type Span,
  type SpanHistogram,
  validate,
} from "../_support/encode/span_histogram.ts";

type Numeric = number | string;
type VectorSpan = Span | { readonly Offset: number; readonly Length: number };

interface GolangCase {
  readonly name: string;
  readonly observations?: readonly Numeric[];
  readonly factor: number;
  readonly zeroThreshold?: number;
  readonly maxBuckets?: number;
  readonly maxZeroThreshold?: number;
  readonly minResetDuration?: unknown;
  readonly want: {
    readonly SampleCount: number;
    readonly SampleSum: Numeric;
    readonly Bucket?: readonly { readonly CumulativeCount: number; readonly UpperBound: number }[];
    readonly Schema?: number;
    readonly ZeroThreshold?: number;
    readonly ZeroCount?: number;
    readonly PositiveSpan?: readonly VectorSpan[];
    readonly PositiveDelta?: readonly number[];
    readonly NegativeSpan?: readonly VectorSpan[];
    readonly NegativeDelta?: readonly number[];
  };
}

interface VectorHistogram {
  readonly Schema?: number;
  readonly Count?: number;
  readonly Sum?: Numeric;
  readonly ZeroThreshold?: number;
  readonly ZeroCount?: number;
  readonly PositiveSpans?: readonly VectorSpan[];
  readonly PositiveBuckets?: readonly number[];
  readonly NegativeSpans?: readonly VectorSpan[];
  readonly NegativeBuckets?: readonly number[];
  readonly CustomValues?: readonly Numeric[];
}

interface VectorBucket {
  readonly Lower: Numeric;
  readonly Upper: Numeric;
  readonly Count: number;
  readonly LowerInclusive: boolean;
  readonly UpperInclusive: boolean;
  readonly Index: number;
}

const DEFAULT_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

for (const [test, sameCount] of [["TestNativeHistogram", 21], ["TestConstNativeHistogram", 20]] as const) {
  testCases<GolangCase>(
    `ProtobufEncoder writes the native histograms of client_golang, ${test}`,
    `native-histogram/client_golang.${test}.json`,
    (cases) => {
      const outcomes = { same: 0, limited: 0 };
      for (const each of cases) {
        // A reset after some time is not a limit of ours: what is left is to limit, as without it.
        if (each.minResetDuration === undefined) assertWanted(each);
        else assertLimited(each);
        outcomes[each.minResetDuration === undefined ? "same" : "limited"] += 1;
      }
      assertEquals(outcomes, { same: sameCount, limited: 4 });
    },
  );
}

testCases<number>(
  "ProtobufEncoder writes the classic bounds that client_golang generates",
  "native-histogram/client_golang.TestBuckets.json",
  (bounds) => {
    const point = histogramPoint({ counts: bounds.map((_, i) => i) });
    const bytes = encode(new ProtobufEncoder({ escaping: "allow-utf-8" }), [
      histogramFamily({ bounds, points: [point] }),
    ]);
    const { bucket } = decodeFamilies(bytes)[0].metric![0].histogram!;
    assertEquals<unknown>(bucket?.map(({ upper_bound }) => upper_bound), bounds);
  },
);

testCases<{ schema: number; targetSchema: number } & Record<string, unknown>>(
  "halving the resolution gives the buckets of Prometheus",
  "native-histogram/prometheus.TestReduceResolutionHistogram.json",
  (cases) => {
    for (const { schema, targetSchema, spans, buckets, expectedSpans, expectedBuckets } of cases) {
      const origin = { spans: spansOf(spans as VectorSpan[]), deltas: buckets as number[] };
      const target = { spans: spansOf(expectedSpans as VectorSpan[]), deltas: expectedBuckets as number[] };
      assertEquals(atLowerSchema(origin, schema, targetSchema), target);
      assertLowered({ schema, positive: origin, negative: EMPTY_SIDE }, targetSchema, target, EMPTY_SIDE);
    }
  },
);

testCases<{ name: string; origin: VectorHistogram; targetSchema: number; target?: VectorHistogram; errorMsg?: string }>(
  "halving the resolution gives the buckets of Prometheus on both sides, and its refusals",
  "native-histogram/prometheus.TestHistogramReduceResolution.json",
  (cases) => {
    for (const { origin, targetSchema, target, errorMsg } of cases) {
      const { schema, positive, negative } = histogramOf(origin);
      if (errorMsg !== undefined) {
        assertThrows(() => atLowerSchema(positive, schema, targetSchema), Error, errorMsg);
        continue;
      }
      const wanted = histogramOf(target!);
      assertEquals(atLowerSchema(positive, schema, targetSchema), wanted.positive);
      assertEquals(atLowerSchema(negative, schema, targetSchema), wanted.negative);
      assertLowered({ schema, positive, negative }, targetSchema, wanted.positive, wanted.negative);
    }
  },
);

testCases<{ name: string; h: VectorHistogram; errMsg?: string }>(
  "validate has the rules of Prometheus",
  "native-histogram/prometheus.TestHistogramValidation.json",
  (cases) => {
    for (const { name, h, errMsg } of cases) {
      let message: string | undefined;
      try {
        validate(histogramOf(h));
      } catch (error) {
        message = (error as Error).message;
      }
      assertEquals(message, errMsg, name);
    }
  },
);

testCases<
  Record<"expectedPositiveBuckets" | "expectedNegativeBuckets", VectorBucket[]> & {
    readonly histogram: VectorHistogram;
  }
>(
  "bucketsOf gives the buckets of Prometheus",
  "native-histogram/prometheus.TestRegularBucketIterator.json",
  (cases) => {
    for (const { histogram, expectedPositiveBuckets, expectedNegativeBuckets } of cases) {
      assertBuckets(bucketsOf(histogramOf(histogram), "positive"), expectedPositiveBuckets);
      assertBuckets(bucketsOf(histogramOf(histogram), "negative"), expectedNegativeBuckets);
    }
  },
);

testCases<{ histogram: VectorHistogram; expectedBuckets: VectorBucket[] }>(
  "cumulativeBucketsOf gives the buckets of Prometheus",
  "native-histogram/prometheus.TestCumulativeBucketIterator.json",
  (cases) => {
    for (const { histogram, expectedBuckets } of cases) {
      assertBuckets(cumulativeBucketsOf(histogramOf(histogram)), expectedBuckets);
    }
  },
);

testCases<{ name: string; in: VectorHistogram; maxEmptyBuckets: number; expected: VectorHistogram }>(
  "compacted gives the buckets of Prometheus",
  "native-histogram/prometheus.TestHistogramCompact.json",
  (cases) => {
    for (const { name, in: given, maxEmptyBuckets, expected } of cases) {
      const { positive, negative, ...others } = histogramOf(given);
      const sides = [positive, negative].map((side) => compacted(side, maxEmptyBuckets));
      assertEquals({ ...others, positive: sides[0], negative: sides[1] }, histogramOf(expected), name);
    }
  },
);

testCases<{ name: string; bucket: VectorBucket; v: number; linear: boolean; want: number }>(
  "fractionBelow gives the fractions of Prometheus",
  "native-histogram/prometheus.TestBucketFractionBelow.json",
  (cases) => {
    for (const { name, bucket: { Lower, Upper }, v, linear, want } of cases) {
      const fraction = fractionBelow({ lower: numberOf(Lower), upper: numberOf(Upper) }, v, linear);
      assertAlmostEquals(fraction, want, 1e-12, name);
    }
  },
);

testCases<
  { name: string; nhcb: VectorHistogram | null; labels: string[]; expectErr?: boolean; expected?: unknown[] }
>(
  "classicSeriesOf gives the series of Prometheus",
  "native-histogram/prometheus.TestConvertNHCBToClassicHistogram.json",
  (cases) => {
    const outcomes = { converted: 0, refused: 0 };
    for (const { name, nhcb, labels, expectErr, expected } of cases) {
      outcomes[expectErr === true ? "refused" : "converted"] += 1;
      if (expectErr === true) {
        assertThrows(() => classicSeriesOf(histogramOf(nhcb!), labels), Error, undefined, name);
        continue;
      }
      const histogram = histogramOf(nhcb!);
      const series = classicSeriesOf({ ...histogram, positive: asConverted(name, histogram.positive) }, labels);
      assertEquals<unknown>(series, expected, name);
    }
    assertEquals(outcomes, { converted: 9, refused: 4 });
  },
);

/**
 * The buckets of a conversion as the vectors take them. They do not say so, but in a histogram of floats the counts are
 * no differences; and in one of whole numbers Prometheus counts for each bucket of a gap what the bucket before it
 * holds, so that the vector's last bucket has 53 values of 35.
 */
function asConverted(name: string, { spans, deltas }: Side): Side {
  if (name.toLowerCase().includes("float")) {
    return { spans, deltas: deltas.map((count, i) => count - (deltas[i - 1] ?? 0)) };
  }
  const lengths = spans.map(([, length]) => length);
  const filled = spans.flatMap(([offset, length], at) => {
    const from = lengths.slice(0, at).reduce((total, each) => total + each, 0);
    return [...Array<number>(offset).fill(0), ...deltas.slice(from, from + length)];
  });
  return name === "sparse histogram" ? { spans: [[0, filled.length]], deltas: filled } : { spans, deltas };
}

/** Asserts that a case's values are encoded as expected. */
function assertWanted(vector: GolangCase): void {
  const { want, name } = vector;
  const histogram = written(vector);
  const { sample_sum, zero_threshold, ...others } = histogram;
  assertSame(sample_sum!, numberOf(want.SampleSum), name);
  if (want.ZeroThreshold === undefined) assertEquals(zero_threshold, undefined, name);
  else assertEquals(zero_threshold, want.ZeroThreshold, name);
  assertEquals<unknown>({ ...others, created_timestamp: undefined }, {
    sample_count: String(want.SampleCount),
    ...(want.Bucket !== undefined && {
      bucket: want.Bucket.map(({ CumulativeCount, UpperBound }) => (
        { cumulative_count: String(CumulativeCount), upper_bound: UpperBound }
      )),
    }),
    created_timestamp: undefined,
    ...(want.Schema !== undefined && { schema: want.Schema, zero_count: String(want.ZeroCount) }),
    ...(want.NegativeSpan !== undefined && { negative_span: protoSpans(want.NegativeSpan) }),
    ...(want.NegativeDelta !== undefined && { negative_delta: want.NegativeDelta.map(String) }),
    ...(want.PositiveSpan !== undefined && { positive_span: protoSpans(want.PositiveSpan) }),
    ...(want.PositiveDelta !== undefined && { positive_delta: want.PositiveDelta.map(String) }),
  }, name);
}

/** Asserts that a case's values are encoded completely, validly and within its limit. */
function assertLimited(vector: GolangCase): void {
  const histogram = histogramOfProto(written(vector));
  validate(histogram);
  assertEquals(histogram.count, vector.observations!.length, vector.name);
  const populated = [...countsOf(histogram.positive), ...countsOf(histogram.negative)].filter(([, count]) => count > 0);
  assertLessOrEqual(populated.length, vector.maxBuckets!, vector.name);
}

/**
 * Encodes a case. The sketch takes finite values only, as the instruments do; what `client_golang` makes of
 * the others is put beside what the sketch holds. Its zero threshold is fixed: values up to that of a case are zero.
 */
function written({ observations = [], factor, zeroThreshold, maxBuckets, maxZeroThreshold }: GolangCase) {
  const values = observations.map(numberOf);
  const schema = schemaOf(factor);
  const finite = values.filter(Number.isFinite);
  const near = (value: number) => Math.abs(value) <= (zeroThreshold ?? 0) ? 0 : value;
  const sketch = exponentialOf(sketchOf(finite.map(near), schema));
  const buckets: ExponentialBuckets = {
    ...withInfinities(sketch, values),
    ...(zeroThreshold !== undefined && { zeroThreshold: Math.max(zeroThreshold, 0) }),
  };
  const point = histogramPoint({
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    ...(factor > 1 && { buckets }),
    counts: DEFAULT_BOUNDS.map((bound) => values.filter((value) => value <= bound).length),
  });
  const bucketLimit = { bucketsMax: maxBuckets ?? Infinity, zeroThresholdMax: maxZeroThreshold ?? 0 };
  const encoder = new ProtobufEncoder({ escaping: "allow-utf-8", bucketLimit });
  const bounds = factor > 1 ? [] : DEFAULT_BOUNDS;
  return decodeFamilies(encode(encoder, [histogramFamily({ bounds, points: [point] })]))[0].metric![0].histogram!;
}

/** Infinite values are in the bucket behind that of the largest finite one. */
function withInfinities(buckets: ExponentialBuckets, values: readonly number[]): ExponentialBuckets {
  const beyond = indexOf(Number.MAX_VALUE, buckets.schema) + 1;
  const entries = ({ low, counts }: ExponentialBuckets["positive"], infinity: number): [number, number][] => {
    const infinite = values.filter((value) => value === infinity).length;
    const finite = Array.from(counts, (count, i): [number, number] => [low + i, count]);
    return infinite === 0 ? finite : [...finite, [beyond, infinite]];
  };
  return exponentialBuckets(
    buckets.schema,
    entries(buckets.positive, Infinity),
    entries(buckets.negative, -Infinity),
    buckets.zeroCount,
  );
}

/** The coarsest schema whose buckets grow by at most that factor, as `client_golang` chooses it. */
function schemaOf(factor: number): number {
  if (factor <= 1) return 0;
  return -Math.max(-8, Math.min(4, Math.floor(Math.log2(Math.log2(factor)))));
}

/** Asserts that our own way to a lower schema leads to the same counts. */
function assertLowered(
  { schema, positive, negative }: Pick<SpanHistogram, "schema" | "positive" | "negative">,
  targetSchema: number,
  ...wanted: [Side, Side]
): void {
  const origin = exponentialBuckets(schema, countsOf(positive), countsOf(negative));
  const populated = wanted.flatMap(countsOf).filter(([, count]) => count > 0).length;
  const limiter = new BucketLimiter({ bucketsMax: populated, zeroThresholdMax: 0 });
  const limited = limiter.limit({ labels: {}, createdMs: 0 }, origin);
  assertEquals(limited.schema, targetSchema);
  const native = new NativeHistogram();
  native.read(limited);
  [native.positive, native.negative].forEach(({ offsets, lengths, spanCount, deltas, deltaCount }, at) => {
    const spans = Array.from({ length: spanCount }, (_, i): Span => [offsets[i], lengths[i]]);
    const side = { spans, deltas: Array.from(deltas.subarray(0, deltaCount)) };
    assertEquals(compacted(side, 0), wanted[at]);
  });
}

function assertSame(actual: number, expected: number, name: string): void {
  if (Number.isFinite(expected)) assertAlmostEquals(actual, expected, 1e-12, name);
  else assertEquals(actual, expected, name);
}

function assertBuckets(actual: readonly Bucket[], expected: readonly VectorBucket[]): void {
  const near = (a: number, b: number) => a === b || Math.abs(a - b) <= Math.abs(b) * 1e-15;
  assertEquals(actual.length, expected.length);
  expected.forEach(({ Lower, Upper, Count, LowerInclusive, UpperInclusive, Index }, i) => {
    const { lower, upper, ...others } = actual[i];
    const wanted = {
      index: Index,
      isLowerInclusive: LowerInclusive,
      isUpperInclusive: UpperInclusive,
      count: Count,
    };
    assertEquals(others, wanted);
    assert(
      near(lower, numberOf(Lower)) && near(upper, numberOf(Upper)),
      `${lower} to ${upper}, not ${Lower}, ${Upper}`,
    );
  });
}

function histogramOf(vector: VectorHistogram): SpanHistogram {
  return {
    schema: vector.Schema ?? 0,
    count: vector.Count ?? 0,
    sum: numberOf(vector.Sum ?? 0),
    zeroThreshold: vector.ZeroThreshold ?? 0,
    zeroCount: vector.ZeroCount ?? 0,
    positive: { spans: spansOf(vector.PositiveSpans), deltas: vector.PositiveBuckets ?? [] },
    negative: { spans: spansOf(vector.NegativeSpans), deltas: vector.NegativeBuckets ?? [] },
    ...(vector.CustomValues !== undefined && { customBounds: vector.CustomValues.map(numberOf) }),
  };
}

function spansOf(spans: readonly VectorSpan[] = []): Span[] {
  return spans.map((span): Span => "Offset" in span ? [span.Offset, span.Length] : span);
}

function protoSpans(spans: readonly VectorSpan[]): ProtoSpan[] {
  return spansOf(spans).map(([offset, length]) => ({ offset, length }));
}

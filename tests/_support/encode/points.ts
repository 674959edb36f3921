/**
 * Families and points to encode, made from what a test cares about.
 *
 * @module
 */

import type {
  ExponentialBuckets,
  HistogramMetricFamily,
  HistogramPoint,
  MetricFamily,
  ScalarMetricFamily,
  SummaryMetricFamily,
} from "../../../src/model/families.ts";
import type { Encoder } from "../../../src/encode/encoder.ts";
import { ZERO_THRESHOLD } from "../../../src/sketch/exponential.ts";
import { Moment, Sketch } from "../../../src/sketch/sketch.ts";

/** A family of which only some is given. */
type Given<Family> = Partial<Omit<Family, "type">>;

/** A family of counters or gauges. */
export function scalarFamily(type: "counter" | "gauge", given: Given<ScalarMetricFamily>): ScalarMetricFamily {
  return { name: "orders", unit: "", help: "", owner: {}, points: [], ...given, type };
}

/** A family of summaries. */
export function summaryFamily(given: Given<SummaryMetricFamily>): SummaryMetricFamily {
  return { name: "size_window", unit: "", help: "", owner: {}, points: [], ...given, type: "summary" };
}

/** A family of histograms. */
export function histogramFamily(given: Given<HistogramMetricFamily>): HistogramMetricFamily {
  return { name: "size", unit: "", help: "", owner: {}, bounds: [], points: [], ...given, type: "histogram" };
}

/** A histogram; its buckets are as many as its family has bounds. */
export function histogramPoint(
  given: Partial<Omit<HistogramPoint, "bucketCounts" | "exponentialBuckets">> & {
    readonly counts?: ArrayLike<number>;
    readonly buckets?: ExponentialBuckets;
  },
): HistogramPoint {
  const { counts = [], buckets, ...fields } = given;
  return {
    labels: {},
    count: 0,
    sum: 0,
    createdMs: 0,
    bucketExemplars: [],
    exemplars: [],
    ...fields,
    bucketCounts: () => counts,
    exponentialBuckets: () => buckets,
  };
}

/** Counts values. */
export function sketchOf(values: readonly number[], schema: number): Sketch {
  const sketch = new Sketch(schema);
  for (const value of values) sketch.record(value, 1);
  return sketch;
}

/** The buckets of a sketch. */
export function exponentialOf({ schema, moments, positive, negative }: Sketch): ExponentialBuckets {
  return { schema, zeroThreshold: ZERO_THRESHOLD, zeroCount: moments[Moment.zeros], positive, negative };
}

/** Buckets from counts by index. */
export function exponentialBuckets(
  schema: number,
  positive: readonly (readonly [index: number, count: number])[],
  negative: readonly (readonly [index: number, count: number])[] = [],
  zeroCount = 0,
): ExponentialBuckets {
  return { schema, zeroThreshold: ZERO_THRESHOLD, zeroCount, positive: runOf(positive), negative: runOf(negative) };
}

/** Encodes families, all of their points. */
export function encode(encoder: Encoder, families: readonly MetricFamily[]): Uint8Array<ArrayBuffer> {
  for (const family of families) {
    encoder.begin(family);
    for (const point of family.points) encoder.write(point);
    encoder.endFamily();
  }
  return encoder.end();
}

function runOf(entries: readonly (readonly [index: number, count: number])[]): ExponentialBuckets["positive"] {
  const low = Math.min(...entries.map(([index]) => index));
  const high = Math.max(...entries.map(([index]) => index));
  const counts = new Float64Array(entries.length === 0 ? 0 : high - low + 1);
  for (const [index, count] of entries) counts[index - low] += count;
  return { low: entries.length === 0 ? 0 : low, counts };
}

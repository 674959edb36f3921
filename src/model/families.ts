/**
 * What the exposition formats are written from: families of points, read at the moment they are written, so that a
 * scrape copies nothing. A series is its own point; the JSON snapshot, which must not change, is in `snapshot.ts`.
 *
 * @module
 */

import type { Exemplar, Labels } from "./model.ts";

/** Counts of consecutive buckets. */
export interface BucketRun {
  /** The bucket of `counts[0]`. */
  readonly low: number;
  /** Counts, one a bucket. */
  readonly counts: Float64Array;
}

/** The buckets of an exponential histogram: bucket i holds the values in (base^(i−1), base^i], base = 2^(2^−schema). */
export interface ExponentialBuckets {
  /** The resolution, −4 to 8. */
  readonly schema: number;
  /** Values up to this far from zero, both ways, are in the zero bucket. */
  readonly zeroThreshold: number;
  /** The count of the zero bucket. */
  readonly zeroCount: number;
  /** Values above zero. */
  readonly positive: BucketRun;
  /** Values below zero, by their magnitude. */
  readonly negative: BucketRun;
}

/** What all points have. */
interface Point {
  /** The label set; the same object at each scrape, as long as its series exists. */
  readonly labels: Labels;
  /** The name of a sliding window, which is one more label, `window`, behind the others. */
  readonly window?: string;
}

/** The value of a counter or gauge. */
export interface ScalarPoint extends Point {
  /** The value. */
  readonly value: number;
  /** When it began to count, in milliseconds since the epoch; counters only. */
  readonly createdMs?: number;
  /** One of the increments; counters only. */
  readonly exemplar?: Exemplar;
}

/** Quantiles, with or without what they were taken from. */
export interface SummaryPoint extends Point {
  /** Quantiles, 0 to 1, and their values; NaN if there are none. */
  readonly quantiles: readonly (readonly [quantile: number, value: number])[];
  /** How many values there ever were; `undefined` for quantiles alone. */
  readonly count?: number;
  /** Their sum; there if and only if the count is. */
  readonly sum?: number;
  /** When it began, in milliseconds since the epoch. */
  readonly createdMs?: number;
}

/** A distribution. */
export interface HistogramPoint extends Point {
  /** Values recorded. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /** When it began, in milliseconds since the epoch. */
  readonly createdMs: number;
  /** Values at or below each of the family's bounds, cumulative; valid until the next call for any point. */
  bucketCounts(): ArrayLike<number>;
  /** By classic bucket, the one up to `+Inf` last: a measurement that lies in it. Empty if there are none at all. */
  readonly bucketExemplars: readonly (Exemplar | undefined)[];
  /** The exponential buckets; `undefined` if values are not counted in such. */
  exponentialBuckets(): ExponentialBuckets | undefined;
  /** Measurements from all over the range, at most ten. */
  readonly exemplars: readonly Exemplar[];
}

/** What all families have. */
interface Family {
  /** The name it is exposed under, with `_total` for counters. */
  readonly name: string;
  /** The unit, empty if it has none. Else the name, without `_total`, ends in it. */
  readonly unit: string;
  /** What it measures; empty if nobody said. */
  readonly help: string;
  /**
   * What the label sets belong to: families with the same owner have the same label sets in the same order, some
   * repeated. Encoders keep the bytes of label sets by it.
   */
  readonly owner: object;
}

/** Counters or gauges of one name. */
export interface ScalarMetricFamily extends Family {
  /** Which of the two. */
  readonly type: "counter" | "gauge";
  /** One a label set. */
  readonly points: Iterable<ScalarPoint>;
}

/** Summaries of one name. */
export interface SummaryMetricFamily extends Family {
  /** Quantiles that cannot be added up. */
  readonly type: "summary";
  /** One a label set and window. */
  readonly points: Iterable<SummaryPoint>;
}

/** Histograms of one name. */
export interface HistogramMetricFamily extends Family {
  /** Buckets that can be added up. */
  readonly type: "histogram";
  /** Upper bounds of the classic buckets, ascending, without `+Inf`. */
  readonly bounds: readonly number[];
  /** One a label set. */
  readonly points: Iterable<HistogramPoint>;
}

/** All samples of one name. */
export type MetricFamily = ScalarMetricFamily | SummaryMetricFamily | HistogramMetricFamily;

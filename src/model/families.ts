/**
 * Families of points, from which the exposition formats are written. A scrape copies nothing: a series is its own
 * point and is read while it is written. The JSON snapshot, which is immutable, is defined in `snapshot.ts`.
 *
 * @module
 */

import type { Exemplar, Labels } from "./model.ts";

/** Counts of consecutive buckets. */
export interface BucketRun {
  /** Index of the bucket of `counts[0]`. */
  readonly low: number;
  /** Count of each bucket. */
  readonly counts: Float64Array;
}

/** Buckets of an exponential histogram: bucket i holds the values in (base^(i−1), base^i], base = 2^(2^−schema). */
export interface ExponentialBuckets {
  /** Resolution, −4 to 8. */
  readonly schema: number;
  /** Bound of the zero bucket, in both directions. */
  readonly zeroThreshold: number;
  /** Count of the zero bucket. */
  readonly zeroCount: number;
  /** Values above zero. */
  readonly positive: BucketRun;
  /** Values below zero, by their magnitude. */
  readonly negative: BucketRun;
}

/** Members of all points. */
interface Point {
  /** Label set; the same object in every scrape while its series exists. */
  readonly labels: Labels;
  /** Name of a sliding window, exposed as an additional last label, `window`. */
  readonly window?: string;
}

/** Value of a counter or gauge. */
export interface ScalarPoint extends Point {
  readonly value: number;
  /** Time from which it counts, in milliseconds since the epoch; counters only. */
  readonly createdMs?: number;
  /** Exemplar of an increment; counters only. */
  readonly exemplar?: Exemplar;
}

/** Quantiles, with or without the count and sum of their values. */
export interface SummaryPoint extends Point {
  /** Quantiles, 0 to 1, and their values; NaN if there are none. */
  readonly quantiles: readonly (readonly [quantile: number, value: number])[];
  /** Number of values since the start; `undefined` for quantiles alone. */
  readonly count?: number;
  /** Sum of the values; present if and only if the count is. */
  readonly sum?: number;
  /** Time of the start, in milliseconds since the epoch. */
  readonly createdMs?: number;
}

/** Distribution. */
export interface HistogramPoint extends Point {
  /** Number of values. */
  readonly count: number;
  /** Sum of the values. */
  readonly sum: number;
  /** Time of the start, in milliseconds since the epoch. */
  readonly createdMs: number;
  /**
   * Returns the number of values at or below each of the family's bounds, cumulative; valid until the next call for any
   * point.
   */
  bucketCounts(): ArrayLike<number>;
  /** Exemplar of each classic bucket, the one up to `+Inf` last. Empty if there are none. */
  readonly bucketExemplars: readonly (Exemplar | undefined)[];
  /** Returns the exponential buckets; `undefined` for another type of sketch. */
  exponentialBuckets(): ExponentialBuckets | undefined;
  /** Exemplars from the whole range, at most ten. */
  readonly exemplars: readonly Exemplar[];
}

/** Members of all families. */
interface Family {
  /** Exposed name, with `_total` for counters. */
  readonly name: string;
  /** Unit, the suffix of the name without `_total`; empty if it has none. */
  readonly unit: string;
  /** Description of what it measures; empty if it has none. */
  readonly help: string;
  /**
   * Owner of the label sets: families with the same owner have the same label sets in the same order, some of them
   * repeatedly. Encoders cache the bytes of label sets by owner.
   */
  readonly owner: object;
}

/** Counters or gauges of one name. */
export interface ScalarMetricFamily extends Family {
  readonly type: "counter" | "gauge";
  /** Points, one for each label set. */
  readonly points: Iterable<ScalarPoint>;
}

/** Summaries of one name. */
export interface SummaryMetricFamily extends Family {
  /** Type of quantiles, which cannot be added up. */
  readonly type: "summary";
  /** Points, one for each label set and window. */
  readonly points: Iterable<SummaryPoint>;
}

/** Histograms of one name. */
export interface HistogramMetricFamily extends Family {
  /** Type of buckets, which can be added up. */
  readonly type: "histogram";
  /** Upper bounds of the classic buckets, ascending, without `+Inf`. */
  readonly bounds: readonly number[];
  /** Points, one for each label set. */
  readonly points: Iterable<HistogramPoint>;
}

/** Family of any type. */
export type MetricFamily = ScalarMetricFamily | SummaryMetricFamily | HistogramMetricFamily;

/**
 * Limit on the exposed buckets of a series. A series over the limit is reduced as in `client_golang`: first the zero
 * bucket grows, bucket by bucket, as far as permitted; then the resolution is halved repeatedly.
 *
 * Prometheus takes a rising schema or a falling zero threshold for a restart of the histogram. The limiter therefore
 * remembers its choice for a series: between expositions the schema only falls and the threshold only grows, to the
 * bound of a bucket, until the series is reset.
 *
 * @module
 */

import type { BucketRun, ExponentialBuckets, HistogramPoint } from "../model/families.ts";
import { type BucketLimit, SCHEMA_MIN } from "../model/model.ts";
import { coarsened, indexOf, upperBoundOf } from "../sketch/exponential.ts";

/** Identity of a series until it is reset. */
export type LimitedSeries = Pick<HistogramPoint, "labels" | "createdMs">;

/** Form in which a series was exposed. */
interface Measure {
  readonly createdMs: number;
  readonly schema: number;
  readonly zeroThreshold: number;
}

/** Limiter of the exposed buckets of series. */
export class BucketLimiter {
  readonly #limit: BucketLimit;
  /** Forms of the series that exceeded the limit at least once. */
  readonly #measures: WeakMap<object, Measure> = new WeakMap();

  /** Applies one limit to all series. */
  constructor(limit: BucketLimit) {
    this.#limit = limit;
  }

  /**
   * Returns the buckets of a series within the limit.
   *
   * @param series Series of the buckets
   * @param buckets Buckets of all its values at this moment
   * @returns The same object, unless the limit is or was exceeded
   */
  limit({ labels, createdMs }: LimitedSeries, buckets: ExponentialBuckets): ExponentialBuckets {
    const { bucketsMax, zeroThresholdMax } = this.#limit;
    const measure = this.#measures.get(labels);
    let limited = measure?.createdMs === createdMs ? measured(buckets, measure) : buckets;
    while (isOver(limited, bucketsMax)) {
      const reduced = widened(limited, zeroThresholdMax) ?? halved(limited);
      if (reduced === undefined) break;
      limited = reduced;
    }
    if (limited !== buckets) {
      this.#measures.set(labels, { createdMs, schema: limited.schema, zeroThreshold: limited.zeroThreshold });
    }
    return limited;
  }
}

/** Returns buckets no finer than remembered, with at least the remembered zero bucket. */
function measured(buckets: ExponentialBuckets, measure: Measure): ExponentialBuckets {
  const { zeroThreshold } = measure;
  const schema = Math.min(measure.schema, buckets.schema);
  if (zeroThreshold <= buckets.zeroThreshold) return atSchema(buckets, schema);
  const last = indexOf(zeroThreshold, buckets.schema);
  const isBound = upperBoundOf(last, buckets.schema) === zeroThreshold;
  const isPopulated = isPopulatedAt(buckets.positive, last) || isPopulatedAt(buckets.negative, last);
  if (isBound || !isPopulated) return atSchema(absorbing(buckets, last, zeroThreshold), schema);
  // The sketch has become coarser, and one of its buckets contains the threshold.
  const lastCoarse = indexOf(zeroThreshold, schema);
  return absorbing(atSchema(buckets, schema), lastCoarse, upperBoundOf(lastCoarse, schema));
}

/** Returns buckets whose zero bucket has absorbed the nearest ones; `undefined` if it may not grow so far. */
function widened(buckets: ExponentialBuckets, zeroThresholdMax: number): ExponentialBuckets | undefined {
  const { schema, positive, negative } = buckets;
  const nearest = Math.min(firstPopulated(positive), firstPopulated(negative));
  const zeroThreshold = upperBoundOf(nearest, schema);
  return zeroThreshold > zeroThresholdMax ? undefined : absorbing(buckets, nearest, zeroThreshold);
}

function halved(buckets: ExponentialBuckets): ExponentialBuckets | undefined {
  return buckets.schema === SCHEMA_MIN ? undefined : atSchema(buckets, buckets.schema - 1);
}

/** Moves the values of all buckets up to `last` into the zero bucket. */
function absorbing(buckets: ExponentialBuckets, last: number, zeroThreshold: number): ExponentialBuckets {
  const positive = behind(buckets.positive, last);
  const negative = behind(buckets.negative, last);
  const before = totalOf(buckets.positive) + totalOf(buckets.negative);
  const zeroCount = buckets.zeroCount + before - totalOf(positive) - totalOf(negative);
  return { schema: buckets.schema, zeroThreshold, zeroCount, positive, negative };
}

/** Returns a view of the buckets after `last`. */
function behind({ low, counts }: BucketRun, last: number): BucketRun {
  const from = Math.max(0, last + 1 - low);
  return { low: low + from, counts: counts.subarray(from) };
}

function atSchema(buckets: ExponentialBuckets, schema: number): ExponentialBuckets {
  const shift = buckets.schema - schema;
  if (shift === 0) return buckets;
  return { ...buckets, schema, positive: merged(buckets.positive, shift), negative: merged(buckets.negative, shift) };
}

/** Returns the counts in buckets 2^shift times as wide. */
function merged(run: BucketRun, shift: number): BucketRun {
  if (run.counts.length === 0) return run;
  const low = coarsened(run.low, shift);
  const counts = new Float64Array(coarsened(run.low + run.counts.length - 1, shift) - low + 1);
  for (let i = 0; i < run.counts.length; i++) counts[coarsened(run.low + i, shift) - low] += run.counts[i];
  return { low, counts };
}

function isPopulatedAt({ low, counts }: BucketRun, index: number): boolean {
  return index >= low && index < low + counts.length && counts[index - low] !== 0;
}

/** Index of the populated bucket nearest to zero; `Infinity` if there is none. */
function firstPopulated({ low, counts }: BucketRun): number {
  const at = counts.findIndex((count) => count !== 0);
  return at < 0 ? Number.POSITIVE_INFINITY : low + at;
}

function isOver({ positive, negative }: ExponentialBuckets, bucketsMax: number): boolean {
  // Fast path: the length alone is within the limit.
  if (positive.counts.length + negative.counts.length <= bucketsMax) return false;
  return populatedOf(positive.counts) + populatedOf(negative.counts) > bucketsMax;
}

function populatedOf(counts: Float64Array): number {
  let populated = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] !== 0) populated += 1;
  return populated;
}

function totalOf({ counts }: BucketRun): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i];
  return total;
}

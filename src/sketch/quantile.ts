/**
 * Quantiles of a sketch. An exponential sketch returns a value within half a bucket of the true one: at schema 6 at
 * most 0.55 % off, for any distribution. A t-digest returns a value whose rank is near the true one, nearest in the
 * tails.
 *
 * @module
 */

import type { BucketRun } from "./bucket_store.ts";
import { upperBoundOf } from "./exponential.ts";
import { Moment, type SketchLike } from "./sketch.ts";
import { type DigestLike, DigestWalk } from "./tdigest.ts";

/** Quantiles in every snapshot, ascending. */
export const QUANTILES: readonly number[] = [0.5, 0.9, 0.95, 0.99, 0.999];

/**
 * Values at quantiles by the nearest-rank definition: the smallest recorded value that is not exceeded by at least
 * `q · count` values.
 *
 * @param quantiles Ascending, each 0 to 1
 * @returns One value per quantile; all NaN if the sketch is empty
 */
export function quantilesOf(sketch: SketchLike | DigestLike, quantiles: readonly number[]): number[] {
  const count = sketch.moments[Moment.count];
  if (count === 0) return quantiles.map(() => NaN);
  const min = sketch.moments[Moment.min];
  const max = sketch.moments[Moment.max];
  const walk = "means" in sketch ? new DigestWalk(sketch) : new BucketWalk(sketch);
  return quantiles.map((q) => {
    const rank = Math.max(1, Math.ceil(q * count));
    // The extremes are known exactly.
    if (rank >= count) return max;
    if (rank === 1) return min;
    return Math.min(max, Math.max(min, walk.valueAtRank(rank)));
  });
}

/** One pass through the buckets, from the lowest value to the highest. */
class BucketWalk {
  readonly #schema: number;
  readonly #negative: BucketRun;
  readonly #positive: BucketRun;
  readonly #zeros: number;
  /** Position: negative buckets from the largest magnitude down, zero, positive buckets up. */
  #step = 0;
  #passed: number;

  constructor({ schema, negative, positive, moments }: SketchLike) {
    this.#schema = schema;
    this.#negative = negative;
    this.#positive = positive;
    this.#zeros = moments[Moment.zeros];
    this.#passed = this.#countAt(0);
  }

  /** Returns the middle of the bucket that holds the value of a rank; ranks must not decrease between calls. */
  valueAtRank(rank: number): number {
    const last = this.#negative.counts.length + this.#positive.counts.length;
    while (this.#passed < rank && this.#step < last) {
      this.#step += 1;
      this.#passed += this.#countAt(this.#step);
    }
    return this.#valueAt(this.#step);
  }

  #countAt(step: number): number {
    const { counts } = this.#negative;
    if (step < counts.length) return counts[counts.length - 1 - step];
    if (step === counts.length) return this.#zeros;
    return this.#positive.counts[step - counts.length - 1];
  }

  #valueAt(step: number): number {
    const { low, counts } = this.#negative;
    if (step < counts.length) return -middle(this.#schema, low + counts.length - 1 - step);
    if (step === counts.length) return 0;
    return middle(this.#schema, this.#positive.low + step - counts.length - 1);
  }
}

/** Point of a bucket with the same relative distance to both bounds. */
export function middle(schema: number, index: number): number {
  const low = upperBoundOf(index - 1, schema);
  const high = upperBoundOf(index, schema);
  // Equals 2·low·high / (low + high), in an order that cannot overflow.
  return low * (2 / (1 + low / high));
}

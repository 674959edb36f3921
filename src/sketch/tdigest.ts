/**
 * T-digest: values as centroids, each the mean of neighbouring values, small at the ends and large in the middle. It
 * bounds the rank error of a quantile, most tightly in the tails; count, sum, minimum and maximum are exact.
 *
 * Values are collected in a buffer; when it is full, it is sorted and merged with the centroids in one pass. The weight
 * of a centroid stays below n · q(1 − q) · Z(n)/δ at both of its ends, which is the scale function k2.
 *
 * Source: T. Dunning and O. Ertl, "Computing extremely accurate quantiles using t-digests", 2019, the merging variant;
 * Z(n) as in Dunning's MergingDigest.
 *
 * @module
 */

import type { Batch } from "./batch.ts";
import { NO_BUCKET } from "./exponential.ts";
import { addMoments, addRunMoments, clearMoments, createMoments, mergeMoments, Moment } from "./moments.ts";
import { PAIRS_MAX, sortPairs } from "./sort_pairs.ts";

/** δ, about the maximum number of centroids. Chosen by the rank error at p99.9, see `tests/sketch/tdigest_test.ts`. */
const COMPRESSION = 300;
const BUFFER_LENGTH = PAIRS_MAX;

/** Values that can be merged into a digest. */
export interface DigestLike {
  /** Exact statistics, see {@linkcode Moment}. */
  readonly moments: Float64Array;
  /** Means of the centroids, ascending. */
  readonly means: Float64Array;
  /** Weights of the centroids: the number of values that each one represents. */
  readonly weights: Float64Array;
}

/** Buffers of a merge before it replaces the centroids; shared by all digests of a thread. */
let mergedMeans = new Float64Array(2 * BUFFER_LENGTH);
let mergedWeights = new Float64Array(2 * BUFFER_LENGTH);

/** Mutable t-digest. */
export class TDigest implements DigestLike {
  /** Exact statistics, see {@linkcode Moment}. */
  readonly moments: Float64Array = createMoments();
  #means: Float64Array = new Float64Array(0);
  #weights: Float64Array = new Float64Array(0);
  #size = 0;
  /** Values not yet merged; allocated at the first value, because a digest that only merges needs no buffer. */
  #bufferValues: Float64Array | undefined;
  #bufferWeights: Float64Array | undefined;
  #buffered = 0;

  /** Number of values. */
  get count(): number {
    return this.moments[Moment.count];
  }

  /** Means of the centroids, ascending; a view, valid until the next change. */
  get means(): Float64Array {
    this.#mergeBuffer();
    return this.#means.subarray(0, this.#size);
  }

  /** Weights of the centroids; a view, valid until the next change. */
  get weights(): Float64Array {
    this.#mergeBuffer();
    return this.#weights.subarray(0, this.#size);
  }

  /**
   * Counts a value.
   *
   * @param value A finite number
   * @param weight Number of values that it represents
   * @returns {@linkcode NO_BUCKET}: a digest has no buckets
   */
  record(value: number, weight: number): number {
    addMoments(this.moments, value, weight);
    this.#gather(value, weight);
    return NO_BUCKET;
  }

  /**
   * Counts a run of a batch's values.
   *
   * @param batch Values
   * @param from Index of the first value
   * @param end Index after the last value
   */
  recordRun(batch: Batch, from: number, end: number): void {
    addRunMoments(this.moments, batch, from, end);
    const { values, weights } = batch;
    for (let i = from; i < end; i++) this.#gather(values[i], weights[i]);
  }

  /** Adds the values of another digest or slice. */
  merge(other: DigestLike): void {
    this.#mergeBuffer();
    mergeMoments(this.moments, other.moments);
    this.#mergeSorted(other.means, other.weights, other.means.length);
  }

  /** Removes all values, keeping the memory. */
  clear(): void {
    clearMoments(this.moments);
    this.#size = 0;
    this.#buffered = 0;
  }

  #gather(value: number, weight: number): void {
    const values = this.#bufferValues ??= new Float64Array(BUFFER_LENGTH);
    const weights = this.#bufferWeights ??= new Float64Array(BUFFER_LENGTH);
    values[this.#buffered] = value;
    weights[this.#buffered] = weight;
    this.#buffered += 1;
    if (this.#buffered === BUFFER_LENGTH) this.#mergeBuffer();
  }

  #mergeBuffer(): void {
    if (this.#bufferValues === undefined || this.#bufferWeights === undefined) return;
    const count = this.#buffered;
    sortPairs(this.#bufferValues, this.#bufferWeights, count);
    this.#buffered = 0;
    this.#mergeSorted(this.#bufferValues, this.#bufferWeights, count);
  }

  /** Merges the centroids with ascending values. */
  #mergeSorted(values: Float64Array, weights: Float64Array, count: number): void {
    if (count === 0) return;
    const size = interleave(this.#means, this.#weights, this.#size, values, weights, count);
    this.#size = compress(size);
    if (this.#size > this.#means.length) {
      const room = Math.ceil(this.#size * 1.25);
      this.#means = new Float64Array(room);
      this.#weights = new Float64Array(room);
    }
    this.#means.set(mergedMeans.subarray(0, this.#size));
    this.#weights.set(mergedWeights.subarray(0, this.#size));
  }
}

/** Copies a digest into arrays of its exact length. */
export function freezeDigest(digest: TDigest): DigestLike {
  return { moments: digest.moments.slice(), means: digest.means.slice(), weights: digest.weights.slice() };
}

/** Merges two ascending lists into {@linkcode mergedMeans} and {@linkcode mergedWeights}; returns their length. */
function interleave(
  means: Float64Array,
  weights: Float64Array,
  size: number,
  otherMeans: Float64Array,
  otherWeights: Float64Array,
  otherSize: number,
): number {
  const total = size + otherSize;
  if (total > mergedMeans.length) {
    mergedMeans = new Float64Array(total * 2);
    mergedWeights = new Float64Array(total * 2);
  }
  const toMeans = mergedMeans;
  const toWeights = mergedWeights;
  let mine = 0;
  let other = 0;
  for (let to = 0; to < total; to++) {
    if (other === otherSize || (mine < size && means[mine] <= otherMeans[other])) {
      toMeans[to] = means[mine];
      toWeights[to] = weights[mine++];
    } else {
      toMeans[to] = otherMeans[other];
      toWeights[to] = otherWeights[other++];
    }
  }
  return total;
}

/**
 * Joins neighbours in {@linkcode mergedMeans} and {@linkcode mergedWeights} as far as the scale function allows;
 * returns the number of remaining centroids.
 */
function compress(size: number): number {
  const means = mergedMeans;
  const weights = mergedWeights;
  // Not the count of the moments, which may be ahead of the merged values and would distort the upper tail.
  let count = 0;
  for (let i = 0; i < size; i++) count += weights[i];
  const factor = (4 * Math.log(Math.max(1, count / COMPRESSION)) + 24) / (COMPRESSION * count);
  let at = 0;
  let before = 0;
  for (let next = 1; next < size; next++) {
    const joined = weights[at] + weights[next];
    const end = before + joined;
    // Maximum weight, n · q(1 − q) · Z/δ, at either end of the joined centroid.
    const limit = factor * Math.min(before * (count - before), end * (count - end));
    if (joined <= limit) {
      const share = weights[next] / joined;
      const mean = means[at] * (1 - share) + means[next] * share;
      means[at] = Math.min(means[next], Math.max(means[at], mean));
      weights[at] = joined;
    } else {
      before += weights[at];
      at += 1;
      means[at] = means[next];
      weights[at] = weights[next];
    }
  }
  return at + 1;
}

/** One pass through the centroids, from the lowest value to the highest. */
export class DigestWalk {
  readonly #digest: DigestLike;
  /** Index of the centroid whose middle lies at or after the last rank. */
  #at = 0;
  /** Weight of all earlier centroids. */
  #before = 0;

  /** Starts at the lowest value. */
  constructor(digest: DigestLike) {
    const { moments, means, weights } = digest;
    this.#digest = { moments, means, weights };
  }

  /** Returns the value of a rank, between the means of two centroids; ranks must not decrease between calls. */
  valueAtRank(rank: number): number {
    const { moments, means, weights } = this.#digest;
    const place = rank - 0.5;
    while (this.#at < means.length && this.#before + weights[this.#at] / 2 < place) {
      this.#before += weights[this.#at];
      this.#at += 1;
    }
    const at = this.#at;
    // The scale function joins the outermost values with no other.
    if (at === 0) return moments[Moment.min];
    if (at === means.length) return moments[Moment.max];
    const from = this.#before - weights[at - 1] / 2;
    const to = this.#before + weights[at] / 2;
    const low = means[at - 1];
    const high = means[at];
    const share = Math.min(1, Math.max(0, (place - from) / (to - from)));
    // In halves, so that the difference of the largest doubles cannot overflow.
    const between = 2 * (low / 2 + share * (high / 2 - low / 2));
    return Math.min(high, Math.max(low, between));
  }
}

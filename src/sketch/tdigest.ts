/**
 * A t-digest: the values as centroids, each the mean of some neighbours, small ones at the ends and
 * large ones in the middle. What it promises is the rank of a quantile, tightest in the tails; count,
 * sum, smallest and largest are exact.
 *
 * Values are gathered in a buffer; when it is full, it is sorted and merged with the centroids in one
 * pass. A centroid may grow as long as its weight stays below n · q(1 − q) · Z(n)/δ at both of its
 * ends, which is the scale function k2.
 *
 * Source: T. Dunning and O. Ertl, "Computing extremely accurate quantiles using t-digests", 2019,
 * the merging variant; Z(n) as in Dunning's MergingDigest.
 *
 * @module
 */

import type { Batch } from "./batch.ts";
import { NO_BUCKET } from "./exponential.ts";
import { addMoments, addRunMoments, clearMoments, createMoments, mergeMoments, Moment } from "./moments.ts";
import { sortPairs } from "./sort_pairs.ts";

/** δ: no more centroids than about this. Chosen by the rank error at p99.9, see `tests/sketch/tdigest_test.ts`. */
const COMPRESSION = 300;
const BUFFER_LENGTH = 1_024;

/** What can be merged into a digest. */
export interface DigestLike {
  /** See {@linkcode Moment}. */
  readonly moments: Float64Array;
  /** The centroids' means, ascending. */
  readonly means: Float64Array;
  /** How many values each centroid stands for. */
  readonly weights: Float64Array;
}

/** Where a merge is written to before it replaces the centroids; all digests of a thread share it. */
let mergedMeans = new Float64Array(2 * BUFFER_LENGTH);
let mergedWeights = new Float64Array(2 * BUFFER_LENGTH);

/** A t-digest that still grows. */
export class TDigest implements DigestLike {
  /** Count, sum, min and max, see {@linkcode Moment}. */
  readonly moments: Float64Array = createMoments();
  #means: Float64Array = new Float64Array(0);
  #weights: Float64Array = new Float64Array(0);
  #size = 0;
  /** What is not merged yet; made when the first value comes, because a digest that only merges needs none. */
  #bufferValues: Float64Array | undefined;
  #bufferWeights: Float64Array | undefined;
  #buffered = 0;

  /** Values recorded. */
  get count(): number {
    return this.moments[Moment.count];
  }

  /** The centroids' means, ascending; a view, valid until the next change. */
  get means(): Float64Array {
    this.#mergeBuffer();
    return this.#means.subarray(0, this.#size);
  }

  /** How many values each centroid stands for; a view, valid until the next change. */
  get weights(): Float64Array {
    this.#mergeBuffer();
    return this.#weights.subarray(0, this.#size);
  }

  /**
   * Counts a value.
   *
   * @param value A finite number
   * @param weight How many values it stands for
   * @returns {@linkcode NO_BUCKET}: a digest has none
   */
  record(value: number, weight: number): number {
    addMoments(this.moments, value, weight);
    this.#gather(value, weight);
    return NO_BUCKET;
  }

  /**
   * Counts a run of a batch's values.
   *
   * @param batch The values
   * @param from The first
   * @param end Behind the last
   */
  recordRun(batch: Batch, from: number, end: number): void {
    addRunMoments(this.moments, batch, from, end);
    const { values, weights } = batch;
    for (let i = from; i < end; i++) this.#gather(values[i], weights[i]);
  }

  /** Adds what another digest or slice holds. */
  merge(other: DigestLike): void {
    this.#mergeBuffer();
    mergeMoments(this.moments, other.moments);
    this.#mergeSorted(other.means, other.weights, other.means.length);
  }

  /** Forgets all values and keeps the memory. */
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
    const count = this.#buffered;
    if (count === 0 || this.#bufferValues === undefined || this.#bufferWeights === undefined) return;
    sortPairs(this.#bufferValues, this.#bufferWeights, count);
    this.#buffered = 0;
    this.#mergeSorted(this.#bufferValues, this.#bufferWeights, count);
  }

  /** Merges the centroids with others that ascend. */
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

/** The means and weights of a digest in arrays of just their length. */
export function freezeDigest(digest: TDigest): DigestLike {
  return { moments: digest.moments.slice(), means: digest.means.slice(), weights: digest.weights.slice() };
}

/** Writes two ascending lists as one to where merges are written; gives its length. */
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
 * Joins neighbours, in place where merges are written, as far as the scale function lets them; gives
 * how many are left.
 */
function compress(size: number): number {
  const means = mergedMeans;
  const weights = mergedWeights;
  // Not that of the moments: they may be ahead of what is merged, and then the upper tail would not be seen as one.
  let count = 0;
  for (let i = 0; i < size; i++) count += weights[i];
  const factor = (4 * Math.log(Math.max(1, count / COMPRESSION)) + 24) / (COMPRESSION * count);
  let at = 0;
  let before = 0;
  for (let next = 1; next < size; next++) {
    const joined = weights[at] + weights[next];
    const end = before + joined;
    // Of the weight, n · q(1 − q) · Z/δ, at either end of what would be joined.
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

/** Goes through the centroids once, from the lowest value to the highest. */
export class DigestWalk {
  readonly #digest: DigestLike;
  /** The centroid whose middle lies at or behind the place asked for last. */
  #at = 0;
  /** The weight before that centroid. */
  #before = 0;

  /** At the lowest value. */
  constructor(digest: DigestLike) {
    const { moments, means, weights } = digest;
    this.#digest = { moments, means, weights };
  }

  /** The value of a rank, between the means of two centroids; ranks must not fall between calls. */
  valueAtRank(rank: number): number {
    const { moments, means, weights } = this.#digest;
    const place = rank - 0.5;
    while (this.#at < means.length && this.#before + weights[this.#at] / 2 < place) {
      this.#before += weights[this.#at];
      this.#at += 1;
    }
    const at = this.#at;
    // The middle of the first value and of the last are known; between them lie the middles of the centroids.
    const isFirst = at === 0;
    const isBehind = at === means.length;
    const from = isFirst ? 0.5 : this.#before - weights[at - 1] / 2;
    const to = isBehind ? moments[Moment.count] - 0.5 : this.#before + weights[at] / 2;
    const low = isFirst ? moments[Moment.min] : means[at - 1];
    const high = isBehind ? moments[Moment.max] : means[at];
    const share = to > from ? Math.min(1, Math.max(0, (place - from) / (to - from))) : 1;
    // In halves, so that the difference of the largest doubles does not overflow.
    const between = 2 * (low / 2 + share * (high / 2 - low / 2));
    return Math.min(high, Math.max(low, between));
  }
}

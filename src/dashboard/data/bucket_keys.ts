/**
 * Keys of buckets: positive, negative and the zero bucket on one axis, ascending with the values.
 *
 * @module
 */

import type { LiveBuckets } from "../../model/live_frames.ts";

/** Offset larger than the index of any bucket of any schema. */
const OFFSET = 2 ** 20;

/** Keys and counts, interleaved, by ascending keys. */
export type Counts = Int32Array;

/** Counts of no values. */
export const NO_COUNTS: Counts = new Int32Array();

/**
 * Converts the buckets of a frame.
 *
 * @param gained Buckets; one of a coarser schema counts as the bucket in its middle
 * @param schema Resolution of the keys
 */
export function countsOf(gained: LiveBuckets, schema: number): Counts {
  const { positive = [], negative = [], zero = 0 } = gained;
  const buckets = 2 ** (schema - (gained.schema ?? schema));
  const indexOf = (index: number) => middleIndex(index, buckets);
  const counts = new Int32Array(positive.length + negative.length + (zero > 0 ? 2 : 0));
  let at = 0;
  for (let i = negative.length - 2; i >= 0; i -= 2) {
    counts[at++] = -OFFSET - indexOf(negative[i]);
    counts[at++] = negative[i + 1];
  }
  if (zero > 0) {
    counts[at++] = 0;
    counts[at++] = zero;
  }
  for (let i = 0; i < positive.length; i += 2) {
    counts[at++] = OFFSET + indexOf(positive[i]);
    counts[at++] = positive[i + 1];
  }
  return counts;
}

/** Merges each run of the given number of neighbouring buckets into the one in their middle. */
export function coarsened(counts: Counts, buckets: number): Counts {
  if (buckets === 1) return counts;
  const coarse = new Int32Array(counts.length);
  let length = 0;
  for (let i = 0; i < counts.length; i += 2) {
    const key = coarseKey(counts[i], buckets);
    if (length === 0 || coarse[length - 2] !== key) {
      coarse[length++] = key;
      coarse[length++] = 0;
    }
    coarse[length - 1] += counts[i + 1];
  }
  return coarse.slice(0, length);
}

/** Adds two sets of counts. */
export function merge(one: Counts, other: Counts): Counts {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const merged = new Int32Array(one.length + other.length);
  let [i, j, at] = [0, 0, 0];
  while (i < one.length || j < other.length) {
    const key = Math.min(one[i] ?? Infinity, other[j] ?? Infinity);
    let count = 0;
    if (one[i] === key) [count, i] = [count + one[i + 1], i + 2];
    if (other[j] === key) [count, j] = [count + other[j + 1], j + 2];
    merged[at++] = key;
    merged[at++] = count;
  }
  return merged.slice(0, at);
}

/** Returns the number of values. */
export function totalOf(counts: Counts): number {
  let total = 0;
  for (let i = 1; i < counts.length; i += 2) total += counts[i];
  return total;
}

/** Returns the range of a bucket; above zero it excludes `low`. */
export function rangeOf(key: number, schema: number): { readonly low: number; readonly high: number } {
  if (key > 0) return { low: boundOf(key - OFFSET - 1, schema), high: boundOf(key - OFFSET, schema) };
  if (key < 0) return { low: -boundOf(-key - OFFSET, schema), high: -boundOf(-key - OFFSET - 1, schema) };
  return { low: 0, high: 0 };
}

/** Returns the key of the bucket of a value. */
export function keyOf(value: number, schema: number): number {
  if (value === 0) return 0;
  const index = Math.ceil(Math.log2(Math.abs(value)) * 2 ** schema);
  return Math.sign(value) * (OFFSET + index);
}

/** Returns the point with the same relative distance to both bounds of a bucket, as the aggregator does. */
export function middleOf(key: number, schema: number): number {
  const { low, high } = rangeOf(key, schema);
  return low === high ? low : low * (2 / (1 + low / high));
}

function coarseKey(key: number, buckets: number): number {
  if (key === 0) return 0;
  const sign = Math.sign(key);
  return sign * (OFFSET + middleIndex(Math.ceil((sign * key - OFFSET) / buckets), buckets));
}

/** Returns the index of the fine bucket in the middle of a coarse one. */
function middleIndex(coarse: number, buckets: number): number {
  return coarse * buckets - Math.floor(buckets / 2);
}

function boundOf(index: number, schema: number): number {
  return 2 ** (index * 2 ** -schema);
}

/**
 * Buckets of both signs and the zero bucket on one axis: keys that ascend with the values.
 *
 * @module
 */

import type { LiveBuckets } from "../../model/live_frames.ts";

/** Larger than every index of every schema. */
const OFFSET = 2 ** 20;

/** Pairs of a key and a count, one behind the other, ascending. */
export type Counts = Int32Array;

/** No counts at all. */
export const NO_COUNTS: Counts = new Int32Array();

/**
 * What a frame has brought, by keys.
 *
 * @param gained Its buckets. Those of a coarser schema count as the bucket in their middle.
 * @param schema The resolution of the keys
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

/** The same with so many neighbouring buckets as one, which counts as the bucket in their middle. */
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

/** Both together. */
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

/** How many values there are. */
export function totalOf(counts: Counts): number {
  let total = 0;
  for (let i = 1; i < counts.length; i += 2) total += counts[i];
  return total;
}

/** The range of values of a bucket, `low` not in it where it is above zero. */
export function rangeOf(key: number, schema: number): { readonly low: number; readonly high: number } {
  if (key > 0) return { low: boundOf(key - OFFSET - 1, schema), high: boundOf(key - OFFSET, schema) };
  if (key < 0) return { low: -boundOf(-key - OFFSET, schema), high: -boundOf(-key - OFFSET - 1, schema) };
  return { low: 0, high: 0 };
}

/** The key of the bucket that holds a value. */
export function keyOf(value: number, schema: number): number {
  if (value === 0) return 0;
  const index = Math.ceil(Math.log2(Math.abs(value)) * 2 ** schema);
  return Math.sign(value) * (OFFSET + index);
}

/** The point of a bucket whose relative distance to both of its bounds is the same, as in the aggregator. */
export function middleOf(key: number, schema: number): number {
  const { low, high } = rangeOf(key, schema);
  return low === high ? low : low * (2 / (1 + low / high));
}

function coarseKey(key: number, buckets: number): number {
  if (key === 0) return 0;
  const sign = Math.sign(key);
  return sign * (OFFSET + middleIndex(Math.ceil((sign * key - OFFSET) / buckets), buckets));
}

/** The index of the fine bucket in the middle of a coarse one. */
function middleIndex(coarse: number, buckets: number): number {
  return coarse * buckets - Math.floor(buckets / 2);
}

function boundOf(index: number, schema: number): number {
  return 2 ** (index * 2 ** -schema);
}

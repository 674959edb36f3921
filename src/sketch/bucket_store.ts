/**
 * Counts of consecutive buckets in a dense array that grows at both ends. Counts are doubles, exact up to 2⁵³: ten
 * million values per second for 28 years.
 *
 * The array is public for {@linkcode Sketch.record}, which counts every value: a method call would cost as much as the
 * count itself.
 *
 * @module
 */

import type { BucketRun } from "../model/families.ts";

export type { BucketRun } from "../model/families.ts";

const LENGTH_FIRST = 64;

/** Growing array of bucket counts. */
export class BucketStore {
  /** Counts of the buckets from {@linkcode BucketStore.low} on. */
  counts: Float64Array = new Float64Array(0);
  /** Bucket of `counts[0]`. */
  low: number = 0;

  /** Adds to a bucket, growing as needed. */
  add(index: number, count: number): void {
    this.#include(index, index);
    this.counts[index - this.low] += count;
  }

  /** Adds a run of buckets. */
  addRun(run: BucketRun): void {
    const { counts } = run;
    if (counts.length === 0) return;
    this.#include(run.low, run.low + counts.length - 1);
    const mine = this.counts;
    const from = run.low - this.low;
    for (let i = 0; i < counts.length; i++) mine[from + i] += counts[i];
  }

  /** Counts from the first to the last non-empty bucket; a view, valid until the next add. */
  run(): BucketRun {
    const { counts } = this;
    let first = 0;
    let end = counts.length;
    while (first < end && counts[first] === 0) first += 1;
    while (end > first && counts[end - 1] === 0) end -= 1;
    return { low: this.low + first, counts: counts.subarray(first, end) };
  }

  /** Sets all counts to zero, keeping the memory. */
  clear(): void {
    this.counts.fill(0);
  }

  /** Replaces all counts by a run, in just enough memory. */
  reset(run: BucketRun): void {
    this.counts = Float64Array.from(run.counts);
    this.low = run.low;
  }

  #include(low: number, high: number): void {
    const length = this.counts.length;
    const end = this.low + length;
    if (low >= this.low && high < end) return;
    if (length === 0) {
      const spare = Math.max(0, LENGTH_FIRST - (high - low + 1));
      this.low = low - (spare >> 1);
      this.counts = new Float64Array(high - low + 1 + spare);
      return;
    }
    // Allocate a quarter more on the side that grew, so that a drifting range is not copied at every step.
    const newLow = low < this.low ? low - ((end - low) >> 2) : this.low;
    const newEnd = high >= end ? high + 1 + ((high + 1 - this.low) >> 2) : end;
    const counts = new Float64Array(newEnd - newLow);
    counts.set(this.counts, this.low - newLow);
    this.counts = counts;
    this.low = newLow;
  }
}

/**
 * Counts of consecutive buckets in one dense array that grows towards both ends. Counts are
 * doubles: whole numbers up to 2⁵³, so ten million values a second fit for 28 years.
 *
 * @module
 */

const LENGTH_FIRST = 64;

/** Anything that holds counts of the buckets from `low` on. */
export interface BucketRun {
  /** The bucket of `counts[0]`. */
  readonly low: number;
  /** Counts, one a bucket. */
  readonly counts: ArrayLike<number>;
}

/** Growing counts of buckets. */
export class BucketStore {
  #counts: Float64Array = new Float64Array(0);
  /** The bucket that `#counts[0]` stands for. */
  #offset = 0;

  /** Adds to a bucket. */
  add(index: number, count: number): void {
    const at = index - this.#offset;
    if (at >= 0 && at < this.#counts.length) this.#counts[at] += count;
    else this.#addOutside(index, count);
  }

  /** Adds a run of buckets. */
  addRun(run: BucketRun): void {
    const { low, counts } = run;
    if (counts.length === 0) return;
    this.#include(low, low + counts.length - 1);
    const mine = this.#counts;
    const from = low - this.#offset;
    for (let i = 0; i < counts.length; i++) mine[from + i] += counts[i];
  }

  /** The counts between the first and the last bucket that hold any; a view, valid until the next add. */
  run(): BucketRun {
    const counts = this.#counts;
    let first = 0;
    let end = counts.length;
    while (first < end && counts[first] === 0) first += 1;
    while (end > first && counts[end - 1] === 0) end -= 1;
    return { low: this.#offset + first, counts: counts.subarray(first, end) };
  }

  /** Sets all counts to zero and keeps the memory. */
  clear(): void {
    this.#counts.fill(0);
  }

  /** Holds exactly this run from now on; takes no more memory than it needs. */
  reset(run: BucketRun): void {
    this.#counts = Float64Array.from(run.counts);
    this.#offset = run.low;
  }

  /** How many buckets there is room for. */
  get length(): number {
    return this.#counts.length;
  }

  #addOutside(index: number, count: number): void {
    this.#include(index, index);
    this.#counts[index - this.#offset] += count;
  }

  #include(low: number, high: number): void {
    const end = this.#offset + this.#counts.length;
    if (low >= this.#offset && high < end) return;
    if (this.#counts.length === 0) {
      const length = Math.max(LENGTH_FIRST, high - low + 1);
      this.#counts = new Float64Array(length);
      this.#offset = low - ((length - (high - low + 1)) >> 1);
      return;
    }
    // A quarter more than needed on the side that grew, so that a drifting range is not copied at each step.
    const newLow = low < this.#offset ? low - ((end - low) >> 2) : this.#offset;
    const newEnd = high >= end ? high + 1 + ((high + 1 - this.#offset) >> 2) : end;
    const counts = new Float64Array(newEnd - newLow);
    counts.set(this.#counts, this.#offset - newLow);
    this.#counts = counts;
    this.#offset = newLow;
  }
}

/**
 * Exponential histogram: bucket counts, with exact count, sum, minimum and maximum. Negative values have separate
 * buckets, zero has one.
 *
 * Two sketches merge without error at the coarser of their schemas. A sketch whose values span more than
 * {@linkcode BUCKETS_MAX} buckets halves its resolution, so that its memory is bounded.
 *
 * @module
 */

import { type BucketRun, BucketStore } from "./bucket_store.ts";
import type { Batch } from "./batch.ts";
import { bucketOf, coarsened, coarser, NO_BUCKET, shiftOf, ZERO_THRESHOLD } from "./exponential.ts";
import { addMoments, addRunMoments, clearMoments, createMoments, mergeMoments, Moment } from "./moments.ts";

export { Moment } from "./moments.ts";

/** Maximum number of buckets on each side of zero before the resolution is halved: 64 powers of two at schema 6. */
export const BUCKETS_MAX = 4_096;

const EMPTY_RUN: BucketRun = { low: 0, counts: new Float64Array(0) };

/** Set of buckets. */
export interface BucketMarks {
  /** Bucket of `isMarked[0]`. */
  readonly low: number;
  /** 1 for each bucket in the set, else 0. */
  readonly isMarked: Uint8Array;
}

const NO_MARKS: BucketMarks = { low: 0, isMarked: new Uint8Array(0) };

/** Mutable exponential histogram. */
export class Sketch {
  /** Exact statistics, see {@linkcode Moment}. */
  readonly moments: Float64Array = createMoments();
  readonly #positive: BucketStore = new BucketStore();
  #negative: BucketStore | undefined;
  readonly #schemaFirst: number;
  #schema: number;
  /** {@linkcode shiftOf} of the schema. */
  #shift: number;
  readonly #onHalve: ((sketch: Sketch) => void) | undefined;

  /**
   * Creates an empty sketch.
   *
   * @param onHalve Called before the resolution is halved
   */
  constructor(schema: number, onHalve?: (sketch: Sketch) => void) {
    this.#onHalve = onHalve;
    this.#schemaFirst = schema;
    this.#schema = schema;
    this.#shift = shiftOf(schema);
  }

  /** Schema of the buckets, which falls when the values span too wide a range. */
  get schema(): number {
    return this.#schema;
  }

  /** Number of values. */
  get count(): number {
    return this.moments[Moment.count];
  }

  /** Buckets of the values above zero. */
  get positive(): BucketRun {
    return this.#positive.run();
  }

  /** Buckets of the values above zero, possibly with empty ones around them, which saves a scan. */
  get room(): BucketRun {
    return this.#positive;
  }

  /** Buckets of the values below zero, by their magnitude. */
  get negative(): BucketRun {
    return this.#negative?.run() ?? EMPTY_RUN;
  }

  /**
   * Counts a value.
   *
   * @param value A finite number
   * @param weight Number of values that it represents
   * @returns Bucket of a value above {@linkcode ZERO_THRESHOLD}, {@linkcode NO_BUCKET} for others
   */
  record(value: number, weight: number): number {
    addMoments(this.moments, value, weight);
    if (value > ZERO_THRESHOLD) {
      const index = bucketOf(value, this.#shift);
      const { counts, low } = this.#positive;
      const at = index - low;
      if (at >= 0 && at < counts.length) {
        counts[at] += weight;
        return index;
      }
    }
    const index = this.#recordRare(value, weight);
    this.#boundBuckets();
    return index;
  }

  /**
   * Counts a run of a batch's values after {@linkcode Batch.findBuckets}, and marks values in a given set of buckets or
   * in no bucket.
   *
   * @param batch Values
   * @param from Index of the first value
   * @param end Index after the last value
   * @param marks Set of buckets whose values are marked
   */
  recordRun(batch: Batch, from: number, end: number, marks: BucketMarks = NO_MARKS): void {
    // Two short loops are faster than one, because V8 keeps the state of each in registers.
    addRunMoments(this.moments, batch, from, end);
    batch.markedCount = 0;
    for (let next = from; next < end; next++) {
      next = this.#addToBuckets(batch, next, end, marks);
      if (next < end) this.#addRare(batch, next, marks);
    }
    // Last, so that all buckets of a run have the same schema.
    this.#boundBuckets();
  }

  /** Adds the values of another sketch or slice. */
  merge(other: SketchLike): void {
    const { moments } = other;
    if (moments[Moment.count] === 0) return;
    mergeMoments(this.moments, moments);
    while (this.schema > other.schema) this.#halveResolution();
    const steps = other.schema - this.schema;
    this.#positive.addRun(lowered(other.positive, steps));
    const negative = other.negative;
    if (negative.counts.length > 0) (this.#negative ??= new BucketStore()).addRun(lowered(negative, steps));
    this.#boundBuckets();
  }

  /** Removes all values and restores the first schema, keeping the memory. */
  clear(): void {
    clearMoments(this.moments);
    this.#setSchema(this.#schemaFirst);
    this.#positive.clear();
    this.#negative?.clear();
  }

  /** Adds values up to the first without an allocated bucket; returns its index. */
  #addToBuckets(batch: Batch, from: number, end: number, marks: BucketMarks): number {
    const { weights, finest, marked } = batch;
    const { counts, low } = this.#positive;
    const { isMarked } = marks;
    const markShift = low - marks.low;
    const shift = this.#shift;
    let { markedCount } = batch;
    let i = from;
    for (; i < end; i++) {
      const at = coarsened(finest[i], shift) - low;
      if (at < 0 || at >= counts.length) break;
      counts[at] += weights[i];
      // Unsigned, so that one comparison checks both bounds.
      const mark = (at + markShift) >>> 0;
      if (mark < isMarked.length && isMarked[mark] !== 0) marked[markedCount++] = i;
    }
    batch.markedCount = markedCount;
    return i;
  }

  /** Adds a value that has no bucket, or no allocated one. */
  #addRare(batch: Batch, at: number, { low, isMarked }: BucketMarks): void {
    const bucket = this.#recordRare(batch.values[at], batch.weights[at]);
    if (bucket === NO_BUCKET || isMarked[bucket - low] === 1) batch.marked[batch.markedCount++] = at;
  }

  /** Counts a value not above zero, or without an allocated bucket. */
  #recordRare(value: number, weight: number): number {
    let index = NO_BUCKET;
    if (value > ZERO_THRESHOLD) {
      index = bucketOf(value, this.#shift);
      this.#positive.add(index, weight);
    } else if (value >= -ZERO_THRESHOLD) this.moments[Moment.zeros] += weight;
    else (this.#negative ??= new BucketStore()).add(bucketOf(-value, this.#shift), weight);
    return index;
  }

  #boundBuckets(): void {
    while (this.#isTooWide(this.#positive) || this.#isTooWide(this.#negative)) this.#halveResolution();
  }

  /** Whether a store exceeds the limit. Checks the allocated range first, because finding the used one costs a scan. */
  #isTooWide(store: BucketStore | undefined): boolean {
    if (store === undefined || store.counts.length <= BUCKETS_MAX) return false;
    const used = store.run();
    if (used.counts.length > BUCKETS_MAX) return true;
    store.reset(used);
    return false;
  }

  #setSchema(schema: number): void {
    this.#schema = schema;
    this.#shift = shiftOf(schema);
  }

  #halveResolution(): void {
    this.#onHalve?.(this);
    const positive = lowered(this.positive, 1);
    const negative = lowered(this.negative, 1);
    this.#setSchema(this.#schema - 1);
    this.#positive.reset(positive);
    this.#negative?.reset(negative);
  }
}

/** Values that can be merged into a sketch and have quantiles. */
export interface SketchLike {
  /** Schema of the buckets. */
  readonly schema: number;
  /** Exact statistics, see {@linkcode Moment}. */
  readonly moments: Float64Array;
  /** Buckets of the values above zero. */
  readonly positive: BucketRun;
  /** Buckets of the values below zero, by their magnitude. */
  readonly negative: BucketRun;
}

/** Counts at a schema `steps` lower; a copy unless `steps` is 0. */
export function lowered(run: BucketRun, steps: number): BucketRun {
  if (steps === 0 || run.counts.length === 0) return run;
  let { low } = run;
  let high = low + run.counts.length - 1;
  for (let step = 0; step < steps; step++) {
    low = coarser(low);
    high = coarser(high);
  }
  const counts = new Float64Array(high - low + 1);
  for (let i = 0; i < run.counts.length; i++) {
    let index = run.low + i;
    for (let step = 0; step < steps; step++) index = coarser(index);
    counts[index - low] += run.counts[i];
  }
  return { low, counts };
}

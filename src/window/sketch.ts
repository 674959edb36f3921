/**
 * An exponential histogram: how many values fell in each bucket, and the exact count, sum,
 * smallest and largest. Values below zero have buckets of their own; zero has one.
 *
 * Two sketches of the same schema merge without error; of different schemas at the coarser one. A
 * sketch whose values spread over more than {@linkcode BUCKETS_MAX} buckets halves its resolution,
 * so its memory is bounded.
 *
 * @module
 */

import { type BucketRun, BucketStore } from "./bucket_store.ts";
import { coarser, type ExponentialMapping, mappingOf, SCHEMA_MIN } from "./exponential.ts";

/** Buckets on either side of zero before the resolution is halved: 64 powers of two at schema 6. */
export const BUCKETS_MAX = 4_096;

/** Values as near to zero as this are counted as zero, as Prometheus does by default. */
export const ZERO_THRESHOLD = 2 ** -128;

/** Positions in {@linkcode Sketch.moments}. */
export const Moment = { count: 0, sum: 1, min: 2, max: 3, zeros: 4 } as const;
const MOMENTS = 5;

const EMPTY_RUN: BucketRun = { low: 0, counts: [] };

/** An exponential histogram that still grows. */
export class Sketch {
  /** Count, sum, min, max and zeros, see {@linkcode Moment}. */
  readonly moments: Float64Array = new Float64Array(MOMENTS);
  readonly #positive: BucketStore = new BucketStore();
  #negative: BucketStore | undefined;
  readonly #schemaFirst: number;
  #mapping: ExponentialMapping;

  /** An empty sketch at a schema. */
  constructor(schema: number) {
    this.#schemaFirst = schema;
    this.#mapping = mappingOf(schema);
    this.#forgetMoments();
  }

  /** The schema; it falls when the values spread too wide. */
  get schema(): number {
    return this.#mapping.schema;
  }

  /** The mapping of the present schema. */
  get mapping(): ExponentialMapping {
    return this.#mapping;
  }

  /** Values recorded. */
  get count(): number {
    return this.moments[Moment.count];
  }

  /** The buckets of the values above zero. */
  get positive(): BucketRun {
    return this.#positive.run();
  }

  /** The buckets of the values below zero, by their magnitude. */
  get negative(): BucketRun {
    return this.#negative?.run() ?? EMPTY_RUN;
  }

  /**
   * Counts a value.
   *
   * @param value A finite number
   * @param weight How many values it stands for
   */
  record(value: number, weight: number): void {
    const moments = this.moments;
    moments[Moment.count] += weight;
    moments[Moment.sum] += value * weight;
    if (value < moments[Moment.min]) moments[Moment.min] = value;
    if (value > moments[Moment.max]) moments[Moment.max] = value;
    if (value > ZERO_THRESHOLD) {
      this.#positive.add(this.#mapping.indexOf(value), weight);
      if (this.#positive.length > BUCKETS_MAX) this.#boundBuckets();
    } else this.#recordBelow(value, weight);
  }

  /** Adds what another sketch or slice holds. */
  merge(other: SketchLike): void {
    const theirs = other.moments;
    if (theirs[Moment.count] === 0) return;
    const mine = this.moments;
    mine[Moment.count] += theirs[Moment.count];
    mine[Moment.sum] += theirs[Moment.sum];
    mine[Moment.min] = Math.min(mine[Moment.min], theirs[Moment.min]);
    mine[Moment.max] = Math.max(mine[Moment.max], theirs[Moment.max]);
    mine[Moment.zeros] += theirs[Moment.zeros];
    while (this.schema > other.schema) this.#halveResolution();
    const steps = other.schema - this.schema;
    this.#positive.addRun(lowered(other.positive, steps));
    const negative = other.negative;
    if (negative.counts.length > 0) (this.#negative ??= new BucketStore()).addRun(lowered(negative, steps));
    this.#boundBuckets();
  }

  /** Forgets all values, keeps the memory, and is as fine as it was at first. */
  clear(): void {
    this.#forgetMoments();
    this.#mapping = mappingOf(this.#schemaFirst);
    this.#positive.clear();
    this.#negative?.clear();
  }

  #forgetMoments(): void {
    this.moments.fill(0);
    this.moments[Moment.min] = Number.POSITIVE_INFINITY;
    this.moments[Moment.max] = Number.NEGATIVE_INFINITY;
  }

  #recordBelow(value: number, weight: number): void {
    if (value >= -ZERO_THRESHOLD) {
      this.moments[Moment.zeros] += weight;
      return;
    }
    (this.#negative ??= new BucketStore()).add(this.#mapping.indexOf(-value), weight);
    this.#boundBuckets();
  }

  #boundBuckets(): void {
    while (this.#isTooWide(this.#positive) || this.#isTooWide(this.#negative)) this.#halveResolution();
  }

  /** Looks at the room first, because finding the range in use costs a scan. */
  #isTooWide(store: BucketStore | undefined): boolean {
    if (store === undefined || store.length <= BUCKETS_MAX || this.schema === SCHEMA_MIN) return false;
    const used = store.run();
    if (used.counts.length > BUCKETS_MAX) return true;
    store.reset(used);
    return false;
  }

  #halveResolution(): void {
    const positive = lowered(this.positive, 1);
    const negative = lowered(this.negative, 1);
    this.#mapping = mappingOf(this.schema - 1);
    this.#positive.reset(positive);
    this.#negative?.reset(negative);
  }
}

/** What can be merged into a sketch and asked for quantiles. */
export interface SketchLike {
  /** The schema of the buckets. */
  readonly schema: number;
  /** See {@linkcode Moment}. */
  readonly moments: Float64Array;
  /** The buckets of the values above zero. */
  readonly positive: BucketRun;
  /** The buckets of the values below zero, by their magnitude. */
  readonly negative: BucketRun;
}

/** The same counts at a schema lower by `steps`; a copy unless `steps` is 0. */
function lowered(run: BucketRun, steps: number): BucketRun {
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

/**
 * Classic histogram buckets with bounds set by the program, counted exactly: a value equal to a bound belongs to its
 * bucket. They complement the exponential histogram, whose boundaries lie elsewhere.
 *
 * Most exponential buckets lie within one classic bucket: their counts are added at the end of their slice. Only where
 * a bound cuts through an exponential bucket must each value be compared on arrival.
 *
 * @module
 */

import { BUCKETS_COUNT_MAX } from "../../model/model.ts";
import type { Batch } from "../../sketch/batch.ts";
import type { BucketRun } from "../../sketch/bucket_store.ts";
import type { BucketMarks } from "../../sketch/sketch.ts";
import { indexOf, NO_BUCKET } from "../../sketch/exponential.ts";

/** Entry of the table for an exponential bucket that contains a bound. */
const CUT = 0xffff;

/** Bounds of an instrument's classic buckets, shared by its series. */
export interface ClassicBounds extends BucketMarks {
  /** Upper bounds, inclusive, ascending, then `+Inf`. */
  readonly bounds: Float64Array;
  /** By exponential bucket, from `low` on: the classic bucket that contains it, or {@linkcode CUT}. */
  readonly table: Uint16Array;
  /** Classic bucket of the smallest values above zero. */
  readonly firstAboveZero: number;
}

/** Prepares bounds for {@linkcode ClassicBuckets} next to exponential buckets of a schema. */
export function classicBounds(buckets: readonly number[], schema: number): ClassicBounds {
  const bounds = Float64Array.of(...buckets, Number.POSITIVE_INFINITY);
  const cut = buckets.filter((bound) => bound > 0).map((bound) => indexOf(bound, schema));
  const firstAboveZero = bounds.findIndex((bound) => bound > 0);
  if (cut.length === 0) {
    return { bounds, low: 0, table: new Uint16Array(0), isMarked: new Uint8Array(0), firstAboveZero };
  }
  const low = cut[0];
  const table = new Uint16Array(cut[cut.length - 1] - low + 1);
  let classic = buckets.length - cut.length;
  for (let at = 0; at < table.length; at++) {
    table[at] = cut.includes(low + at) ? CUT : classic;
    while (cut[classic - (buckets.length - cut.length)] === low + at) classic += 1;
  }
  return { bounds, low, table, isMarked: Uint8Array.from(table, (at) => at === CUT ? 1 : 0), firstAboveZero };
}

/** Memory shared by all calls, because a scrape needs very many. */
const scratch = new Float64Array(BUCKETS_COUNT_MAX + 1);

/** Counts of one series by classic bucket. */
export class ClassicBuckets {
  readonly #bounds: Float64Array;
  readonly #low: number;
  readonly #table: Uint16Array;
  readonly #firstAboveZero: number;
  /** Counts of all compared values, and of the whole buckets of past slices. */
  readonly #counts: Float64Array;
  #comparesAll: boolean;

  /**
   * Creates counts that are all zero.
   *
   * @param comparesAll Whether there are no exponential buckets to derive counts from
   */
  constructor({ bounds, low, table, firstAboveZero }: ClassicBounds, comparesAll: boolean = false) {
    this.#firstAboveZero = firstAboveZero;
    this.#comparesAll = comparesAll;
    this.#bounds = bounds;
    this.#low = low;
    this.#table = table;
    this.#counts = new Float64Array(bounds.length);
  }

  /**
   * Whether every value of this slice is compared, because its buckets differ from those that the bounds were prepared
   * for.
   */
  get comparesAll(): boolean {
    return this.#comparesAll;
  }

  /** Counts a value unless its exponential bucket lies within one classic bucket. */
  recordCut(value: number, weight: number, bucket: number): void {
    if (this.#isCut(bucket)) this.recordCompared(value, weight);
  }

  /** Counts the values of a batch that a sketch has marked. */
  recordMarked({ values, weights, marked, markedCount }: Batch): void {
    for (let i = 0; i < markedCount; i++) this.recordCompared(values[marked[i]], weights[marked[i]]);
  }

  /** Counts a run of a batch's values, comparing each. */
  recordRunCompared({ values, weights }: Batch, from: number, end: number): void {
    for (let i = from; i < end; i++) this.recordCompared(values[i], weights[i]);
  }

  /** Counts a value, comparing it. */
  recordCompared(value: number, weight: number): void {
    const bounds = this.#bounds;
    let classic = 0;
    while (value > bounds[classic]) classic += 1;
    this.#counts[classic] += weight;
  }

  /**
   * Adds the whole buckets of a slice that has ended, or that continues with another schema and then compares all
   * values.
   */
  settle(slice: BucketRun, comparesAll: boolean): void {
    if (!this.#comparesAll) this.#addWhole(this.#counts, slice);
    this.#comparesAll = comparesAll;
  }

  /**
   * Returns the number of values at or below each bound, `+Inf` last.
   *
   * @param live Buckets of the current slice; `undefined` if it has none
   * @returns Counts, valid until the next call for any buckets
   */
  cumulative(live: BucketRun | undefined): Float64Array {
    const own = this.#counts;
    const counts = scratch;
    counts.set(own);
    if (live !== undefined && !this.#comparesAll) this.#addWhole(counts, live);
    for (let i = 1; i < own.length; i++) counts[i] += counts[i - 1];
    return counts;
  }

  #isCut(bucket: number): boolean {
    const at = bucket - this.#low;
    return at < 0 ? bucket === NO_BUCKET : this.#table[at] === CUT;
  }

  #addWhole(to: Float64Array, { low, counts }: BucketRun): void {
    const table = this.#table;
    const first = this.#firstAboveZero;
    const last = this.#bounds.length - 1;
    const from = low - this.#low;
    for (let i = 0; i < counts.length; i++) {
      const count = counts[i];
      if (count === 0) continue;
      const at = from + i;
      const classic = at < 0 ? first : at < table.length ? table[at] : last;
      if (classic !== CUT) to[classic] += count;
    }
  }
}

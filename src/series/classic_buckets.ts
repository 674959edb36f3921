/**
 * Classic histogram buckets with bounds of the user's choice, counted exactly: a value equal to a
 * bound is in its bucket. They stand beside the exponential histogram, whose boundaries lie
 * elsewhere, so they are counted when a value arrives and not derived from it.
 *
 * The exponential bucket that was just found nearly always tells the classic one by a look-up; only
 * where a bound cuts through it must the value be compared.
 *
 * @module
 */

import type { Batch } from "../window/batch.ts";
import { indexOf } from "../window/exponential.ts";

/** In the table: a bound cuts through this exponential bucket. */
const CUT = 0xffff;

/** The bounds of an instrument's classic buckets; shared by its series. */
export interface ClassicBounds {
  /** Upper bounds, inclusive, ascending, then `+Inf`. */
  readonly bounds: Float64Array;
  /** The schema of the exponential buckets in `table`. */
  readonly schema: number;
  /** The exponential bucket of `table[0]`. */
  readonly low: number;
  /** By exponential bucket: the classic one that it lies in, or {@linkcode CUT}. */
  readonly table: Uint16Array;
}

/** Prepares bounds for {@linkcode ClassicBuckets}. */
export function classicBounds(buckets: readonly number[], schema: number): ClassicBounds {
  const bounds = Float64Array.of(...buckets, Number.POSITIVE_INFINITY);
  const cut = buckets.filter((bound) => bound > 0).map((bound) => indexOf(bound, schema));
  if (cut.length === 0) return { bounds, schema, low: 0, table: new Uint16Array(0) };
  const low = cut[0];
  const table = new Uint16Array(cut[cut.length - 1] - low + 1);
  let classic = buckets.length - cut.length;
  for (let at = 0; at < table.length; at++) {
    if (cut.includes(low + at)) table[at] = CUT;
    else table[at] = classic;
    while (cut[classic - (buckets.length - cut.length)] === low + at) classic += 1;
  }
  return { bounds, schema, low, table };
}

/** Counts by classic bucket. */
export class ClassicBuckets {
  readonly #bounds: Float64Array;
  readonly #low: number;
  readonly #table: Uint16Array;
  readonly #counts: Float64Array;

  /** All zero. */
  constructor({ bounds, low, table }: ClassicBounds) {
    this.#bounds = bounds;
    this.#low = low;
    this.#table = table;
    this.#counts = new Float64Array(bounds.length);
  }

  /**
   * Counts a value.
   *
   * @param bucket The exponential bucket that the value is in, at the bounds' schema, or `NO_BUCKET`
   */
  record(value: number, weight: number, bucket: number): void {
    const at = bucket - this.#low;
    const table = this.#table;
    // What lies above the table is in `+Inf`; below it, and for what has no bucket, no bound is far.
    const classic = at < 0 ? CUT : at < table.length ? table[at] : this.#counts.length - 1;
    if (classic === CUT) this.#compareAndRecord(value, weight);
    else this.#counts[classic] += weight;
  }

  /** Counts a run of a batch's values whose exponential buckets are noted. */
  recordRun(batch: Batch, from: number, end: number): void {
    const { values, weights, buckets } = batch;
    const counts = this.#counts;
    const table = this.#table;
    const low = this.#low;
    const last = counts.length - 1;
    for (let i = from; i < end; i++) {
      const at = buckets[i] - low;
      const classic = at < 0 ? CUT : at < table.length ? table[at] : last;
      if (classic === CUT) this.#compareAndRecord(values[i], weights[i]);
      else counts[classic] += weights[i];
    }
  }

  /** Values at or below each bound, `+Inf` left out. */
  cumulative(): number[] {
    const counts: number[] = [];
    let total = 0;
    for (let i = 0; i < this.#counts.length - 1; i++) counts.push(total += this.#counts[i]);
    return counts;
  }

  #compareAndRecord(value: number, weight: number): void {
    const bounds = this.#bounds;
    let classic = 0;
    while (value > bounds[classic]) classic += 1;
    this.#counts[classic] += weight;
  }
}

/**
 * Values on their way from a ring into series, side by side in dense arrays, so that a whole run of
 * one series is counted in one tight loop.
 *
 * @module
 */

import { findFinest } from "./exponential.ts";

/** A bounded number of values. */
export class Batch {
  /** The values, finite. */
  readonly values: Float64Array;
  /** How many values each stands for, see {@linkcode Batch.isWeighted}. */
  readonly weights: Float64Array;
  /** By value: one if it is a repetition that stands for calls that sampling left out after it; as for the weights. */
  readonly leftOut: Uint8Array;
  /** By value: its bucket at the finest schema, see {@linkcode findFinest}. */
  readonly finest: Int32Array;
  /** Places of values that need a closer look; the first {@linkcode Batch.markedCount} of them. */
  readonly marked: Int32Array;
  /** How many places are marked. */
  markedCount: number = 0;
  /** The memory of the values as 32-bit words, the lower half of a value first. */
  readonly #words: Int32Array;
  #isWeighted = false;

  /** Room for `capacity` values. */
  constructor(capacity: number) {
    this.values = new Float64Array(capacity);
    this.#words = new Int32Array(this.values.buffer);
    this.weights = new Float64Array(capacity).fill(1);
    this.leftOut = new Uint8Array(capacity);
    this.finest = new Int32Array(capacity);
    this.marked = new Int32Array(capacity);
  }

  /** Whether a value stands for more than itself. */
  get isWeighted(): boolean {
    return this.#isWeighted;
  }

  /** To be set before weights are written; all are one again once it is `false`. */
  set isWeighted(isWeighted: boolean) {
    if (this.#isWeighted && !isWeighted) {
      this.weights.fill(1);
      this.leftOut.fill(0);
    }
    this.#isWeighted = isWeighted;
  }

  /** Finds the buckets of the first `count` values. */
  findBuckets(count: number): void {
    findFinest(this.values, this.#words, this.finest, count);
  }
}

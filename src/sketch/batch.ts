/**
 * Dense arrays of values between ring and series, so that a run of one series is counted in one tight loop.
 *
 * @module
 */

import { findFinest } from "./exponential.ts";

/** Bounded number of values. */
export class Batch {
  /** Values, all finite. */
  readonly values: Float64Array;
  /** Weight of each value: the number of values that it represents; 1 unless {@linkcode Batch.isWeighted}. */
  readonly weights: Float64Array;
  /** 1 for each value that repeats a record for later sampled-out calls; 0 unless {@linkcode Batch.isWeighted}. */
  readonly sampledOut: Uint8Array;
  /** Bucket of each value at the finest schema, see {@linkcode findFinest}. */
  readonly finest: Int32Array;
  /** Indices of marked values; the first {@linkcode Batch.markedCount} are valid. */
  readonly marked: Int32Array;
  /** Number of marked values. */
  markedCount: number = 0;
  /** Memory of the values as 32-bit words, the lower half of a value first. */
  readonly #words: Int32Array;
  #isWeighted = false;

  /** Allocates room for `capacity` values. */
  constructor(capacity: number) {
    this.values = new Float64Array(capacity);
    this.#words = new Int32Array(this.values.buffer);
    this.weights = new Float64Array(capacity).fill(1);
    this.sampledOut = new Uint8Array(capacity);
    this.finest = new Int32Array(capacity);
    this.marked = new Int32Array(capacity);
  }

  /** Whether any weight may differ from 1. */
  get isWeighted(): boolean {
    return this.#isWeighted;
  }

  /** Must be set before weights are written; `false` resets all weights to 1. */
  set isWeighted(isWeighted: boolean) {
    if (this.#isWeighted && !isWeighted) {
      this.weights.fill(1);
      this.sampledOut.fill(0);
    }
    this.#isWeighted = isWeighted;
  }

  /** Finds the buckets of the first `count` values. */
  findBuckets(count: number): void {
    findFinest(this.values, this.#words, this.finest, count);
  }
}

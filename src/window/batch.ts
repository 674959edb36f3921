/**
 * Values on their way from a ring into series, side by side in dense arrays, so that a whole run of
 * one series is counted in one tight loop.
 *
 * @module
 */

/** A bounded number of values. */
export class Batch {
  /** The values. */
  readonly values: Float64Array;
  /** The same memory as 32-bit words, the lower half of a value first. */
  readonly words: Int32Array;
  /** How many values each stands for. */
  readonly weights: Uint32Array;
  /** By value, once counted: the exponential bucket it is in. */
  readonly buckets: Int32Array;

  /** Room for `capacity` values. */
  constructor(capacity: number) {
    this.values = new Float64Array(capacity);
    this.words = new Int32Array(this.values.buffer);
    this.weights = new Uint32Array(capacity);
    this.buckets = new Int32Array(capacity);
  }
}

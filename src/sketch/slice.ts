/**
 * Frozen sketch: moments and packed counts in one array. A window has dozens of slices, which are most of the memory of
 * a distribution.
 *
 * @module
 */

import type { BucketRun } from "./bucket_store.ts";
import { MOMENTS } from "./moments.ts";
import { pack, PACKABLE_END, unpack } from "./packing.ts";
import type { Sketch, SketchLike } from "./sketch.ts";

const MOMENT_BYTES = MOMENTS * Float64Array.BYTES_PER_ELEMENT;

/** Immutable sketch, unpacked at each read. */
export class Slice implements SketchLike {
  /** Schema of the buckets. */
  readonly schema: number;
  readonly #positiveLow: number;
  readonly #positiveLength: number;
  readonly #negativeLow: number;
  readonly #negativeLength: number;
  readonly #isPacked: boolean;
  /** Moments, positive counts and negative counts; the counts are packed if possible. */
  readonly #bytes: Uint8Array<ArrayBuffer>;

  /** Copies a sketch. */
  constructor({ schema, moments, positive, negative }: Sketch) {
    this.schema = schema;
    this.#positiveLow = positive.low;
    this.#positiveLength = positive.counts.length;
    this.#negativeLow = negative.low;
    this.#negativeLength = negative.counts.length;
    const counts = concatenated(positive.counts, negative.counts);
    this.#isPacked = isPackable(counts);
    this.#bytes = this.#isPacked ? pack(counts, MOMENT_BYTES) : unpacked(counts);
    this.moments.set(moments);
  }

  /** Exact statistics, see {@linkcode Moment}. */
  get moments(): Float64Array {
    return new Float64Array(this.#bytes.buffer, 0, MOMENTS);
  }

  /** Buckets of the values above zero. */
  get positive(): BucketRun {
    return { low: this.#positiveLow, counts: this.#counts(this.#positiveLength) };
  }

  /** Buckets of the values below zero, by their magnitude. */
  get negative(): BucketRun {
    if (this.#negativeLength === 0) return { low: this.#negativeLow, counts: NO_COUNTS };
    const counts = this.#counts(this.#positiveLength + this.#negativeLength);
    return { low: this.#negativeLow, counts: counts.subarray(this.#positiveLength) };
  }

  /** Returns the next `length` counts. */
  #counts(length: number): Float64Array {
    if (this.#isPacked) return unpack(this.#bytes, MOMENT_BYTES, length);
    return new Float64Array(this.#bytes.buffer, MOMENT_BYTES, length);
  }
}

const NO_COUNTS = new Float64Array(0);

/** Copies a sketch into a slice. */
export function freeze(sketch: Sketch): Slice {
  return new Slice(sketch);
}

function concatenated(positive: Float64Array, negative: Float64Array): Float64Array {
  if (negative.length === 0) return positive;
  const counts = new Float64Array(positive.length + negative.length);
  counts.set(positive);
  counts.set(negative, positive.length);
  return counts;
}

function isPackable(counts: Float64Array): boolean {
  let largest = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] > largest) largest = counts[i];
  return largest < PACKABLE_END;
}

/** Returns unpacked counts, with room for the moments before them. */
function unpacked(counts: Float64Array): Uint8Array<ArrayBuffer> {
  const doubles = new Float64Array(MOMENTS + counts.length);
  doubles.set(counts, MOMENTS);
  return new Uint8Array(doubles.buffer);
}

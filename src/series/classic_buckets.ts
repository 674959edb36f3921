/**
 * Classic histogram buckets with bounds of the user's choice, counted exactly: a value equal to a
 * bound is in its bucket. They stand beside the exponential histogram, whose boundaries lie
 * elsewhere, so they are counted when a value arrives and not derived from it.
 *
 * A value's exponent says where to start: from the first bound in its power of two it is a step or
 * two to the right bucket.
 *
 * @module
 */

import { octaveOf } from "../window/exponential.ts";
import { ZERO_THRESHOLD } from "../window/sketch.ts";

const OCTAVE_MIN = -1_023;
const OCTAVE_MAX = 1_023;

/** The bounds of an instrument's classic buckets; shared by its series. */
export interface ClassicBounds {
  /** Upper bounds, inclusive, ascending, then `+Inf`. */
  readonly bounds: Float64Array;
  /** By octave: the first bound that is not below its least value. */
  readonly firstInOctave: Uint16Array;
}

/** Prepares bounds for {@linkcode ClassicBuckets}. */
export function classicBounds(buckets: readonly number[]): ClassicBounds {
  const bounds = Float64Array.of(...buckets, Number.POSITIVE_INFINITY);
  const firstInOctave = new Uint16Array(OCTAVE_MAX - OCTAVE_MIN + 1);
  let first = 0;
  for (let at = 0; at < firstInOctave.length; at++) {
    while (bounds[first] < 2 ** (OCTAVE_MIN + at)) first += 1;
    firstInOctave[at] = first;
  }
  return { bounds, firstInOctave };
}

/** Counts by classic bucket. */
export class ClassicBuckets {
  readonly #bounds: Float64Array;
  readonly #firstInOctave: Uint16Array;
  readonly #counts: Float64Array;

  /** All zero. */
  constructor({ bounds, firstInOctave }: ClassicBounds) {
    this.#bounds = bounds;
    this.#firstInOctave = firstInOctave;
    this.#counts = new Float64Array(bounds.length);
  }

  /** Counts a value. */
  record(value: number, weight: number): void {
    const bounds = this.#bounds;
    let bucket = value > ZERO_THRESHOLD ? this.#firstInOctave[octaveOf(value) - OCTAVE_MIN] : 0;
    while (value > bounds[bucket]) bucket += 1;
    this.#counts[bucket] += weight;
  }

  /** Values at or below each bound, `+Inf` left out. */
  cumulative(): number[] {
    const counts: number[] = [];
    let total = 0;
    for (let i = 0; i < this.#counts.length - 1; i++) counts.push(total += this.#counts[i]);
    return counts;
  }
}

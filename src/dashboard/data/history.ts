/**
 * History of a number, with a value for each slot, in memory that is allocated once.
 *
 * @module
 */

import type { Place } from "./timeline.ts";

/** Ring buffer of the latest value in each slot. */
export class History {
  readonly #values: Float64Array;
  #latest = -1;
  /** First known slot. Nothing is written before it, so that a new page does not touch the whole buffer. */
  #first = Infinity;

  /** Creates an empty history. */
  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  /** Writes the value of a slot. Skipped slots repeat the previous value, unless frames are missing. */
  write({ slot, isContinuous }: Place, value: number): void {
    const { length } = this.#values;
    this.#first = Math.min(this.#first, slot);
    const last = isContinuous ? this.at(this.#latest) : NaN;
    for (let missed = Math.max(this.#latest + 1, this.#first, slot - length); missed < slot; missed++) {
      this.#values[missed % length] = last;
    }
    this.#values[slot % length] = value;
    this.#latest = slot;
  }

  /** Returns the value of a slot; NaN if it is unknown. */
  at(slot: number): number {
    const { length } = this.#values;
    if (slot < this.#first || slot > this.#latest || slot <= this.#latest - length) return NaN;
    return this.#values[slot % length];
  }

  /** Returns the increase of a total between the ends of two slots; NaN if either is unknown. */
  gained(from: number, to: number): number {
    const before = this.at(from);
    const after = this.at(to);
    // A total that was reset in between has increased from zero.
    return after < before ? after : after - before;
  }
}

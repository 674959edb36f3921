/**
 * The past of one number, a value a slot, in memory that is taken once.
 *
 * @module
 */

import type { Place } from "./timeline.ts";

/** Keeps the last value of each slot. */
export class History {
  readonly #values: Float64Array;
  #latest = -1;
  /** What lies before it is not known. Nothing is written there, so that a page takes no memory for what it has not seen. */
  #first = Infinity;

  /** Begins empty. */
  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  /** Takes the value of a slot. Slots that no frame fell into have the value before, unless frames are missing. */
  write({ slot, isContinuous }: Place, value: number): void {
    const { length } = this.#values;
    this.#first = Math.min(this.#first, slot);
    const before = isContinuous ? this.at(this.#latest) : NaN;
    for (let missed = Math.max(this.#latest + 1, this.#first, slot - length); missed < slot; missed++) {
      this.#values[missed % length] = before;
    }
    this.#values[slot % length] = value;
    this.#latest = slot;
  }

  /** The value of a slot; NaN if it is not known. */
  at(slot: number): number {
    const { length } = this.#values;
    if (slot < this.#first || slot > this.#latest || slot <= this.#latest - length) return NaN;
    return this.#values[slot % length];
  }

  /** What a total has gained from the end of one slot to the end of another; NaN if either is not known. */
  gained(from: number, to: number): number {
    const before = this.at(from);
    const after = this.at(to);
    // What began again in between has gained all that it has.
    return after < before ? after : after - before;
  }
}

/**
 * How a heap grows. What is in use rises until the next collection, so its height says little; the lowest it falls to
 * within a while is about what a collection has left. Ten such floors span the window, and the slope through them is the
 * growth. Before the window has passed once, nothing is known: programs grow while they start.
 *
 * @module
 */

import { type Point, slopeOf } from "./theil_sen.ts";

const SLOTS = 10;
/** Finished slots without which nothing is said: a thread that was blocked has none. */
const SLOTS_MIN = 8;

/** By how much a heap has grown within the window. */
export interface HeapGrowth {
  /** The growth as a share of the lowest floor. */
  readonly ratio: number;
  /** The growth; below zero if it has shrunk. */
  readonly bytes: number;
}

/** The floors of one heap. */
export class HeapFloors {
  readonly #slotMs: number;
  /** One more than a window has, because the last is not finished. */
  readonly #slots: Float64Array = new Float64Array(SLOTS + 1).fill(Number.NEGATIVE_INFINITY);
  readonly #floors: Float64Array = new Float64Array(SLOTS + 1);

  /** Looks back so many milliseconds. */
  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS;
  }

  /** Notes how much of the heap is in use. */
  note(bytes: number, nowMs: number): void {
    const slot = this.#slotOf(nowMs);
    const at = ((slot % this.#slots.length) + this.#slots.length) % this.#slots.length;
    if (this.#slots[at] === slot) this.#floors[at] = Math.min(this.#floors[at], bytes);
    else {
      this.#slots[at] = slot;
      this.#floors[at] = bytes;
    }
  }

  /** The growth over the window; `undefined` if too little of it was seen. */
  growth(nowMs: number): HeapGrowth | undefined {
    const points = this.#finished(nowMs);
    if (points.length < SLOTS_MIN) return undefined;
    const bytes = slopeOf(points) * SLOTS;
    const floor = Math.max(1, Math.min(...points.map(([, y]) => y)));
    return { ratio: bytes / floor, bytes };
  }

  #finished(nowMs: number): Point[] {
    const current = this.#slotOf(nowMs);
    const points: Point[] = [];
    this.#slots.forEach((slot, at) => {
      if (slot < current && slot >= current - SLOTS) points.push([slot, this.#floors[at]]);
    });
    return points;
  }

  #slotOf(nowMs: number): number {
    return Math.floor(nowMs / this.#slotMs);
  }
}

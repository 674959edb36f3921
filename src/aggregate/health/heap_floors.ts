/**
 * Growth of one heap. Used memory rises until the next collection, so its current value says little; its minimum over a
 * while is about what a collection leaves. Ten such floors span the window, and the slope through them is the growth.
 * It is unknown until almost a whole window has passed, because programs grow while they start.
 *
 * @module
 */

import type { HeapGrowth } from "../../health/checks/inputs.ts";
import { type Point, slopeOf } from "./theil_sen.ts";

const SLOTS = 10;
/** Minimum number of finished slots for a known growth: a blocked thread has gaps. */
const SLOTS_MIN = 8;

/** Floors of one heap. */
export class HeapFloors {
  readonly #slotMs: number;
  /** Numbers of the slots: those of a window, and the current one, which is not finished. */
  readonly #slots: Float64Array = new Float64Array(SLOTS + 1).fill(Number.NEGATIVE_INFINITY);
  readonly #floors: Float64Array = new Float64Array(SLOTS + 1);

  /** Creates the floors of a window. */
  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS;
  }

  /** Notes the used bytes. */
  note(bytes: number, nowMs: number): void {
    const slot = this.#slotOf(nowMs);
    const at = ((slot % this.#slots.length) + this.#slots.length) % this.#slots.length;
    if (this.#slots[at] === slot) this.#floors[at] = Math.min(this.#floors[at], bytes);
    else {
      this.#slots[at] = slot;
      this.#floors[at] = bytes;
    }
  }

  /** Returns the growth over the window; `undefined` if too little of it was measured. */
  growth(nowMs: number): Omit<HeapGrowth, "labels"> | undefined {
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

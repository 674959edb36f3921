/**
 * The reading end of a ring. The reader looks how many records are published, reads them in place,
 * and releases them; until then the producer does not touch their slots.
 *
 * One thread only.
 *
 * @module
 */

import { HEAD, ringViews, TAIL } from "./layout.ts";

/** Reads records out of a ring. */
export class Consumer {
  /** Records the ring holds. */
  readonly capacity: number;
  /** `index & mask` is a slot. */
  readonly mask: number;
  /** Slots, four to a record, see the layout. */
  readonly doubles: Float64Array;
  /** Slots, eight to a record, see the layout. */
  readonly words: Uint32Array;
  /** What the producer lost or refused, see `Count` in the layout. */
  readonly counts: Float64Array;
  readonly #cursors: Int32Array;
  #tail: number;

  /** Takes over the reading end of a ring, from wherever its cursors stand. */
  constructor(buffer: ArrayBufferLike) {
    const views = ringViews(buffer);
    this.capacity = views.capacity;
    this.mask = views.capacity - 1;
    this.doubles = views.doubles;
    this.words = views.words;
    this.counts = views.counts;
    this.#cursors = views.cursors;
    this.#tail = Atomics.load(views.cursors, TAIL);
  }

  /** Position of the oldest record that is not released yet. */
  get tail(): number {
    return this.#tail;
  }

  /** Records published and not released yet. Orders every read of a slot or cell after it. */
  available(): number {
    return (Atomics.load(this.#cursors, HEAD) - this.#tail) | 0;
  }

  /** Gives the oldest `count` slots back to the producer. */
  release(count: number): void {
    this.#tail = (this.#tail + count) | 0;
    Atomics.store(this.#cursors, TAIL, this.#tail);
  }
}

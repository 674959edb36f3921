/**
 * A ring as seen by the thread that has made it and hands its two ends to others: what became of it, and which reader may
 * go on.
 *
 * @module
 */

import { FREED, NOTED, READER, ringViews } from "./layout.ts";

/** Looks after a ring. */
export class RingOwner {
  /** The ring. */
  readonly buffer: ArrayBufferLike;
  /** What the producer lost or refused, see `Count` in the layout. */
  readonly counts: Float64Array;
  /** What the readers have done, see `Taken` in the layout. */
  readonly taken: Float64Array;
  readonly #cursors: Int32Array;

  /** Looks after a ring that `createRing` made. */
  constructor(buffer: ArrayBufferLike) {
    const { cursors, counts, taken } = ringViews(buffer);
    this.buffer = buffer;
    this.counts = counts;
    this.taken = taken;
    this.#cursors = cursors;
  }

  /** Removals that readers have let go of, modulo 2³². */
  get freed(): number {
    return Atomics.load(this.#cursors, FREED);
  }

  /** Counts one more removal as noted. */
  note(): void {
    Atomics.add(this.#cursors, NOTED, 1);
  }

  /** Takes the ring from its reader, whose thread may not have come to its end yet. */
  dismissReader(): void {
    Atomics.add(this.#cursors, READER, 1);
  }
}

/**
 * A ring as seen by the thread that has made it and hands its two ends to others: what became of it, and which reader may
 * go on.
 *
 * @module
 */

import { NOTED, ringViews } from "./layout.ts";
import { ReaderClaim } from "./reader_claim.ts";
import { TakenCounts } from "./taken_counts.ts";

/** Looks after a ring. */
export class RingOwner {
  /** The ring. */
  readonly buffer: ArrayBufferLike;
  /** What the producer lost or refused, see `Count` in the layout. */
  readonly counts: Float64Array;
  /** What the readers have done. */
  readonly taken: TakenCounts;
  readonly #cursors: Int32Array;
  readonly #claim: ReaderClaim;

  /** Looks after a ring that `createRing` made. */
  constructor(buffer: ArrayBufferLike) {
    const { cursors, counts, claim } = ringViews(buffer);
    this.buffer = buffer;
    this.counts = counts;
    this.taken = new TakenCounts(buffer);
    this.#cursors = cursors;
    this.#claim = new ReaderClaim(claim);
  }

  /** The number of the reader that may read it, see `Consumer`. */
  get reader(): number {
    return this.#claim.reader;
  }

  /** Removals that readers have freed, modulo 2³². */
  get freed(): number {
    return this.#claim.freed;
  }

  /** Counts one more removal as noted. */
  note(): void {
    Atomics.add(this.#cursors, NOTED, 1);
  }

  /** Takes the ring from its reader, whose thread may not have ended yet. */
  dismissReader(): void {
    this.#claim.dismiss();
  }
}

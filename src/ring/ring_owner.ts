/**
 * A ring as seen by the thread that has made it and hands its two ends to others: what became of it, and which reader may
 * go on.
 *
 * @module
 */

import { HEAD, NOTED, ringViews, TAIL, WRITER } from "./layout.ts";
import { ReaderClaim } from "./reader_claim.ts";
import { TakenCounts } from "./taken_counts.ts";

const NO_CELLS = new ArrayBuffer(0);

/** Looks after a ring. */
export class RingOwner {
  /** The ring. */
  readonly buffer: ArrayBufferLike;
  /** The memory of its producer's first chunk of cells, see `CellAllocator`; empty if that allocates its own. */
  readonly cells: ArrayBufferLike;
  /** What the producer lost or refused, see `Count` in the layout. */
  readonly counts: Float64Array;
  /** What the readers have done. */
  readonly taken: TakenCounts;
  /** Records that it holds. */
  readonly capacity: number;
  readonly #cursors: Int32Array;
  readonly #facts: Float64Array;
  readonly #claim: ReaderClaim;
  #firstReader: number;

  /** Looks after a ring that `createRing` made. */
  constructor(buffer: ArrayBufferLike, cells: ArrayBufferLike = NO_CELLS) {
    const { capacity, cursors, counts, facts, claim } = ringViews(buffer);
    this.buffer = buffer;
    this.cells = cells;
    this.capacity = capacity;
    this.counts = counts;
    this.taken = new TakenCounts(buffer);
    this.#cursors = cursors;
    this.#facts = facts;
    this.#claim = new ReaderClaim(claim);
    this.#firstReader = this.reader;
  }

  /** The number of the reader that may read it, see `Consumer`. */
  get reader(): number {
    return this.#claim.reader;
  }

  /** Whether no reader was dismissed since the ring is looked after. */
  get hasHadOneReader(): boolean {
    return this.reader === this.#firstReader;
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

  /**
   * Makes it as good as new, for another producer and another reader. Cursors go on, so that what a reader before might
   * still commit fits nowhere, but to the first slot: threads that record little all touch the same memory.
   */
  recycle(): void {
    this.#claim.renew();
    this.#firstReader = this.reader;
    this.counts.fill(0);
    this.taken.clear();
    this.#facts.fill(0);
    new Uint8Array(this.cells).fill(0);
    Atomics.store(this.#cursors, NOTED, 0);
    const mask = this.capacity - 1;
    const start = (Atomics.load(this.#cursors, HEAD) + mask) & ~mask;
    Atomics.store(this.#cursors, HEAD, start);
    Atomics.store(this.#cursors, TAIL, start);
    Atomics.store(this.#cursors, WRITER, 0);
  }
}

/**
 * Ring as seen by the thread that created it and passes its two ends to other threads: its counts, and its current
 * reader.
 *
 * @module
 */

import { HEAD, NOTED, ringViews, TAIL, WRITER } from "./layout.ts";
import { ReaderClaim } from "./reader_claim.ts";
import { TakenCounts } from "./taken_counts.ts";

const NO_CELLS = new ArrayBuffer(0);

/** Owner of a ring. */
export class RingOwner {
  /** Memory of the ring. */
  readonly buffer: ArrayBufferLike;
  /** Memory of the producer's first chunk of cells, see `CellAllocator`; empty if the producer allocates it. */
  readonly cells: ArrayBufferLike;
  /** Counts of the producer, see `Count` in the layout. */
  readonly counts: Float64Array;
  /** Counts of readers. */
  readonly taken: TakenCounts;
  /** Number of records that the ring holds. */
  readonly capacity: number;
  readonly #cursors: Int32Array;
  readonly #facts: Float64Array;
  readonly #claim: ReaderClaim;
  #firstReader: number;

  /** Creates an owner of a buffer of `createRing`. */
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

  /** Number of the current reader, see `Consumer`. */
  get reader(): number {
    return this.#claim.reader;
  }

  /** Whether no reader was dismissed since this owner was created, or the ring recycled. */
  get hasHadOneReader(): boolean {
    return this.reader === this.#firstReader;
  }

  /** Removals that readers have freed, modulo 2³². */
  get freed(): number {
    return this.#claim.freed;
  }

  /** Counts one more removal as acknowledged by the main thread. */
  note(): void {
    Atomics.add(this.#cursors, NOTED, 1);
  }

  /** Dismisses the current reader, whose thread may not have ended yet. */
  dismissReader(): void {
    this.#claim.dismiss();
  }

  /**
   * Clears the ring for another producer and another reader. Cursors continue, so that no commit of an earlier reader
   * can succeed, but move on to the first slot, so that threads that record little touch the same memory.
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

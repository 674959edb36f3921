/**
 * Rings of departed threads, each with a first chunk of cells, for new threads. A ring is megabytes of shared memory,
 * which is freed only when the garbage collectors of all threads that reference it have run; short-lived threads would
 * pile it up.
 *
 * A ring is reused only if no thread can access it any more. Its producer has released it, as its last action, and it has
 * only had the one reader that drained it: a dismissed reader may still be running and counting. Its next reader has
 * another number, so a late one frees nothing. A closed handle that is misused may still count a rejection; that count is
 * of all threads together.
 *
 * @module
 */

import { createChunk } from "./cells.ts";
import { createRing, isReleased } from "./layout.ts";
import { RingOwner } from "./ring_owner.ts";

/** Largest number of unused rings: as many as threads come and go at a time. */
const UNUSED_MAX = 16;

/** Pool of unused rings. */
export class RingPool {
  readonly #unused: RingOwner[] = [];
  #created = 0;

  /** Number of rings that were allocated. */
  get created(): number {
    return this.#created;
  }

  /** Number of unused rings. */
  get size(): number {
    return this.#unused.length;
  }

  /** Takes an empty ring, reused or new. */
  take(capacity: number): RingOwner {
    const unused = this.#unused.pop();
    if (unused?.capacity === capacity) {
      const owner = new RingOwner(unused.buffer, unused.cells);
      owner.recycle();
      return owner;
    }
    this.#created += 1;
    return new RingOwner(createRing(capacity, true), createChunk(true));
  }

  /**
   * Returns the ring of a departed thread.
   *
   * @param reader Number of the reader that has drained it
   */
  give(owner: RingOwner, reader: number): void {
    const isQuiet = isReleased(owner.buffer) && owner.hasHadOneReader && owner.reader === reader;
    if (isQuiet && this.#unused.length < UNUSED_MAX) this.#unused.push(owner);
  }
}

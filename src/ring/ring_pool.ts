/**
 * Rings of departed threads, each with a first chunk of cells, for new threads. A ring takes megabytes of shared
 * memory, which is freed only when the garbage collectors of all threads that reference it have run; with short-lived
 * threads it would accumulate.
 *
 * A ring is reused only if no thread can access it any more: its producer has released it, as its last action, and its
 * only reader was the one that drained it, because a dismissed reader may still be running and counting. The next
 * reader has another number, so a late reader frees nothing. A closed handle that is misused may still count a
 * rejection, which is harmless, because rejections are counted for all threads together.
 *
 * @module
 */

import { createChunk } from "./cells.ts";
import { createRing, isReleased } from "./layout.ts";
import { RingOwner } from "./ring_owner.ts";

/** Largest number of unused rings, enough for the threads that come and go at the same time. */
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

  /** Returns an empty ring, reused or new. */
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
   * Adds the ring of a departed thread, if no other thread can access it.
   *
   * @param reader Number of the reader that has drained it
   */
  give(owner: RingOwner, reader: number): void {
    const isQuiet = isReleased(owner.buffer) && owner.hasHadOneReader && owner.reader === reader;
    if (isQuiet && this.#unused.length < UNUSED_MAX) this.#unused.push(owner);
  }
}

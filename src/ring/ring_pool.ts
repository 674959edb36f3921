/**
 * Rings of threads that have gone, each with a first chunk of cells, for threads to come. A ring is megabytes of shared
 * memory, which is given back only when the garbage collectors of all threads that know it have run; threads that come
 * and go quickly would pile it up.
 *
 * A ring is reused only if nobody can touch it any more. Its producer has released it, as the last thing that it did, and
 * the reader that has taken everything from it is the only one that it has had: one that was dismissed may not have
 * stopped, and count what it takes in. Its next reader has another number, so a late one frees nothing. A closed handle
 * that is called wrongly may still count that as rejected; that is a count of all threads together, and does not say
 * whose.
 *
 * @module
 */

import { createChunk } from "./cells.ts";
import { createRing, isReleased } from "./layout.ts";
import { RingOwner } from "./ring_owner.ts";

/** Rings that wait for a thread: as many as come and go at a time. */
const UNUSED_MAX = 16;

/** The pool. */
export class RingPool {
  readonly #unused: RingOwner[] = [];
  #created = 0;

  /** How many rings were allocated. */
  get created(): number {
    return this.#created;
  }

  /** How many rings wait for a thread. */
  get size(): number {
    return this.#unused.length;
  }

  /** A ring that is empty: one that has been used before, or a new one. */
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
   * Takes a ring back whose thread has gone.
   *
   * @param reader The reader that has taken everything from it
   */
  give(owner: RingOwner, reader: number): void {
    const isQuiet = isReleased(owner.buffer) && owner.hasHadOneReader && owner.reader === reader;
    if (isQuiet && this.#unused.length < UNUSED_MAX) this.#unused.push(owner);
  }
}

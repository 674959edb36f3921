/**
 * The reading end of a ring. The reader looks how many records are published, copies what it needs of
 * them, and commits. A producer that overwrites may have taken them back meanwhile, and torn what was
 * copied: then the commit fails, and the copy is to be thrown away.
 *
 * One thread only. A reader that was dismissed, because its thread seemed to have ended, can commit nothing any more.
 *
 * @module
 */

import { FREED, HEAD, READER, ringViews, TAIL } from "./layout.ts";

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
  /** What this reader and those before it have done, see `Taken` in the layout. */
  readonly taken: Float64Array;
  /** What holds for the producer's traced records, see `Fact` in the layout. */
  readonly facts: Float64Array;
  readonly #cursors: Int32Array;
  /** How many readers had been dismissed before this one. */
  readonly #dismissed: number;
  #tail: number;

  /** Takes over the reading end of a ring, from wherever its cursors stand. */
  constructor(buffer: ArrayBufferLike) {
    const views = ringViews(buffer);
    this.capacity = views.capacity;
    this.mask = views.capacity - 1;
    this.doubles = views.doubles;
    this.words = views.words;
    this.counts = views.counts;
    this.taken = views.taken;
    this.facts = views.facts;
    this.#cursors = views.cursors;
    this.#dismissed = Atomics.load(views.cursors, READER);
    this.#tail = Atomics.load(views.cursors, TAIL);
  }

  /** Position of the oldest record that was not committed at the last look. */
  get tail(): number {
    return this.#tail;
  }

  /**
   * Records published and not committed yet; sets {@linkcode Consumer.tail} to the oldest. Orders every read of a
   * slot or cell after it.
   */
  available(): number {
    // In this order: a tail that is older than the head can only make too much seem available, never too little.
    this.#tail = Atomics.load(this.#cursors, TAIL);
    return Math.min((Atomics.load(this.#cursors, HEAD) - this.#tail) | 0, this.capacity);
  }

  /**
   * Gives the `count` slots from {@linkcode Consumer.tail} on back to the producer.
   *
   * @returns Whether they were the reader's until now; if not, what was read of them is void
   * @throws {Error} If the reader was dismissed
   */
  commit(count: number): boolean {
    this.#checkReader();
    const committed = (this.#tail + count) | 0;
    if (Atomics.compareExchange(this.#cursors, TAIL, this.#tail, committed) !== this.#tail) return false;
    this.#tail = committed;
    return true;
  }

  /**
   * Lets go of the next removed series: their ids and cells may be used again.
   *
   * @throws {Error} If the reader was dismissed
   */
  free(count: number): void {
    this.#checkReader();
    Atomics.add(this.#cursors, FREED, count);
  }

  #checkReader(): void {
    if (Atomics.load(this.#cursors, READER) === this.#dismissed) return;
    throw new Error("Cannot read the ring: another reader has taken over");
  }
}

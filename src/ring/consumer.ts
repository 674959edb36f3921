/**
 * The reading end of a ring. The reader looks how many records are published, copies what it needs of
 * them, and commits. A producer that overwrites may have taken them back meanwhile, and torn what was
 * copied: then the commit fails, and the copy is to be thrown away.
 *
 * One thread only. A reader that was dismissed, because its thread seemed to have ended, may be in the middle of
 * anything. It frees nothing any more. A batch that it commits at that very moment counts as recorded, but not as
 * recorded here: `recorded - recordedHere` of a later reader is what was lost with those before it.
 *
 * @module
 */

import { HEAD, ringViews, TAIL, Taken } from "./layout.ts";
import { ReaderClaim } from "./reader_claim.ts";
import { TakenCounts } from "./taken_counts.ts";

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
  /** What this reader and those before it have done. */
  readonly taken: TakenCounts;
  /** What holds for the producer's traced records, see `Fact` in the layout. */
  readonly facts: Float64Array;
  readonly #cursors: Int32Array;
  readonly #claim: ReaderClaim;
  readonly #reader: number;
  #tail: number;
  #recordedHere = 0;

  /**
   * Takes over the reading end of a ring, from wherever its cursors stand.
   *
   * @param reader The number that the ring's owner has given this reader; the one that may read now by default
   */
  constructor(buffer: ArrayBufferLike, reader?: number) {
    const views = ringViews(buffer);
    this.capacity = views.capacity;
    this.mask = views.capacity - 1;
    this.doubles = views.doubles;
    this.words = views.words;
    this.counts = views.counts;
    this.taken = new TakenCounts(buffer);
    this.facts = views.facts;
    this.#cursors = views.cursors;
    this.#claim = new ReaderClaim(views.claim);
    this.#reader = reader ?? this.#claim.reader;
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

  /** What this reader has taken, by weight. */
  get recordedHere(): number {
    return this.#recordedHere;
  }

  /**
   * Gives the `count` slots from {@linkcode Consumer.tail} on back to the producer, and counts them.
   *
   * @param weight What they stand for
   * @param sampledOut How much of it was sampled out
   * @returns Whether they were the reader's until now; if not, what was read of them is void
   * @throws {Error} If the reader was dismissed
   */
  commit(count: number, weight: number = count, sampledOut: number = 0): boolean {
    this.#checkReader();
    const committed = (this.#tail + count) | 0;
    if (Atomics.compareExchange(this.#cursors, TAIL, this.#tail, committed) !== this.#tail) return false;
    // Before anything is done with them: should that fail, they are known to be lost.
    this.taken.add(Taken.recorded, weight);
    this.taken.add(Taken.sampledOut, sampledOut);
    this.#recordedHere += weight;
    this.#tail = committed;
    return true;
  }

  /**
   * Frees the next removed series: their ids and cells may be used again.
   *
   * @throws {Error} If the reader was dismissed
   */
  free(count: number): void {
    if (!this.#claim.free(this.#reader, count)) this.#refuse();
  }

  #checkReader(): void {
    if (this.#claim.reader !== this.#reader) this.#refuse();
  }

  #refuse(): never {
    throw new Error("Cannot read the ring: another reader has taken over");
  }
}

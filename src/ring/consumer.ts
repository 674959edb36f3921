/**
 * Reading end of a ring. The reader checks how many records are published, copies what it needs of them, and commits. A
 * producer that overwrites may have evicted them meanwhile and torn the copy; then the commit fails, and the copy must
 * be discarded.
 *
 * For one thread only. A reader that was dismissed, because its thread seemed to have ended, may still be running, at
 * any instruction. It no longer frees anything. A batch that it commits at that very moment counts as recorded, but not
 * as recorded by the current reader: `recorded - recordedHere` of a later reader is the number of records that were
 * lost with earlier ones.
 *
 * @module
 */

import { HEAD, ringViews, TAIL, Taken } from "./layout.ts";
import { ReaderClaim } from "./reader_claim.ts";
import { TakenCounts } from "./taken_counts.ts";

/** Reads records from a ring. */
export class Consumer {
  /** Number of records that the ring holds. */
  readonly capacity: number;
  /** Mask of slots: `index & mask` is the number of a slot. */
  readonly mask: number;
  /** Slots, four elements a record, see the layout. */
  readonly doubles: Float64Array;
  /** Slots, eight elements a record, see the layout. */
  readonly words: Uint32Array;
  /** Counts of the producer, see `Count` in the layout. */
  readonly counts: Float64Array;
  /** Counts of this reader and earlier ones. */
  readonly taken: TakenCounts;
  /** Properties of the producer's traced records, see `Fact` in the layout. */
  readonly facts: Float64Array;
  readonly #cursors: Int32Array;
  readonly #claim: ReaderClaim;
  readonly #reader: number;
  #tail: number;
  #recordedHere = 0;

  /**
   * Takes over the reading end of a ring at its current cursors.
   *
   * @param reader Number that the ring's owner assigned to this reader; that of the current reader by default
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

  /** Position of the oldest uncommitted record, as of the last {@linkcode Consumer.available}. */
  get tail(): number {
    return this.#tail;
  }

  /**
   * Returns the number of records that are published and not committed, and sets {@linkcode Consumer.tail} to the oldest.
   * Orders every later read of a slot or cell after itself.
   */
  available(): number {
    // The tail is read first: if it is older than the head, too many records seem available, never too few.
    this.#tail = Atomics.load(this.#cursors, TAIL);
    return Math.min((Atomics.load(this.#cursors, HEAD) - this.#tail) | 0, this.capacity);
  }

  /** Records that this reader has taken, by weight. */
  get recordedHere(): number {
    return this.#recordedHere;
  }

  /**
   * Returns the `count` slots from {@linkcode Consumer.tail} on to the producer, and counts them.
   *
   * @param weight Weight of these records
   * @param sampledOut Part of the weight that was sampled out
   * @returns Whether none of them was evicted meanwhile; if `false`, the copy must be discarded
   * @throws {Error} If the reader was dismissed
   */
  commit(count: number, weight: number = count, sampledOut: number = 0): boolean {
    this.#checkReader();
    const committed = (this.#tail + count) | 0;
    if (Atomics.compareExchange(this.#cursors, TAIL, this.#tail, committed) !== this.#tail) return false;
    // Counted before they are processed, so that they are known to be lost if that fails.
    this.taken.add(Taken.recorded, weight);
    this.taken.add(Taken.sampledOut, sampledOut);
    this.#recordedHere += weight;
    this.#tail = committed;
    return true;
  }

  /**
   * Frees the next `count` removed series: their ids and cells may be reused.
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

/**
 * Numbers that increase over all threads: a thread draws a number greater than any that another thread drew before.
 * They stamp gauges that are set on several threads, so that the aggregator knows which thread set the gauge last; a
 * clock would cost ten times as much, and be limited by its resolution. As long as no other thread draws, a thread
 * keeps its number, which costs one atomic load.
 *
 * The count has 32 bits, for which `Atomics` needs no BigInt, and wraps. Each half of its range has an epoch that is
 * incremented while the count is in the other half, 2³¹ numbers before it is needed. So numbers increase up to 2⁵³.
 *
 * @module
 */

/** Size of the memory of {@linkcode Sequence}. */
export const SEQUENCE_BYTES: number = 3 * Int32Array.BYTES_PER_ELEMENT;

const COUNT = 0;
/** Two words: the epoch of the lower half of the count, and that of the upper half. */
const EPOCHS = 1;
const HALF = 2 ** 31;

/**
 * Allocates the words of a sequence; its first number is 1.
 *
 * @param shared Whether several threads draw from it
 */
export function createSequence(shared: boolean): ArrayBufferLike {
  const buffer = shared ? new SharedArrayBuffer(SEQUENCE_BYTES) : new ArrayBuffer(SEQUENCE_BYTES);
  new Int32Array(buffer)[COUNT] = 1;
  return buffer;
}

/** One thread's view of a sequence. */
export class Sequence {
  readonly #words: Int32Array;
  /** Number that this thread drew last. */
  #drawn = 0;
  /** Count right after that draw. */
  #countAfter = 0;

  /** Creates a view of a buffer of {@linkcode createSequence}. */
  constructor(buffer: ArrayBufferLike) {
    this.#words = new Int32Array(buffer);
  }

  /** Returns a number greater than any that other threads drew, and not less than this thread's last. */
  next(): number {
    return Atomics.load(this.#words, COUNT) === this.#countAfter ? this.#drawn : this.#draw();
  }

  #draw(): number {
    const words = this.#words;
    const count = Atomics.add(words, COUNT, 1) >>> 0;
    const half = count >>> 31;
    if (count === half * HALF) Atomics.add(words, EPOCHS + 1 - half, 1);
    this.#countAfter = (count + 1) | 0;
    return this.#drawn = Atomics.load(words, EPOCHS + half) * 2 * HALF + count;
  }
}

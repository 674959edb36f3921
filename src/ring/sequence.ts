/**
 * Numbers that go up over all threads: a thread gets a greater one than any other thread got before.
 * A gauge that is set on several threads is stamped with them, so that the aggregator knows which
 * share was set last; a clock would cost ten times as much and go by its resolution. As long as no
 * other thread asks, a thread keeps its number, which costs an atomic load.
 *
 * The count is 32 bits, because `Atomics` on those needs no BigInt, and wraps; each half of its
 * range has an epoch that is moved on while the count is in the other half, 2³¹ numbers before
 * anybody needs it. So numbers go up until 2⁵³.
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

/** One thread's end of a sequence. */
export class Sequence {
  readonly #words: Int32Array;
  /** The number that this thread drew last. */
  #drawn = 0;
  /** The count right after it did. */
  #countAfter = 0;

  /** Draws from the words that {@linkcode createSequence} made. */
  constructor(buffer: ArrayBufferLike) {
    this.#words = new Int32Array(buffer);
  }

  /** A number greater than any that other threads have got, and not less than this one's last. */
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

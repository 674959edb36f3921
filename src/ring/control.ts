/**
 * What all threads are told at run time: whether anything is recorded, and which share of it. One shared word changes
 * with each change, so a call sees with one plain load whether all is as it was.
 *
 * @module
 */

/** The word when nothing is recorded. */
export const DISABLED = 0;

/** The largest word: every call is recorded. */
const WORD_MAX = 2 ** 29;
const WORD = 0;
const RATE = 1;

/**
 * Allocates the memory of a {@linkcode Control}: the word, and the rate as a double behind it.
 *
 * @param shared Whether other threads read it
 */
export function createControlBuffer(shared: boolean): ArrayBufferLike {
  const bytes = 2 * Float64Array.BYTES_PER_ELEMENT;
  return shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}

/** Settings that take effect at the next call, on all threads that share their memory. */
export class Control {
  /** The word, alone in its array: {@linkcode DISABLED}, or what the rate comes to. */
  readonly word: Int32Array;
  readonly #rate: Float64Array;

  /** A view of the settings in a buffer of {@linkcode createControlBuffer}. */
  constructor(buffer: ArrayBufferLike) {
    this.word = new Int32Array(buffer, 0, 1);
    this.#rate = new Float64Array(buffer, RATE * Float64Array.BYTES_PER_ELEMENT, 1);
  }

  /** Whether anything is recorded. */
  get enabled(): boolean {
    return Atomics.load(this.word, WORD) !== DISABLED;
  }

  /** The share of calls that are recorded, 0 to 1. */
  get samplingRate(): number {
    // Ordered behind the word, which is stored after the rate.
    Atomics.load(this.word, WORD);
    return this.#rate[0];
  }

  /** Sets both. */
  set(enabled: boolean, samplingRate: number): void {
    this.#rate[0] = samplingRate;
    Atomics.store(this.word, WORD, enabled ? 1 + Math.round(samplingRate * (WORD_MAX - 1)) : DISABLED);
  }
}

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
/** Cache lines of its own, two on either side: small buffers lie side by side, and others are written all the time. */
const WORD_OFFSET_BYTES = 128;
const GATE_OFFSET_BYTES: number = WORD_OFFSET_BYTES + Int32Array.BYTES_PER_ELEMENT;
const CEILING_OFFSET_BYTES: number = WORD_OFFSET_BYTES + Float64Array.BYTES_PER_ELEMENT;
const BUFFER_BYTES = 3 * WORD_OFFSET_BYTES;

/**
 * Allocates the memory of a {@linkcode Control}: the word, the gate, and the rate that was asked for as a double behind
 * them.
 *
 * @param shared Whether other threads read it
 */
export function createControlBuffer(shared: boolean): ArrayBufferLike {
  return shared ? new SharedArrayBuffer(BUFFER_BYTES) : new ArrayBuffer(BUFFER_BYTES);
}

/** Settings that take effect at the next call, on all threads that share their memory. */
export class Control {
  /** The word, alone in its array: {@linkcode DISABLED}, or what the rate comes to. */
  readonly word: Int32Array;
  /** One while anything is recorded, else zero: a factor costs less than a branch. */
  readonly gate: Int32Array;
  readonly #ceiling: Float64Array;

  /** A view of the settings in a buffer of {@linkcode createControlBuffer}. */
  constructor(buffer: ArrayBufferLike) {
    this.word = new Int32Array(buffer, WORD_OFFSET_BYTES, 1);
    this.gate = new Int32Array(buffer, GATE_OFFSET_BYTES, 1);
    this.#ceiling = new Float64Array(buffer, CEILING_OFFSET_BYTES, 1);
  }

  /** Whether anything is recorded. */
  get enabled(): boolean {
    return Atomics.load(this.word, WORD) !== DISABLED;
  }

  /** The share of calls that are recorded, 0 to 1, or would be if anything was. */
  get samplingRate(): number {
    // Ordered before the double, which is stored before the word.
    const word = Atomics.load(this.word, WORD);
    const ceiling = this.#ceiling[0];
    return word === DISABLED || word === wordOf(ceiling) ? ceiling : (word - 1) / (WORD_MAX - 1);
  }

  /** The share that was asked for; a rate that sets itself stays below. */
  get ceiling(): number {
    Atomics.load(this.word, WORD);
    return this.#ceiling[0];
  }

  /** Sets both. */
  set(enabled: boolean, samplingRate: number): void {
    this.#ceiling[0] = samplingRate;
    Atomics.store(this.gate, 0, enabled ? 1 : 0);
    Atomics.store(this.word, WORD, enabled ? wordOf(samplingRate) : DISABLED);
  }

  /** Changes the share that is recorded, but not the one that was asked for; whoever sets both meanwhile is right. */
  adapt(samplingRate: number): void {
    const word = Atomics.load(this.word, WORD);
    if (word !== DISABLED) Atomics.compareExchange(this.word, WORD, word, wordOf(samplingRate));
  }
}

/** The word of a rate: never {@linkcode DISABLED}. */
function wordOf(samplingRate: number): number {
  return 1 + Math.round(samplingRate * (WORD_MAX - 1));
}

/**
 * What threads are told at run time: whether anything is recorded, and which share of it. Each thread has a word of its
 * own, which changes with each change, so a call sees with one plain load whether all is as it was. All words lie in one
 * piece of memory, so that whoever changes the settings reaches every thread, also one that does not come to rest.
 *
 * @module
 */

import type { CallCost } from "../model/diagnostics.ts";

/** The word when nothing is recorded. */
export const DISABLED = 0;

/** The largest word: every call is recorded. */
const WORD_MAX = 2 ** 29;
const WORD = 0;
/** How many threads have a word of their own; those past it share one with others. */
const LANES_COUNT = 64;
/** Cache lines of its own, two each: others write what lies beside them all the time. */
const LANE_BYTES = 128;
const LANE_LENGTH: number = LANE_BYTES / Int32Array.BYTES_PER_ELEMENT;
/** The words and gates lie between two lines that are empty, but for what is common in the first. */
const COMMON_OFFSET_BYTES = LANE_BYTES;
const LANES_OFFSET_BYTES: number = COMMON_OFFSET_BYTES + LANE_BYTES;
/** Size of the memory of {@linkcode Control}. */
export const CONTROL_BYTES: number = LANES_OFFSET_BYTES + (LANES_COUNT + 1) * LANE_BYTES;

/** The doubles that are common to all threads. */
const COMMON_LENGTH = 4;
const CEILING = 0;
const RECORDED_SECONDS = 1;
const SAMPLED_SECONDS = 2;
const SKIPPED_SECONDS = 3;

/**
 * Allocates the memory of {@linkcode Control}.
 *
 * @param shared Whether other threads read it
 */
export function createControlBuffer(shared: boolean): ArrayBufferLike {
  return shared ? new SharedArrayBuffer(CONTROL_BYTES) : new ArrayBuffer(CONTROL_BYTES);
}

/** Where the word of a thread is: of the one that made the metrics is 0, of the others from 1 on. */
export function laneOf(thread: number): number {
  return thread < LANES_COUNT ? thread : 1 + (thread - 1) % (LANES_COUNT - 1);
}

/** Settings that take effect at the next call, on all threads that share their memory; seen from one of them. */
export class Control {
  /** The thread's word, alone in its array: {@linkcode DISABLED}, or what the rate comes to. */
  readonly word: Int32Array;
  /** One while anything is recorded, else zero: a factor costs less than a branch. */
  readonly gate: Int32Array;
  /** Those of all threads. */
  readonly #lanes: Int32Array;
  readonly #common: Float64Array;

  /**
   * A view of the settings in a buffer of {@linkcode createControlBuffer}.
   *
   * @param lane Where the thread's word is, see {@linkcode laneOf}
   */
  constructor(buffer: ArrayBufferLike, lane: number = 0) {
    const offset = LANES_OFFSET_BYTES + lane * LANE_BYTES;
    this.word = new Int32Array(buffer, offset, 1);
    this.gate = new Int32Array(buffer, offset + Int32Array.BYTES_PER_ELEMENT, 1);
    this.#lanes = new Int32Array(buffer, LANES_OFFSET_BYTES, LANES_COUNT * LANE_LENGTH);
    this.#common = new Float64Array(buffer, COMMON_OFFSET_BYTES, COMMON_LENGTH);
  }

  /** Whether anything is recorded. */
  get enabled(): boolean {
    return Atomics.load(this.word, WORD) !== DISABLED;
  }

  /** The share of the thread's calls that are recorded, 0 to 1, or would be if anything was. */
  get samplingRate(): number {
    return this.#rateOf(Atomics.load(this.word, WORD));
  }

  /** The least share that a thread has. */
  get lowestRate(): number {
    let lowest = 1;
    for (let at = 0; at < this.#lanes.length; at += LANE_LENGTH) {
      lowest = Math.min(lowest, this.#rateOf(Atomics.load(this.#lanes, at)));
    }
    return lowest;
  }

  /** The share that was asked for; rates that set themselves stay below. */
  get ceiling(): number {
    Atomics.load(this.word, WORD);
    return this.#common[CEILING];
  }

  /** What calls cost; `undefined` until it is measured. */
  get callCost(): CallCost | undefined {
    Atomics.load(this.word, WORD);
    const recordedSeconds = this.#common[RECORDED_SECONDS];
    if (recordedSeconds === 0) return undefined;
    return {
      recordedSeconds,
      sampledSeconds: this.#common[SAMPLED_SECONDS],
      skippedSeconds: this.#common[SKIPPED_SECONDS],
    };
  }

  set callCost({ recordedSeconds, sampledSeconds, skippedSeconds }: CallCost) {
    this.#common[SKIPPED_SECONDS] = skippedSeconds;
    this.#common[SAMPLED_SECONDS] = sampledSeconds;
    this.#common[RECORDED_SECONDS] = recordedSeconds;
  }

  /** Sets both, for all threads. */
  set(enabled: boolean, samplingRate: number): void {
    this.#common[CEILING] = samplingRate;
    const [gate, word] = enabled ? [1, wordOf(samplingRate)] : [0, DISABLED];
    for (let at = 0; at < this.#lanes.length; at += LANE_LENGTH) {
      Atomics.store(this.#lanes, at + 1, gate);
      Atomics.store(this.#lanes, at, word);
    }
  }

  /**
   * Changes the share of the thread's calls that are recorded, but not the one that was asked for; whoever sets both
   * meanwhile is right.
   */
  adapt(samplingRate: number): void {
    const word = Atomics.load(this.word, WORD);
    if (word !== DISABLED) Atomics.compareExchange(this.word, WORD, word, wordOf(samplingRate));
  }

  /** The double is read after the word, and stored before it. */
  #rateOf(word: number): number {
    const ceiling = this.#common[CEILING];
    return word === DISABLED || word === wordOf(ceiling) ? ceiling : (word - 1) / (WORD_MAX - 1);
  }
}

/** The word of a rate: never {@linkcode DISABLED}. */
function wordOf(samplingRate: number): number {
  return 1 + Math.round(samplingRate * (WORD_MAX - 1));
}

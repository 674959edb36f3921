/**
 * Switches that take effect at run time: whether anything is recorded, and which share of calls. Each thread reads its
 * own word, which is different after each change, so a call sees with one plain load whether anything has changed. All
 * words are in one block of memory, so that a change reaches every thread, even one that never yields to the event
 * loop.
 *
 * @module
 */

import type { CallCost } from "../model/diagnostics.ts";

/** Word while nothing is recorded. */
export const DISABLED = 0;

/** Largest word: every call is recorded. */
const WORD_MAX = 2 ** 29;
const WORD = 0;
/** Number of words; beyond that, threads share words. */
const LANES_COUNT = 64;
/** Two cache lines per lane, because neighbouring memory is written constantly. */
const LANE_BYTES = 128;
const LANE_LENGTH: number = LANE_BYTES / Int32Array.BYTES_PER_ELEMENT;
/** Lanes lie between two empty lines, the first of which holds the doubles shared by all threads. */
const COMMON_OFFSET_BYTES = LANE_BYTES;
const LANES_OFFSET_BYTES: number = COMMON_OFFSET_BYTES + LANE_BYTES;
/** Size of the memory of {@linkcode Control}. */
export const CONTROL_BYTES: number = LANES_OFFSET_BYTES + (LANES_COUNT + 1) * LANE_BYTES;

/** Number of doubles shared by all threads. */
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

/** Returns the lane of a thread: 0 for the one that created the metrics, from 1 on for the others. */
export function laneOf(thread: number): number {
  return thread < LANES_COUNT ? thread : 1 + (thread - 1) % (LANES_COUNT - 1);
}

/** One thread's view of the settings that take effect at the next call on all threads. */
export class Control {
  /** Word of the thread, alone in its array: {@linkcode DISABLED}, or the encoded rate. */
  readonly word: Int32Array;
  /** Gate: 1 while anything is recorded, else 0. Multiplying by it costs less than a branch. */
  readonly gate: Int32Array;
  /** Lanes of all threads. */
  readonly #lanes: Int32Array;
  readonly #common: Float64Array;

  /**
   * Creates a view of a buffer of {@linkcode createControlBuffer}.
   *
   * @param lane Lane of the thread, see {@linkcode laneOf}
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

  /** Share of the thread's calls that is recorded while anything is, 0 to 1. */
  get samplingRate(): number {
    return this.#rateOf(Atomics.load(this.word, WORD));
  }

  /** Lowest share of all threads. */
  get lowestRate(): number {
    let lowest = 1;
    for (let at = 0; at < this.#lanes.length; at += LANE_LENGTH) {
      lowest = Math.min(lowest, this.#rateOf(Atomics.load(this.#lanes, at)));
    }
    return lowest;
  }

  /** Requested share; adaptive rates stay below it. */
  get ceiling(): number {
    Atomics.load(this.word, WORD);
    return this.#common[CEILING];
  }

  /** Cost of calls; `undefined` until it is measured. */
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

  /** Sets both settings, for all threads. */
  set(enabled: boolean, samplingRate: number): void {
    this.#common[CEILING] = samplingRate;
    const [gate, word] = enabled ? [1, wordOf(samplingRate)] : [0, DISABLED];
    for (let at = 0; at < this.#lanes.length; at += LANE_LENGTH) {
      Atomics.store(this.#lanes, at + 1, gate);
      Atomics.store(this.#lanes, at, word);
    }
  }

  /**
   * Changes the share of the thread's calls that is recorded, below the requested one; a concurrent
   * {@linkcode Control.set} wins.
   */
  adapt(samplingRate: number): void {
    const word = Atomics.load(this.word, WORD);
    if (word !== DISABLED) Atomics.compareExchange(this.word, WORD, word, wordOf(samplingRate));
  }

  /** Returns the rate of a word. Reads the double after the word, because it is stored before the word. */
  #rateOf(word: number): number {
    const ceiling = this.#common[CEILING];
    return word === DISABLED || word === wordOf(ceiling) ? ceiling : (word - 1) / (WORD_MAX - 1);
  }
}

/** Encodes a rate: never {@linkcode DISABLED}. */
function wordOf(samplingRate: number): number {
  return 1 + Math.round(samplingRate * (WORD_MAX - 1));
}

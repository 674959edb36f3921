/**
 * Timing of all listeners of one message.
 *
 * @module
 */

import { isPromise, returnsNewPromises, whenSettled } from "../../instrument/settlement.ts";
import type { Timer } from "../../instrument/timer.ts";

/** Timing of one message. */
export class MessageTiming {
  readonly #timer: Timer;
  readonly #start: number;
  /** Number of unfinished parts: the dispatch itself, and pending promises of listeners. */
  #pending = 1;

  /** Starts the timing. */
  constructor(timer: Timer) {
    this.#timer = timer;
    this.#start = timer.start();
  }

  /**
   * Extends the timing to the promise that a listener returned, if it can be followed without the program noticing.
   *
   * @param listener Function that returned the result
   * @returns Value to return in place of the result
   */
  follow(result: unknown, listener: unknown): unknown {
    if (!isPromise(result) || !returnsNewPromises(listener)) return result;
    this.#pending += 1;
    const leave = () => this.leave();
    return whenSettled(result, true, leave, leave);
  }

  /** Ends one part; the last one ends the timing. */
  leave(): void {
    this.#pending -= 1;
    if (this.#pending === 0) this.#timer.end(this.#start);
  }
}

/**
 * The time that all listeners take for one message.
 *
 * @module
 */

import { isPromise, returnsNewPromises, whenSettled } from "../../instrument/settlement.ts";
import type { Timer } from "../../instrument/timer.ts";

/** One message that is being handled. */
export class MessageTiming {
  readonly #timer: Timer;
  readonly #start: number;
  /** The dispatch itself, and promises of listeners that have not settled. */
  #pending = 1;

  /** Starts now. */
  constructor(timer: Timer) {
    this.#timer = timer;
    this.#start = timer.start();
  }

  /**
   * Waits also for the promise that a listener returned, if it can be followed although nobody uses it.
   *
   * @param listener What returned it
   * @returns What the listener is to have returned
   */
  follow(result: unknown, listener: unknown): unknown {
    if (!isPromise(result) || !returnsNewPromises(listener)) return result;
    this.#pending += 1;
    const leave = () => this.leave();
    return whenSettled(result, true, leave, leave);
  }

  /** Part of the work is done; with the last part the timing ends. */
  leave(): void {
    this.#pending -= 1;
    if (this.#pending === 0) this.#timer.end(this.#start);
  }
}

/**
 * The time that all listeners take for one message.
 *
 * @module
 */

import { isAsyncFunction, isFollowedUnused, isPromise, whenSettled } from "../instrument/settlement.ts";
import type { Timer } from "../instrument/timer.ts";

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
   */
  follow(result: unknown, listener: unknown): void {
    if (!isPromise(result)) return;
    const isNew = isAsyncFunction(listener);
    if (!isFollowedUnused(result, isNew)) return;
    const leave = () => this.leave();
    if (whenSettled(result, isNew, leave, leave)) this.#pending += 1;
  }

  /** Part of the work is done; with the last part the timing ends. */
  leave(): void {
    this.#pending -= 1;
    if (this.#pending === 0) this.#timer.end(this.#start);
  }
}

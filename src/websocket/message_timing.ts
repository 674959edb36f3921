/**
 * The time that all listeners take for one message.
 *
 * @module
 */

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

  /** Waits also for what a listener gave back, if that is a promise. */
  follow(result: unknown): void {
    if (!(result instanceof Promise)) return;
    this.#pending += 1;
    // A rejection that nobody handles is still reported as such.
    result.then(() => this.leave(), (error) => {
      this.leave();
      throw error;
    });
  }

  /** Part of the work is done; with the last part the timing ends. */
  leave(): void {
    this.#pending -= 1;
    if (this.#pending === 0) this.#timer.end(this.#start);
  }
}

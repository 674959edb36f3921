/**
 * Timer that retries an action, with a longer delay after each failure. It keeps the program alive only if held.
 *
 * @module
 */

import { refTimer, unrefTimer } from "../../platform/unref_timer.ts";
import { BackOff } from "./back_off.ts";

/** Retries of one action. */
export class Retry {
  readonly #action: () => void;
  readonly #backOff: BackOff = new BackOff();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isHeld = false;

  /** Creates the retries of an action, without starting a timer. */
  constructor(action: () => void) {
    this.#action = action;
  }

  /** Whether the program stays alive for the next attempt. */
  set isHeld(isHeld: boolean) {
    this.#isHeld = isHeld;
    this.#keepAlive();
  }

  /** Number of failures since the last good run. */
  get failures(): number {
    return this.#backOff.failures;
  }

  /** Notes that the action has succeeded. */
  noteSuccess(): void {
    this.#backOff.noteStart(performance.now());
  }

  /** Notes that the action, or the work that it has started, has failed, and retries it later. */
  noteFailure(): void {
    this.wait(this.#backOff.noteFailure(performance.now()));
  }

  /** Retries after a delay in milliseconds. */
  wait(delayMs: number): void {
    this.cancel();
    this.#timer = setTimeout(() => this.#run(), delayMs);
    this.#keepAlive();
  }

  /** Retries at once if a retry is scheduled. */
  hurry(): void {
    if (this.#timer === undefined) return;
    this.cancel();
    this.#run();
  }

  /** Cancels the scheduled retry. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #run(): void {
    this.#timer = undefined;
    this.#action();
  }

  #keepAlive(): void {
    if (this.#timer === undefined) return;
    if (this.#isHeld) refTimer(this.#timer);
    else unrefTimer(this.#timer);
  }
}

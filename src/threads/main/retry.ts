/**
 * A timer that tries something again, later each time that it fails. It keeps the program alive only if it is held.
 *
 * @module
 */

import { refTimer, unrefTimer } from "../../platform/unref_timer.ts";
import { BackOff } from "./back_off.ts";

/** Tries again. */
export class Retry {
  readonly #action: () => void;
  readonly #backOff: BackOff = new BackOff();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isHeld = false;

  /** Waits for a failure of an action. */
  constructor(action: () => void) {
    this.#action = action;
  }

  /** Whether the program is to stay alive for the next attempt. */
  set isHeld(isHeld: boolean) {
    this.#isHeld = isHeld;
    this.#keepAlive();
  }

  /** The action has succeeded. */
  noteSuccess(): void {
    this.#backOff.noteStart(performance.now());
  }

  /** The action has failed, or what it has started: tries again later. */
  noteFailure(): void {
    this.wait(this.#backOff.noteFailure(performance.now()));
  }

  /** Tries again after some milliseconds. */
  wait(delayMs: number): void {
    this.cancel();
    this.#timer = setTimeout(() => this.#run(), delayMs);
    this.#keepAlive();
  }

  /** Tries at once what waits for its time. */
  hurry(): void {
    if (this.#timer === undefined) return;
    this.cancel();
    this.#run();
  }

  /** Tries no more. */
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

/**
 * Guard that ends a timing at the end of a scope.
 *
 * @module
 */

import type { StartEnd } from "./timed_function.ts";

/** Timing that ends with its scope: `using _ = timer.span()`. */
export interface TimerScope extends Disposable {
  /** Ends the timing before the scope does. */
  end(): void;
}

/** Scope of a timer; the timing starts when it is created. */
export class StartedScope implements TimerScope {
  readonly #timer: StartEnd;
  readonly #start: number;
  #isOver = false;

  /** Starts the timing. */
  constructor(timer: StartEnd) {
    this.#timer = timer;
    this.#start = timer.start();
  }

  /** Ends the timing; a second time does nothing. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer.end(this.#start);
  }

  [Symbol.dispose](): void {
    this.end();
  }
}

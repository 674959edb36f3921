/**
 * Guards for injected clocks: whatever these return, recording never throws and no sum or window is corrupted. Built-in
 * clocks need no guard, which keeps their calls short.
 *
 * @module
 */

import type { Clock, ClockChoice } from "./clock.ts";

/** Largest time at which a double still distinguishes milliseconds. */
const TIME_MAX = Number.MAX_SAFE_INTEGER;
/** Replacement for negative times. Not -1, which marks the start of a timing that is sampled out. */
const BELOW_ZERO = -2;

/** Returns the clock of timings: an injected clock behind a guard, a built-in one unchanged. */
export function guardedClock({ clock, name }: ClockChoice): Clock {
  return name === "injected" ? new GuardedClock(clock) : clock;
}

/** Clock that always returns a number: NaN if the guarded clock throws or returns anything but a time. */
class GuardedClock implements Clock {
  /** Not `#private`, and the rare case is a separate function, because V8 limits the size of inlined code. */
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  now(): number {
    try {
      const shown: unknown = this.clock.now();
      return typeof shown === "number" && shown >= 0 && shown <= TIME_MAX ? shown : noTime(shown);
    } catch {
      return NaN;
    }
  }
}

function noTime(shown: unknown): number {
  return typeof shown === "number" && shown < 0 ? BELOW_ZERO : NaN;
}

/**
 * Clock of windows: never goes back, and stands still while the followed clock returns no time. If that is set back,
 * this clock continues from its last time.
 */
export class SteadyClock implements Clock {
  readonly #clock: Clock;
  #shiftMs = 0;
  #lastMs = 0;

  /** Creates a clock that follows another one. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    const shownMs = this.#clock.now();
    if (!(shownMs >= 0)) return this.#lastMs;
    const nowMs = shownMs + this.#shiftMs;
    if (nowMs >= this.#lastMs) return this.#lastMs = nowMs;
    this.#shiftMs = this.#lastMs - shownMs;
    return this.#lastMs;
  }
}

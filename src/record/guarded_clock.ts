/**
 * Guards for clocks of programs: whatever those return, recording never throws and no sum or window is spoilt. Built-in
 * clocks need no guard, so their calls stay short.
 *
 * @module
 */

import type { Clock, ClockChoice } from "./clock.ts";

/** Largest time whose milliseconds a double still distinguishes. */
const TIME_MAX = Number.MAX_SAFE_INTEGER;
/** Replaces times below zero. Not -1, which marks the start of a timing that is sampled out. */
const BELOW_ZERO = -2;

/** Returns the clock of timings: that of a program behind a guard, a built-in one as it is. */
export function guardedClock({ clock, name }: ClockChoice): Clock {
  return name === "injected" ? new GuardedClock(clock) : clock;
}

/** A clock that returns a number whatever the one behind it does: NaN if that is not a time. */
class GuardedClock implements Clock {
  /** Not `#private`, and the rare case in a function: V8 inlines only so much. */
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
 * A clock for windows: never goes back, and stands still while the one behind it returns no time. If that is set back, it
 * continues from where it was.
 */
export class SteadyClock implements Clock {
  readonly #clock: Clock;
  #shiftMs = 0;
  #lastMs = 0;

  /** Follows another clock. */
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

/**
 * Clocks that programs bring, made safe: whatever they show, recording never throws and no sum or window is spoilt. The
 * built-in clocks need none of it, so their calls stay as short as they are.
 *
 * @module
 */

import type { Clock, ClockChoice } from "./clock.ts";

/** The largest time whose milliseconds a double still tells apart. */
const TIME_MAX = Number.MAX_SAFE_INTEGER;
/** Instead of any time below zero: never -1, which is what a timing starts with that is sampled out. */
const BELOW_ZERO = -2;

/** The clock to time with: the caller's own behind a guard, a built-in one as it is. */
export function guardedClock({ clock, name }: ClockChoice): Clock {
  return name === "injected" ? new GuardedClock(clock) : clock;
}

/** A clock that shows a number whatever the one behind it does: NaN for what is no time. */
class GuardedClock implements Clock {
  /** Not `#private`, and what is rare apart: V8 inlines only so much. */
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
 * A clock for windows: never goes back, and stands still while the one behind it shows no time. If that is set back, it
 * goes on from where it was.
 */
export class SteadyClock implements Clock {
  readonly #clock: Clock;
  #shiftMs = 0;
  #lastMs = 0;

  /** Shows what another clock does, as long as that goes on. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** See {@linkcode Clock.now}. */
  now(): number {
    const shownMs = this.#clock.now();
    if (!(shownMs >= 0)) return this.#lastMs;
    const nowMs = shownMs + this.#shiftMs;
    if (nowMs >= this.#lastMs) return this.#lastMs = nowMs;
    this.#shiftMs = this.#lastMs - shownMs;
    return this.#lastMs;
  }
}

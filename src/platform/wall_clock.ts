/**
 * Time of day, and its offset from a monotonic clock.
 *
 * A program may replace `Date.now`, and a wall clock may jump: the machine was suspended, or its time was set. So no
 * duration and no order is derived from it. Times are monotonic until they are displayed, and are converted to times of
 * day by an origin that is checked repeatedly.
 *
 * @module
 */

/** Largest distance from the epoch, in milliseconds, that a `Date` can hold. */
export const EPOCH_MS_MAX = 8.64e15;

/** Returns milliseconds since the epoch: the value of `Date.now`, unless that is not a valid time. Never throws. */
export function wallMs(): number {
  try {
    const ms: unknown = Date.now();
    if (typeof ms === "number" && ms >= 0 && ms <= EPOCH_MS_MAX) return ms;
  } catch {
    // The program has replaced `Date.now`.
  }
  return performance.timeOrigin + performance.now();
}

/** Returns the time of day, now or some milliseconds ago, as ISO 8601. */
export function wallTimestamp(agoMs: number = 0): string {
  return new Date(Math.max(0, wallMs() - agoMs)).toISOString();
}

/** Time of day at a monotonic clock's zero. */
export class WallOrigin {
  readonly #nowMs: () => number;
  readonly #wallMs: () => number;
  #originMs: number;

  /**
   * Determines the origin.
   *
   * @param nowMs The monotonic clock, in milliseconds
   * @param wall The wall clock, in milliseconds since the epoch
   */
  constructor(nowMs: () => number, wall: () => number = wallMs) {
    this.#nowMs = nowMs;
    this.#wallMs = wall;
    // `performance` is finer than the whole milliseconds of the wall clock.
    this.#originMs = performance.timeOrigin + performance.now() - nowMs();
    this.check();
  }

  /** Origin in milliseconds since the epoch, as of the last check. */
  get ms(): number {
    return this.#originMs;
  }

  /**
   * Reads both clocks, and moves the origin no further than their values require: by the whole jump if the wall clock
   * has jumped, else not at all, even if the readings are interrupted and although the wall clock counts whole
   * milliseconds.
   */
  check(): number {
    const beforeMs = this.#nowMs();
    const shownMs = this.#wallMs();
    const earliestMs = shownMs - this.#nowMs();
    const latestMs = shownMs + 1 - beforeMs;
    // A clock may return NaN.
    if (!(earliestMs <= latestMs)) return this.#originMs;
    if (!(this.#originMs >= earliestMs)) this.#originMs = earliestMs;
    else if (this.#originMs > latestMs) this.#originMs = latestMs;
    return this.#originMs;
  }
}

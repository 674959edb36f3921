/**
 * The time of day, and how far a monotonic clock is from it.
 *
 * A program may replace `Date.now`, and a wall clock may jump: the machine was suspended, or its time was set. So no
 * duration and no order follows from it. Times are monotonic until they are shown, and become times of day by an origin
 * that is checked again and again.
 *
 * @module
 */

/** The last moment, before or after the epoch, that a date can hold. */
export const EPOCH_MS_MAX = 8.64e15;

/** The time of day in milliseconds since the epoch: what `Date.now` shows, unless that is no time of day. Never throws. */
export function wallMs(): number {
  try {
    const ms: unknown = Date.now();
    if (typeof ms === "number" && ms >= 0 && ms <= EPOCH_MS_MAX) return ms;
  } catch {
    // Somebody has replaced it.
  }
  return performance.timeOrigin + performance.now();
}

/** The time of day as ISO 8601. */
export function wallTimestamp(agoMs: number = 0): string {
  return new Date(Math.max(0, wallMs() - agoMs)).toISOString();
}

/** Where a monotonic clock's zero lies in the time of day. */
export class WallOrigin {
  readonly #nowMs: () => number;
  readonly #wallMs: () => number;
  #originMs: number;

  /**
   * Looks for the first time.
   *
   * @param nowMs The monotonic clock, in milliseconds
   * @param wall The wall clock, in milliseconds since the epoch
   */
  constructor(nowMs: () => number, wall: () => number = wallMs) {
    this.#nowMs = nowMs;
    this.#wallMs = wall;
    // Finer than the whole milliseconds of the wall clock.
    this.#originMs = performance.timeOrigin + performance.now() - nowMs();
    this.check();
  }

  /** The origin in milliseconds since the epoch, as of the last check. */
  get ms(): number {
    return this.#originMs;
  }

  /**
   * Looks at both clocks, and moves the origin no further than what they show asks for: by the whole jump if the wall
   * clock has jumped, else not at all, whatever interrupts the look and although the wall clock counts whole milliseconds.
   */
  check(): number {
    const beforeMs = this.#nowMs();
    const shownMs = this.#wallMs();
    const earliestMs = shownMs - this.#nowMs();
    const latestMs = shownMs + 1 - beforeMs;
    // A clock that shows no number tells nothing.
    if (!(earliestMs <= latestMs)) return this.#originMs;
    if (!(this.#originMs >= earliestMs)) this.#originMs = earliestMs;
    else if (this.#originMs > latestMs) this.#originMs = latestMs;
    return this.#originMs;
  }
}

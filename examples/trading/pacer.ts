/**
 * Rate of events, many per second, on inexact timers. The number of due events follows from the clock and not from the
 * number of ticks, so a late tick is compensated.
 *
 * @module
 */

/** Keeps a rate. */
export class Pacer {
  readonly #perMs: number;
  readonly #startMs: number;
  readonly #mostAtOnce: number;
  #done = 0;

  /**
   * Starts.
   *
   * @param perSecond Events per second
   * @param startMs Time of the start; the first event is due one interval later
   * @param mostAtOnce Maximum number per call, so that catching up after a long pause does not block
   * @throws {RangeError} If the rate is not above zero
   */
  constructor(perSecond: number, startMs: number, mostAtOnce: number) {
    if (!(perSecond > 0 && perSecond < Infinity)) {
      throw new RangeError(`Cannot keep a pace: perSecond must be above 0, got ${perSecond}`);
    }
    this.#perMs = perSecond / 1_000;
    this.#startMs = startMs;
    this.#mostAtOnce = mostAtOnce;
  }

  /** Returns the number of events that are due at a time and were not returned before. */
  take(nowMs: number): number {
    const due = Math.floor((nowMs - this.#startMs) * this.#perMs) - this.#done;
    const count = Math.max(0, Math.min(due, this.#mostAtOnce));
    this.#done += count;
    return count;
  }
}

/**
 * When things are due that happen many times a second, on timers that are never on time: what is
 * due follows from the clock, not from the number of ticks, so a late tick is made up for.
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
   * @param perSecond The rate
   * @param startMs The time of the start; the first is due one interval later
   * @param mostAtOnce Maximum to return per call, so that catching up after a long pause does not block
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

  /** How many are due at a time and were not yet given. */
  take(nowMs: number): number {
    const due = Math.floor((nowMs - this.#startMs) * this.#perMs) - this.#done;
    const count = Math.max(0, Math.min(due, this.#mostAtOnce));
    this.#done += count;
    return count;
  }
}

/**
 * How many calls a second a thread makes, and how many of them are recorded: totals that are looked at now and then,
 * smoothed exponentially so that neither a burst nor the interval in which counts arrive shows.
 *
 * @module
 */

/** Milliseconds after which a step has shown by 63 %; by 99.7 % after three seconds. */
const TIME_CONSTANT_MS = 500;
const MS_PER_SECOND = 1_000;

/** The load of one thread. */
export class LoadMeter {
  /** Calls a second. */
  offeredRate = 0;
  /** Calls a second that were recorded. */
  recordedRate = 0;
  #offered: number;
  #recorded: number;
  #isFirst = true;

  /** Counts from these totals on. */
  constructor(offered: number, recorded: number) {
    this.#offered = offered;
    this.#recorded = recorded;
  }

  /**
   * Takes the totals of now.
   *
   * @param elapsedMs Milliseconds since it was last told, above 0
   */
  note(offered: number, recorded: number, elapsedMs: number): void {
    const share = this.#isFirst ? 1 : 1 - Math.exp(-elapsedMs / TIME_CONSTANT_MS);
    const perSecond = MS_PER_SECOND / elapsedMs;
    this.offeredRate += share * ((offered - this.#offered) * perSecond - this.offeredRate);
    this.recordedRate += share * ((recorded - this.#recorded) * perSecond - this.recordedRate);
    this.#offered = offered;
    this.#recorded = recorded;
    this.#isFirst = false;
  }
}

/**
 * Rates of calls and of recorded calls of a thread, from totals read at intervals, smoothed exponentially to hide
 * bursts and the interval of the readings.
 *
 * @module
 */

/** Milliseconds after which 63 % of a step are visible; 99.7 % after three seconds. */
const TIME_CONSTANT_MS = 500;
const MS_PER_SECOND = 1_000;

/** Load of one thread. */
export class LoadMeter {
  /** Calls per second. */
  offeredRate = 0;
  /** Recorded calls per second. */
  recordedRate = 0;
  #offered: number;
  #recorded: number;
  #isFirst = true;

  /** Starts from the given totals. */
  constructor(offered: number, recorded: number) {
    this.#offered = offered;
    this.#recorded = recorded;
  }

  /**
   * Takes the current totals.
   *
   * @param elapsedMs Milliseconds since the last call, above 0
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

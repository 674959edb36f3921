/**
 * Sampling rate that falls while a ring fills faster than it is drained, and rises again when there is room. Its input
 * is its own effect, so it takes small steps and waits for the effect of each.
 *
 * @module
 */

const HIGH = 0.8;
const LOW = 0.3;
const DOWN = 0.5;
const UP = 1.25;
const STEP_MS = 5_000;

/** Sampling rate allowed by the rings. */
export class RingPressure {
  /** Rate, 0 to 1. */
  rate = 1;
  #steppedMs = Number.NEGATIVE_INFINITY;

  /**
   * Takes the occupancy of a ring, and adjusts the rate.
   *
   * @param occupancyRatio Occupancy, 0 to 1
   * @param min Lowest rate
   */
  note(occupancyRatio: number, min: number, nowMs: number): void {
    if (nowMs - this.#steppedMs < STEP_MS) return;
    if (occupancyRatio > HIGH) this.#step(Math.max(min, this.rate * DOWN), nowMs);
    else if (occupancyRatio < LOW && this.rate < 1) this.#step(Math.min(1, Math.max(this.rate, min) * UP), nowMs);
  }

  #step(rate: number, nowMs: number): void {
    this.rate = rate;
    this.#steppedMs = nowMs;
  }
}

/**
 * A rate that falls while a ring fills up faster than it is drained, and comes back when there is room. It goes by what
 * it has caused itself, so it takes small steps and waits to see what comes of them.
 *
 * @module
 */

const HIGH = 0.8;
const LOW = 0.3;
const DOWN = 0.5;
const UP = 1.25;
const STEP_MS = 5_000;

/** The rate that the rings allow. */
export class RingPressure {
  /** 0 to 1. */
  rate = 1;
  #steppedMs = Number.NEGATIVE_INFINITY;

  /**
   * Takes how full the fullest ring was.
   *
   * @param occupancyRatio 0 to 1
   * @param min The least rate
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

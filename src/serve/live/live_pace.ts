/**
 * Time that all feeds of a server may take of the aggregator's thread. Each run of a feed reserves its likely duration,
 * and begins once the earlier runs have had their share: under load, frames come less often, to all feeds in turn, and
 * scrapes and drains have the rest of the thread.
 *
 * @module
 */

/** Share of the thread. */
const SHARE = 1 / 4;

/** Account of the reserved time. */
export class LivePace {
  readonly #nowMs: () => number;
  #freeAtMs = Number.NEGATIVE_INFINITY;

  /** Creates an account without reservations. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Milliseconds until a run that is reserved now may begin. */
  get delayMs(): number {
    return Math.max(0, this.#freeAtMs - this.#nowMs());
  }

  /**
   * Reserves a run.
   *
   * @param costMs Likely duration of the run
   * @returns Milliseconds after which it may begin
   */
  reserve(costMs: number): number {
    const { delayMs } = this;
    this.#freeAtMs = this.#nowMs() + delayMs + costMs / SHARE;
    return delayMs;
  }

  /** Corrects the reservation of a run by its actual duration. */
  settle(reservedMs: number, costMs: number): void {
    this.#freeAtMs = Math.max(this.#freeAtMs, this.#nowMs()) + (costMs - reservedMs) / SHARE;
  }
}

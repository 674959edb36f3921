/**
 * The time that all feeds of a server together may take of the aggregator's thread. Each run of a feed reserves what it
 * is likely to take, and begins once the runs that were reserved before it have had their share: with too much to do,
 * frames come less often, to all feeds in turn, and scrapes and drains have the rest of the thread.
 *
 * @module
 */

/** The share of the thread. */
const SHARE = 1 / 4;

/** The account. */
export class LivePace {
  readonly #nowMs: () => number;
  #freeAtMs = Number.NEGATIVE_INFINITY;

  /** Nothing was reserved yet. */
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
   * @param costMs What it is likely to take
   * @returns After how many milliseconds it may begin
   */
  reserve(costMs: number): number {
    const { delayMs } = this;
    this.#freeAtMs = this.#nowMs() + delayMs + costMs / SHARE;
    return delayMs;
  }

  /** Corrects what was reserved for a run, once it is known what it has taken. */
  settle(reservedMs: number, costMs: number): void {
    this.#freeAtMs = Math.max(this.#freeAtMs, this.#nowMs()) + (costMs - reservedMs) / SHARE;
  }
}

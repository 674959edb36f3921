/**
 * Converts the times of one thread to the aggregator's clock. Both clocks are monotonic and run at the same rate, but
 * each has its own origin, so that they differ by a constant offset.
 *
 * The first estimate of the offset follows from the time of day on both threads, and is wrong where the wall clock has
 * just jumped. It is therefore corrected to what holds whatever the wall clock does: a time that the thread has
 * published was written before it was read here, and after the last look that did not find it.
 *
 * @module
 */

import { Fact } from "../../ring/layout.ts";

/** The aggregator's clocks. */
export interface AggregatorTime {
  /** Monotonic clock in milliseconds. */
  readonly nowMs: () => number;
  /** Origin of that clock, in milliseconds since the epoch. */
  readonly originMs: () => number;
}

/** Compares the clock of one thread with the aggregator's. */
export class ThreadTime {
  readonly #facts: Float64Array;
  readonly #own: AggregatorTime;
  readonly #isSameClock: boolean;
  #offsetMs = NaN;
  #leastMs = Number.NEGATIVE_INFINITY;
  #mostMs = Number.POSITIVE_INFINITY;
  /** Last time of the thread's clock that was read here. */
  #seenMs = NaN;
  /** When the thread had not published a newer time yet. */
  #lookedMs = Number.NEGATIVE_INFINITY;

  /**
   * Starts without an estimate.
   *
   * @param facts What the thread publishes about itself, see `Fact`
   * @param isSameClock Whether the thread's clock is the aggregator's
   */
  constructor(facts: Float64Array, own: AggregatorTime, isSameClock: boolean = false) {
    this.#facts = facts;
    this.#own = own;
    this.#isSameClock = isSameClock;
    if (isSameClock) this.#offsetMs = 0;
  }

  /** Milliseconds to add to a time of the thread; NaN while there is no estimate. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Looks for a newer time of the thread; to be called at each drain. */
  look(): void {
    if (this.#isSameClock) return;
    const beforeMs = this.#own.nowMs();
    const threadMs = this.#facts[Fact.clockMs];
    // NaN while the thread is about to read its clock: whether that happens before this look is not known.
    if (Number.isNaN(threadMs)) return;
    const isTracing = this.#facts[Fact.salt] !== 0;
    if (isTracing && threadMs !== this.#seenMs) this.#compare(threadMs, this.#own.nowMs());
    this.#lookedMs = beforeMs;
  }

  #compare(threadMs: number, nowMs: number): void {
    this.#seenMs = threadMs;
    const [leastMs, mostMs] = [this.#lookedMs - threadMs, nowMs - threadMs];
    this.#leastMs = Math.max(this.#leastMs, leastMs);
    this.#mostMs = Math.min(this.#mostMs, mostMs);
    if (this.#leastMs > this.#mostMs) {
      // A program's own clock need not run at the same rate: earlier bounds no longer hold.
      [this.#leastMs, this.#mostMs, this.#offsetMs] = [leastMs, mostMs, NaN];
    }
    if (Number.isNaN(this.#offsetMs)) this.#offsetMs = this.#facts[Fact.originMs] - this.#own.originMs();
    this.#offsetMs = Math.min(Math.max(this.#offsetMs, this.#leastMs), this.#mostMs);
  }
}

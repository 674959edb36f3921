/**
 * Conversion of one thread's times to the aggregator's clock. Both clocks are monotonic and run at the same rate, but
 * have different origins, so they differ by a constant offset.
 *
 * The first estimate of the offset is derived from the wall clocks of both threads, and is wrong if one of them has
 * just jumped. It is therefore limited by bounds that hold regardless: a time that the thread published was written
 * before it was read here, and after the last look that did not find it.
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

/** Relation of one thread's clock to the aggregator's. */
export class ThreadTime {
  readonly #facts: Float64Array;
  readonly #own: AggregatorTime;
  readonly #isSameClock: boolean;
  #offsetMs = NaN;
  #leastMs = Number.NEGATIVE_INFINITY;
  #mostMs = Number.POSITIVE_INFINITY;
  /** Last time of the thread's clock that was read here, in milliseconds. */
  #seenMs = NaN;
  /** Last time of the aggregator's clock at which the thread had published nothing newer, in milliseconds. */
  #lookedMs = Number.NEGATIVE_INFINITY;

  /**
   * Creates a conversion without an estimate.
   *
   * @param facts Facts that the thread publishes about itself, see `Fact`
   * @param isSameClock Whether the thread's clock is the aggregator's
   */
  constructor(facts: Float64Array, own: AggregatorTime, isSameClock: boolean = false) {
    this.#facts = facts;
    this.#own = own;
    this.#isSameClock = isSameClock;
    if (isSameClock) this.#offsetMs = 0;
  }

  /** Milliseconds to add to a time of the thread; NaN without an estimate. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Looks for a newer time of the thread; must be called at each drain. */
  look(): void {
    if (this.#isSameClock) return;
    const beforeMs = this.#own.nowMs();
    const threadMs = this.#facts[Fact.clockMs];
    // NaN while the thread is about to read its clock, which may happen before or after this look.
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
      // A clock supplied by the program need not run at the same rate, so earlier bounds no longer hold.
      [this.#leastMs, this.#mostMs, this.#offsetMs] = [leastMs, mostMs, NaN];
    }
    if (Number.isNaN(this.#offsetMs)) this.#offsetMs = this.#facts[Fact.originMs] - this.#own.originMs();
    this.#offsetMs = Math.min(Math.max(this.#offsetMs, this.#leastMs), this.#mostMs);
  }
}

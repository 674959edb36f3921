/**
 * What the times of one thread are on the aggregator's clock. Both clocks are monotonic and go at the same rate, but each
 * thread's counts from an origin of its own, so between them lies one number that does not change.
 *
 * A first guess follows from what both threads take for the time of day; where the wall clock has just jumped, the guess
 * is wrong. So it is held to what must be true whatever the wall clock does: what the thread has written down was
 * written before it was read here, and after the last look that did not find it yet.
 *
 * @module
 */

import { Fact } from "../../ring/layout.ts";

/** The aggregator's own times. */
export interface AggregatorTime {
  /** Its monotonic clock, in milliseconds. */
  readonly nowMs: () => number;
  /** What that counts from, in milliseconds since the epoch. */
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
  /** What the thread's clock showed when it last wrote that down, as far as is known. */
  #seenMs = NaN;
  /** When the thread had not written anything newer yet. */
  #lookedMs = Number.NEGATIVE_INFINITY;

  /**
   * Knows nothing yet.
   *
   * @param facts What the thread writes down, see `Fact` in the ring's layout
   * @param isSameClock Whether the thread times with the very clock that the aggregator goes by
   */
  constructor(facts: Float64Array, own: AggregatorTime, isSameClock: boolean = false) {
    this.#facts = facts;
    this.#own = own;
    this.#isSameClock = isSameClock;
    if (isSameClock) this.#offsetMs = 0;
  }

  /** What is to be added to a time of the thread's. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Looks whether the thread has written down its time again; to be called at each drain. */
  look(): void {
    if (this.#isSameClock) return;
    const beforeMs = this.#own.nowMs();
    const threadMs = this.#facts[Fact.clockMs];
    // NaN while the thread is about to read its clock: then it cannot be told whether that came before this look.
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
      // A clock that a program brought need not go at the same rate: what was known does not hold any more.
      [this.#leastMs, this.#mostMs, this.#offsetMs] = [leastMs, mostMs, NaN];
    }
    if (Number.isNaN(this.#offsetMs)) this.#offsetMs = this.#facts[Fact.originMs] - this.#own.originMs();
    this.#offsetMs = Math.min(Math.max(this.#offsetMs, this.#leastMs), this.#mostMs);
  }
}

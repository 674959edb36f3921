/**
 * From the ring into the series: takes published records in bounded batches and counts each in the
 * series that its id names. At an id that is not known yet it stops, because the announcement is
 * still on its way; the records wait in the ring.
 *
 * @module
 */

import type { Consumer } from "../ring/consumer.ts";
import type { ProducerState } from "./producer_state.ts";

/** What a drain came to. */
export interface DrainResult {
  /** Records taken. */
  readonly records: number;
  /** Whether it stopped at a series that is not announced yet. */
  readonly isWaiting: boolean;
}

/** Drains one ring. */
export class Drainer {
  readonly #consumer: Consumer;
  readonly #state: ProducerState;
  readonly #nowMs: () => number;
  readonly #isStamped: boolean;
  #recorded = 0;

  /**
   * Joins a ring to what is known of its producer.
   *
   * @param isStamped Whether all records carry a time of the clock that `nowMs` reads; otherwise
   * they count as having arrived when they are drained
   */
  constructor(consumer: Consumer, state: ProducerState, nowMs: () => number, isStamped: boolean) {
    this.#consumer = consumer;
    this.#state = state;
    this.#nowMs = nowMs;
    this.#isStamped = isStamped;
  }

  /** Records taken so far, each by its weight. */
  get recorded(): number {
    return this.#recorded;
  }

  /** Takes at most `max` records. */
  drain(max: number): DrainResult {
    const consumer = this.#consumer;
    const { doubles, words, mask, tail } = consumer;
    const { distributions } = this.#state;
    const isStamped = this.#isStamped;
    const count = Math.min(consumer.available(), max);
    const nowMs = this.#nowMs();
    let taken = 0;
    let weights = 0;
    while (taken < count) {
      const slot = (tail + taken) & mask;
      const distribution = distributions[words[slot * 8 + 4]];
      if (distribution === undefined) break;
      const weight = words[slot * 8 + 5] >>> 8;
      if (distribution !== null) {
        distribution.record(doubles[slot * 4], weight, isStamped ? doubles[slot * 4 + 1] : nowMs);
      }
      weights += weight;
      taken += 1;
    }
    if (taken > 0) consumer.release(taken);
    this.#recorded += weights;
    return { records: taken, isWaiting: taken < count };
  }
}

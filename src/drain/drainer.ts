/**
 * From the ring into the series: takes published records in bounded batches and counts each in the
 * series that its id names. At an id that is not known yet it stops, because the announcement is
 * still on its way; the records wait in the ring.
 *
 * A batch is first sorted by series (a counting sort, so that a series' records stay in order), then
 * each series counts its run in one go, with its buckets in the cache: with 64 series in turn, half
 * the time of one by one, see `bench/drain_bench.ts`.
 *
 * @module
 */

import type { Consumer } from "../ring/consumer.ts";
import { Batch } from "../window/batch.ts";
import type { ProducerState } from "./producer_state.ts";

/** Records that are sorted at a time: their values and the like fit the innermost caches. */
const BATCH_CAPACITY = 4_096;

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
  readonly #batch: Batch = new Batch(BATCH_CAPACITY);
  /** The series ids of the batch, once each; the first `#seriesCount` of them. */
  readonly #series: Uint32Array = new Uint32Array(BATCH_CAPACITY);
  #seriesCount = 0;
  /** By series id: how many records of the batch, then where the next one goes. All zero in between. */
  #positions: Uint32Array = new Uint32Array(1_024);
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
    const count = Math.min(this.#consumer.available(), max);
    const nowMs = this.#nowMs();
    let taken = 0;
    while (taken < count) {
      const wanted = Math.min(count - taken, BATCH_CAPACITY);
      const known = this.#isStamped ? this.#recordStamped(wanted) : this.#recordSorted(wanted, nowMs);
      this.#consumer.release(known);
      taken += known;
      if (known < wanted) return { records: taken, isWaiting: true };
    }
    return { records: taken, isWaiting: false };
  }

  /** Counts records one by one, each at its own time; gives how many. */
  #recordStamped(count: number): number {
    const { doubles, words, mask, tail } = this.#consumer;
    const { distributions } = this.#state;
    for (let i = 0; i < count; i++) {
      const slot = (tail + i) & mask;
      const distribution = distributions[words[slot * 8 + 4]];
      if (distribution === undefined) return i;
      const weight = words[slot * 8 + 5] >>> 8;
      this.#recorded += weight;
      distribution?.record(doubles[slot * 4], weight, doubles[slot * 4 + 1]);
    }
    return count;
  }

  /** Sorts records by series and counts them; gives how many. */
  #recordSorted(count: number, nowMs: number): number {
    const known = this.#countBySeries(count);
    this.#scatter(known);
    const { distributions } = this.#state;
    const positions = this.#positions;
    let from = 0;
    for (let i = 0; i < this.#seriesCount; i++) {
      const series = this.#series[i];
      const end = positions[series];
      positions[series] = 0;
      distributions[series]?.recordRun(this.#batch, from, end, nowMs);
      from = end;
    }
    return known;
  }

  /** Counts the records of each series up to the first that is not known; gives how many. */
  #countBySeries(count: number): number {
    const { words, mask, tail } = this.#consumer;
    const { distributions } = this.#state;
    const ids = this.#series;
    this.#makeRoom(distributions.length);
    const positions = this.#positions;
    let seriesCount = 0;
    let known = 0;
    let kindsAndWeights = 0;
    while (known < count) {
      const slot = (tail + known) & mask;
      const series = words[slot * 8 + 4];
      if (series >= positions.length) break;
      if (positions[series] === 0) {
        if (distributions[series] === undefined) break;
        ids[seriesCount++] = series;
      }
      positions[series] += 1;
      kindsAndWeights |= words[slot * 8 + 5];
      known += 1;
    }
    this.#seriesCount = seriesCount;
    this.#batch.isWeighted = kindsAndWeights >>> 8 !== 1;
    return known;
  }

  /** Copies the records into the batch, series by series; leaves in `#positions` where each ends. */
  #scatter(count: number): void {
    const { doubles, words, mask, tail } = this.#consumer;
    const { values, weights, isWeighted } = this.#batch;
    const positions = this.#positions;
    let start = 0;
    for (let i = 0; i < this.#seriesCount; i++) {
      const series = this.#series[i];
      const length = positions[series];
      positions[series] = start;
      start += length;
    }
    let recorded = isWeighted ? 0 : count;
    for (let i = 0; i < count; i++) {
      const slot = (tail + i) & mask;
      const position = positions[words[slot * 8 + 4]]++;
      values[position] = doubles[slot * 4];
      if (isWeighted) {
        const weight = words[slot * 8 + 5] >>> 8;
        weights[position] = weight;
        recorded += weight;
      }
    }
    this.#recorded += recorded;
    this.#batch.findBuckets(count);
  }

  #makeRoom(seriesCount: number): void {
    if (seriesCount > this.#positions.length) this.#positions = new Uint32Array(seriesCount * 2);
  }
}

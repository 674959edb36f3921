/**
 * Path from one ring into the series: takes published records in bounded batches, and counts each in the series that
 * its id refers to. It stops at an unknown id, whose announcement is on its way; the records wait in the ring.
 *
 * A batch is sorted by series with a counting sort, which keeps the order of a series' records. Each series then counts
 * its run in one go, with its buckets in the cache: with 64 series in turn this takes half the time of counting one by
 * one, see `bench/cases/drain_bench.ts`.
 *
 * @module
 */

import type { Consumer } from "../../ring/consumer.ts";
import { APART, EVICTED_SHARE, Kind, NO_SERIES, Taken, TRACED, WEIGHT_SHIFT } from "../../ring/layout.ts";
import type { Batch } from "../../sketch/batch.ts";
import { takeSaturations } from "../../sketch/moments.ts";
import { BATCH_CAPACITY, DrainRoom } from "./drain_room.ts";
import type { ThreadState } from "./thread_state.ts";
import type { TraceReader } from "./trace_reader.ts";

/** Result in place of a number of records if they were overwritten while they were copied. */
const OVERWRITTEN = -1;
const KIND_MASK = 2 ** WEIGHT_SHIFT - 1;

/** Result of a drain. */
export interface DrainResult {
  /** Number of records taken. */
  readonly records: number;
  /** Whether it stopped at a series that is not announced yet. */
  readonly isWaiting: boolean;
}

/** Drainer of one ring. */
export class Drainer {
  readonly #consumer: Consumer;
  readonly #state: ThreadState;
  readonly #nowMs: () => number;
  readonly #isStamped: boolean;
  readonly #room: DrainRoom;
  readonly #batch: Batch;
  /** Series ids of the batch, each of them once; the first `#seriesCount` of them are valid. */
  readonly #series: Uint32Array;
  #seriesCount = 0;
  /** Maximum number of records in a batch, few enough not to be overwritten while they are copied. */
  readonly #batchMax: number;
  /** Weight of all records in the batch. */
  #batchWeight = 0;
  /** Number of records in the batch that are observed values. */
  #batchSampled = 0;
  /** Number of records in the batch that are not values. */
  #batchApart = 0;
  /** Whether a record in the batch is traced. */
  #isTraced = false;
  readonly #traces: TraceReader | undefined;
  #drainedMs = Number.NEGATIVE_INFINITY;
  /** Time of the last counted record, if all records carry one. */
  #stampedMs = Number.NEGATIVE_INFINITY;

  /**
   * Connects a ring to the state of its thread.
   *
   * @param isStamped Whether all records carry a time of the clock that `nowMs` reads; otherwise they are counted at the
   * time of the drain
   * @param traces Reader of traced records
   * @param room Memory for sorting batches, which drainers that take turns may share
   */
  constructor(
    consumer: Consumer,
    state: ThreadState,
    nowMs: () => number,
    isStamped: boolean,
    traces?: TraceReader,
    room: DrainRoom = new DrainRoom(),
  ) {
    this.#room = room;
    this.#batch = room.batch;
    this.#series = room.series;
    this.#traces = traces;
    this.#consumer = consumer;
    this.#state = state;
    this.#nowMs = nowMs;
    this.#isStamped = isStamped;
    this.#batchMax = Math.min(BATCH_CAPACITY, consumer.capacity * EVICTED_SHARE);
  }

  /** Weight of the records taken so far. */
  get recorded(): number {
    return this.#consumer.taken.at(Taken.recorded);
  }

  /** Number of sampled-out calls among them, which arrived as the weight of other records. */
  get sampledOut(): number {
    return this.#consumer.taken.at(Taken.sampledOut);
  }

  /** Takes at most `max` records. */
  drain(max: number): DrainResult {
    const nowMs = this.#nowMs();
    this.#stampedMs = Math.max(this.#stampedMs, this.#drainedMs);
    this.#drainedMs = nowMs;
    let looked = 0;
    let records = 0;
    while (looked < max) {
      const wanted = Math.min(this.#consumer.available(), max - looked, this.#batchMax);
      if (wanted === 0) break;
      looked += wanted;
      const known = this.#isStamped ? this.#recordStamped(wanted, nowMs) : this.#recordSorted(wanted, nowMs);
      if (known === OVERWRITTEN) continue;
      records += known;
      this.#consumer.taken.add(Taken.saturated, takeSaturations());
      if (known < wanted) return { records, isWaiting: true };
    }
    return { records, isWaiting: false };
  }

  /**
   * Counts records one by one, each at its own time; returns their number. Requires a reader on the producer's thread.
   * The program may set its clock back, so times are limited to the range from the last drain to this one.
   */
  #recordStamped(count: number, nowMs: number): number {
    const { doubles, words, mask, tail } = this.#consumer;
    const { distributions } = this.#state;
    let weightSum = 0;
    let sampledOut = 0;
    for (let i = 0; i < count; i++) {
      const slot = (tail + i) & mask;
      const series = words[slot * 8 + 4];
      const distribution = distributions[series];
      if (distribution === undefined && series !== NO_SERIES) return this.#commitInline(i, weightSum, sampledOut);
      const isTraced = (words[slot * 8 + 5] & (TRACED | APART)) !== 0;
      const isApart = isTraced && this.#room.traced.take(words, slot, tail + i);
      const weight = words[slot * 8 + 5] >>> WEIGHT_SHIFT;
      weightSum += weight;
      const isSampledOut = (words[slot * 8 + 5] & KIND_MASK) === Kind.sampledOut;
      sampledOut += isSampledOut ? weight : weight - 1;
      const timeMs = doubles[slot * 4 + 1];
      if (timeMs > this.#stampedMs) this.#stampedMs = Math.min(timeMs, nowMs);
      if (!isApart) distribution?.record(doubles[slot * 4], weight, this.#stampedMs, isSampledOut);
    }
    return this.#commitInline(count, weightSum, sampledOut);
  }

  #commitInline(count: number, weight: number, sampledOut: number): number {
    this.#consumer.commit(count, weight, sampledOut);
    this.#readTraces();
    return count;
  }

  /** Sorts records by series and counts them; returns their number. */
  #recordSorted(count: number, nowMs: number): number {
    const known = this.#countBySeries(count);
    this.#scatter(known);
    const sampledOut = this.#batchWeight - this.#batchSampled;
    if (!this.#consumer.commit(known, this.#batchWeight, sampledOut)) return this.#throwAway();
    this.#batch.findBuckets(known - this.#batchApart);
    const { distributions } = this.#state;
    const { positions } = this.#room;
    let from = 0;
    for (let i = 0; i < this.#seriesCount; i++) {
      const series = this.#series[i];
      const end = positions[series];
      positions[series] = 0;
      // Empty if all records of the series are traced and not values.
      if (end > from) distributions[series]?.recordRun(this.#batch, from, end, nowMs);
      from = end;
    }
    if (this.#isTraced) this.#readTraces();
    return known;
  }

  /** Counts the records of each series up to the first unknown one; returns their number. */
  #countBySeries(count: number): number {
    const { words, mask, tail } = this.#consumer;
    const { distributions } = this.#state;
    const ids = this.#series;
    this.#room.growTo(distributions.length);
    const { positions } = this.#room;
    let seriesCount = 0;
    let known = 0;
    let kindsAndWeights = 0;
    while (known < count) {
      const slot = (tail + known) & mask;
      const series = words[slot * 8 + 4];
      if (series >= positions.length) {
        if (series !== NO_SERIES) break;
        kindsAndWeights |= words[slot * 8 + 5];
        known += 1;
        continue;
      }
      if (positions[series] === 0) {
        if (distributions[series] === undefined) break;
        ids[seriesCount++] = series;
      }
      positions[series] += 1;
      kindsAndWeights |= words[slot * 8 + 5];
      known += 1;
    }
    this.#seriesCount = seriesCount;
    this.#batch.isWeighted = kindsAndWeights >>> WEIGHT_SHIFT !== 1 || (kindsAndWeights & Kind.sampledOut) !== 0;
    this.#isTraced = (kindsAndWeights & (TRACED | APART)) !== 0;
    this.#batchApart = 0;
    if (this.#isTraced) this.#takeTraced(known);
    return known;
  }

  /** Copies the traced records, and subtracts those that are not values. */
  #takeTraced(count: number): void {
    const { words, mask, tail } = this.#consumer;
    const { traced: records, positions } = this.#room;
    for (let i = 0; i < count; i++) {
      const slot = (tail + i) & mask;
      if (!records.take(words, slot, tail + i)) continue;
      this.#batchApart += 1;
      const series = words[slot * 8 + 4];
      if (series !== NO_SERIES) positions[series] -= 1;
    }
  }

  /** Copies the records into the batch, grouped by series; leaves the end of each series in `positions`. */
  #scatter(count: number): void {
    const { doubles, words, mask, tail } = this.#consumer;
    const { values, weights, sampledOut, isWeighted } = this.#batch;
    const { positions } = this.#room;
    let start = 0;
    for (let i = 0; i < this.#seriesCount; i++) {
      const series = this.#series[i];
      const length = positions[series];
      positions[series] = start;
      start += length;
    }
    let weightSum = isWeighted ? this.#batchApart : count;
    let sampledOutCount = 0;
    const isTraced = this.#isTraced;
    for (let i = 0; i < count; i++) {
      const slot = (tail + i) & mask;
      if (isTraced && (words[slot * 8 + 5] & APART) !== 0) continue;
      const position = positions[words[slot * 8 + 4]]++;
      values[position] = doubles[slot * 4];
      if (isWeighted) {
        const word = words[slot * 8 + 5];
        const weight = word >>> WEIGHT_SHIFT;
        weights[position] = weight;
        weightSum += weight;
        const isSampledOut = (word & KIND_MASK) === Kind.sampledOut ? 1 : 0;
        sampledOut[position] = isSampledOut;
        sampledOutCount += isSampledOut;
      }
    }
    this.#batchWeight = weightSum;
    this.#batchSampled = count - sampledOutCount;
  }

  /** Discards a batch whose records the producer overwrote while they were copied. */
  #throwAway(): number {
    // All positions, because a torn series id may have changed any of them.
    this.#room.positions.fill(0);
    this.#room.tracedIfAny?.clear();
    return OVERWRITTEN;
  }

  /** Reads the traced records of a counted batch. */
  #readTraces(): void {
    const { tracedIfAny } = this.#room;
    if (tracedIfAny === undefined) return;
    this.#traces?.read(tracedIfAny);
    tracedIfAny.clear();
  }
}

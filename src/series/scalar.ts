/**
 * A counter or gauge series. It owns no value: it points at the cells of the threads that write it,
 * and makes one value of them when it is read.
 *
 * What a counter has counted stays when a thread goes; of a gauge, its share goes with the thread.
 *
 * @module
 */

import type { GaugeAggregator, Labels, ScalarSeriesSnapshot } from "../model.ts";

/** Whether a thread is there, as far as one knows. */
export interface Presence {
  /** No longer while nothing is heard of it. */
  isPresent: boolean;
}

/** What one thread has of a series. */
export interface Share {
  /** The thread. */
  readonly thread: Readonly<Presence>;
  /** The chunk that its cell lies in. */
  readonly cells: Float64Array;
  /** The cell's place: the value. */
  readonly index: number;
  /** The place of the cell's stamp: when it was set, in the order of all threads; 0 if it was not. */
  readonly stampIndex: number;
}

/** A counter or gauge series. */
export class Scalar {
  /** The label set. */
  readonly labels: Labels;
  readonly #aggregator: GaugeAggregator | "count";
  readonly #shares: Set<Share> = new Set();
  /** What threads had counted that have gone. */
  #left = 0;
  #valueSeen: number | undefined;
  #changedMs = 0;

  /**
   * A series without shares.
   *
   * @param aggregator How shares make one value: `"count"` adds them up for ever, as counters do
   */
  constructor(labels: Labels, aggregator: GaugeAggregator | "count") {
    this.labels = labels;
    this.#aggregator = aggregator;
  }

  /** Whether no thread has a share in it, now or, for a counter, before. */
  get isEmpty(): boolean {
    return this.#shares.size === 0;
  }

  /** Adds a thread's share. */
  add(share: Share): void {
    this.#shares.add(share);
  }

  /** Takes a share away, with its value. */
  remove(share: Share): void {
    this.#shares.delete(share);
  }

  /** Takes the share of a thread away that has gone; a counter keeps its value. */
  leave(share: Share): void {
    if (this.#shares.delete(share)) this.#left += valueOf(share);
  }

  /** Looks whether its value has changed: nobody else notes when a cell is written. */
  sweep(nowMs: number): void {
    const value = this.#value();
    if (value === this.#valueSeen) return;
    this.#valueSeen = value;
    this.#changedMs = nowMs;
  }

  /** Whether its value has not changed for so long, as far as it was looked at. */
  isIdle(nowMs: number, idleTtlMs: number): boolean {
    this.sweep(nowMs);
    return nowMs - this.#changedMs >= idleTtlMs;
  }

  /** Its value at this moment; `undefined` for a gauge that no thread has any more. */
  snapshot(): ScalarSeriesSnapshot | undefined {
    const value = this.#value();
    return value === undefined ? undefined : { labels: this.labels, value };
  }

  #value(): number | undefined {
    return this.#aggregator === "count" ? this.#left + sumOf([...this.#shares]) : this.#gaugeValue();
  }

  #gaugeValue(): number | undefined {
    const present = [...this.#shares].filter(({ thread }) => thread.isPresent);
    if (present.length === 0) return undefined;
    if (this.#aggregator === "sum") return sumOf(present);
    const set = present.filter((share) => stampOf(share) > 0);
    if (set.length === 0) return 0;
    switch (this.#aggregator) {
      case "last":
        return valueOf(set.reduce((last, share) => stampOf(share) > stampOf(last) ? share : last));
      case "min":
        return Math.min(...set.map(valueOf));
      case "max":
        return Math.max(...set.map(valueOf));
      default:
        return sumOf(set) / set.length;
    }
  }
}

function valueOf({ cells, index }: Share): number {
  return cells[index];
}

function stampOf({ cells, stampIndex }: Share): number {
  return cells[stampIndex];
}

function sumOf(shares: readonly Share[]): number {
  return shares.reduce((sum, share) => sum + valueOf(share), 0);
}

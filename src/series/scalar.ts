/**
 * A counter or gauge series: it owns no value, it points at the cell that its thread writes.
 *
 * @module
 */

import type { Labels, ScalarSeriesSnapshot } from "../model.ts";

/** A counter or gauge series. */
export class Scalar {
  /** The label set. */
  readonly labels: Labels;
  readonly #cells: Float64Array;
  readonly #index: number;
  #valueSeen = NaN;
  #changedMs = 0;

  /** A series whose value is `cells[index]`. */
  constructor(labels: Labels, cells: Float64Array, index: number) {
    this.labels = labels;
    this.#cells = cells;
    this.#index = index;
  }

  /** Looks whether its value has changed: nobody else notes when a cell is written. */
  sweep(nowMs: number): void {
    const value = this.#cells[this.#index];
    if (value === this.#valueSeen) return;
    this.#valueSeen = value;
    this.#changedMs = nowMs;
  }

  /** Whether its value has not changed for so long, as far as it was looked at. */
  isIdle(nowMs: number, idleTtlMs: number): boolean {
    this.sweep(nowMs);
    return nowMs - this.#changedMs >= idleTtlMs;
  }

  /** Its value at this moment. */
  snapshot(): ScalarSeriesSnapshot {
    return { labels: this.labels, value: this.#cells[this.#index] };
  }
}

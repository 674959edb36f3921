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

  /** A series whose value is `cells[index]`. */
  constructor(labels: Labels, cells: Float64Array, index: number) {
    this.labels = labels;
    this.#cells = cells;
    this.#index = index;
  }

  /** Its value at this moment. */
  snapshot(): ScalarSeriesSnapshot {
    return { labels: this.labels, value: this.#cells[this.#index] };
  }
}

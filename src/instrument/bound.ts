/**
 * What handles have in common: a series of their own, and its end. Two kinds: those that write a
 * cell, and those that write the ring (see `sampled.ts`).
 *
 * @module
 */

import type { Labels, SeriesAnnouncement } from "../model/model.ts";
import { type Recorder, seriesAnnouncement } from "../record/recorder.ts";
import { CHUNK_LENGTH } from "../ring/cells.ts";
import { Count } from "../ring/layout.ts";
import { offerExemplar } from "./exemplar.ts";

/** Where handles write whose series is removed: read by nobody. */
const CELLS_NOWHERE = new Float64Array(CHUNK_LENGTH);

/** A handle that its family can cut off. */
export interface BoundHandle {
  /** Starts the series again from zero. */
  reset(): void;
  /**
   * Removes the series; the handle records nothing from now on, and what it is offered counts as `removed`.
   *
   * @param isOverflow Whether it is an overflow series
   */
  detach(isOverflow?: boolean): void;
  /** Records nothing from now on; the series stays as it is. */
  freeze(): void;
  /** What its series was announced by. */
  announcement(instrument: number, labelValues: readonly string[] | undefined): SeriesAnnouncement;
}

/** A handle whose series is a cell. */
export abstract class CellHandle implements BoundHandle {
  /** The chunk that holds the cell. */
  protected cells: Float64Array;
  /** The cell's place in the chunk. */
  protected index: number;
  /** One number: one while anything is recorded, else zero. */
  protected readonly gate: Int32Array;
  readonly #recorder: Recorder;
  readonly #series: number;

  /**
   * A new series of an instrument; label values of `undefined` make the overflow series.
   *
   * @param stamp The cell's first stamp
   */
  constructor(recorder: Recorder, instrument: number, labelValues: readonly string[] | undefined, stamp: number) {
    const { series, cell } = recorder.addScalar(instrument, labelValues, stamp);
    this.gate = recorder.sampler.gate;
    this.cells = cell.cells;
    this.index = cell.index;
    this.#recorder = recorder;
    this.#series = series;
  }

  /** Where refused values are counted. */
  protected get counts(): Float64Array {
    return this.#recorder.counts;
  }

  /** See {@linkcode BoundHandle.reset}. */
  reset(): void {
    this.cells[this.index] = 0;
    if (isAttached(this.cells)) this.#recorder.restartExemplars(this.#series);
  }

  /** See {@linkcode BoundHandle.detach}. */
  detach(isOverflow: boolean = false): void {
    if (!isAttached(this.cells)) return;
    // Not kept, because there are many handles.
    const cell = this.#recorder.cellAt(this.cells, this.index);
    this.freeze();
    this.#recorder.remove(this.#series, cell, isOverflow);
  }

  /** Counts a call of a handle whose series is removed. */
  protected countRemoved(): void {
    if (this.gate[0] !== 0) this.counts[Count.removed] += 1;
  }

  /** Offers an exemplar of a value that was recorded. */
  protected offerExemplar(value: number, labels: Labels): void {
    if (isAttached(this.cells)) offerExemplar(this.#recorder, this.#series, value, labels);
  }

  /** See {@linkcode BoundHandle.freeze}. */
  freeze(): void {
    this.cells = CELLS_NOWHERE;
    this.index = 0;
  }

  /** See {@linkcode BoundHandle.announcement}. */
  announcement(instrument: number, labelValues: readonly string[] | undefined): SeriesAnnouncement {
    const { chunk, index } = this.#recorder.cellAt(this.cells, this.index);
    return seriesAnnouncement(this.#series, instrument, labelValues, { chunk, index });
  }
}

/** Whether a handle's series is still there. No private method: one takes 8 bytes in each of many handles. */
function isAttached(cells: Float64Array): boolean {
  return cells !== CELLS_NOWHERE;
}

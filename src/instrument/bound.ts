/**
 * Handles, each of which writes one series until it is removed. There are two kinds: those that write a cell, and those
 * that write the ring (see `sampled.ts`).
 *
 * @module
 */

import type { Labels, SeriesAnnouncement } from "../model/model.ts";
import { type Recorder, seriesAnnouncement } from "../record/recorder.ts";
import { CHUNK_LENGTH } from "../ring/cells.ts";
import { Count } from "../ring/layout.ts";
import { offerExemplar } from "./exemplar.ts";

/** Memory for handles whose series is removed; never read. */
const CELLS_NOWHERE = new Float64Array(CHUNK_LENGTH);

/** Handle of one series. */
export interface BoundHandle {
  /** Resets the series to zero. */
  reset(): void;
  /**
   * Removes the series. The handle records nothing afterwards; calls are rejected as `removed`.
   *
   * @param isOverflow Whether it is an overflow series
   */
  detach(isOverflow?: boolean): void;
  /** Stops recording; the series keeps its state. */
  freeze(): void;
  /** Returns the announcement of its series. */
  announcement(instrument: number, labelValues: readonly string[] | undefined): SeriesAnnouncement;
}

/** Handle whose series is a cell. */
export abstract class CellHandle implements BoundHandle {
  /** Chunk that holds the cell. */
  protected cells: Float64Array;
  /** Index of the cell in the chunk. */
  protected index: number;
  /** Gate, of one element: 1 while anything is recorded, else 0. */
  protected readonly gate: Int32Array;
  readonly #recorder: Recorder;
  readonly #series: number;

  /**
   * Creates a series of an instrument; label values of `undefined` create the overflow series.
   *
   * @param stamp First stamp of the cell
   */
  constructor(recorder: Recorder, instrument: number, labelValues: readonly string[] | undefined, stamp: number) {
    const { series, cell } = recorder.addScalar(instrument, labelValues, stamp);
    this.gate = recorder.sampler.gate;
    this.cells = cell.cells;
    this.index = cell.index;
    this.#recorder = recorder;
    this.#series = series;
  }

  /** Counts of the thread, see `Count` in the ring's layout. */
  protected get counts(): Float64Array {
    return this.#recorder.counts;
  }

  reset(): void {
    this.cells[this.index] = 0;
    if (isAttached(this.cells)) this.#recorder.restartExemplars(this.#series);
  }

  detach(isOverflow: boolean = false): void {
    if (!isAttached(this.cells)) return;
    // Not a field, because there are many handles.
    const cell = this.#recorder.cellAt(this.cells, this.index);
    this.freeze();
    this.#recorder.remove(this.#series, cell, isOverflow);
  }

  /** Counts a call on a handle whose series is removed. */
  protected countRemoved(): void {
    if (this.gate[0] !== 0) this.counts[Count.removed] += 1;
  }

  /** Offers an exemplar of a value that was recorded. */
  protected offerExemplar(value: number, labels: Labels): void {
    if (isAttached(this.cells)) offerExemplar(this.#recorder, this.#series, value, labels);
  }

  freeze(): void {
    this.cells = CELLS_NOWHERE;
    this.index = 0;
  }

  announcement(instrument: number, labelValues: readonly string[] | undefined): SeriesAnnouncement {
    const { chunk, index } = this.#recorder.cellAt(this.cells, this.index);
    return seriesAnnouncement(this.#series, instrument, labelValues, { chunk, index });
  }
}

/** Whether the series of a handle exists. Not a private method, which would take 8 bytes in each of many handles. */
function isAttached(cells: Float64Array): boolean {
  return cells !== CELLS_NOWHERE;
}

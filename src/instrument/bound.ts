/**
 * What handles have in common: a series of their own, and its end. Two kinds: those that write a
 * cell, and those that write the ring (see `sampled.ts`).
 *
 * @module
 */

import type { Recorder } from "../record/recorder.ts";
import { type Cell, CHUNK_LENGTH } from "../ring/cells.ts";

/** Where handles write whose series is removed: read by nobody. */
const CELLS_NOWHERE = new Float64Array(CHUNK_LENGTH);

/** A handle that its family can cut off. */
export interface BoundHandle {
  /** Starts the series again from zero. */
  reset(): void;
  /** Removes the series; the handle records nothing from now on. */
  detach(): void;
}

/** A handle whose series is a cell. */
export abstract class CellHandle implements BoundHandle {
  /** Where refused values are counted. */
  protected readonly counts: Float64Array;
  /** The chunk that holds the cell. */
  protected cells: Float64Array;
  /** The cell's place in the chunk. */
  protected index: number;
  /** One number: one while anything is recorded, else zero. */
  protected readonly gate: Int32Array;
  readonly #recorder: Recorder;
  /** The chunk's number: the cell itself is not kept, because there are many handles. */
  readonly #chunk: number;
  readonly #series: number;

  /** A new series of an instrument; `undefined` is the overflow series. */
  constructor(recorder: Recorder, instrument: number, labelValues: readonly string[] | undefined) {
    const { series, cell } = recorder.addScalar(instrument, labelValues);
    this.counts = recorder.counts;
    this.gate = recorder.sampler.gate;
    this.cells = cell.cells;
    this.index = cell.index;
    this.#recorder = recorder;
    this.#chunk = cell.chunk;
    this.#series = series;
  }

  /** See {@linkcode BoundHandle.reset}. */
  reset(): void {
    this.cells[this.index] = 0;
  }

  /** See {@linkcode BoundHandle.detach}. */
  detach(): void {
    const cell: Cell = { chunk: this.#chunk, index: this.index, cells: this.cells };
    this.cells = CELLS_NOWHERE;
    this.index = 0;
    this.#recorder.remove(this.#series, cell);
  }
}

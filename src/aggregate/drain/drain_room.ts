/**
 * Memory for sorting batches, shared by the rings of all threads, because they are drained one after the other and
 * nothing is kept between batches. It takes 120 KB, twice that with traces.
 *
 * @module
 */

import { Batch } from "../../sketch/batch.ts";
import { TraceRecords } from "./trace_records.ts";

/** Maximum number of records in a batch: their values and weights fit into the innermost caches. */
export const BATCH_CAPACITY = 4_096;

/** Memory of one batch. */
export class DrainRoom {
  /** Values of the batch. */
  readonly batch: Batch = new Batch(BATCH_CAPACITY);
  /** Series ids of the batch, each of them once. */
  readonly series: Uint32Array = new Uint32Array(BATCH_CAPACITY);
  /** By series id: the number of its records, then the position of the next one. All zero between batches. */
  positions: Uint32Array = new Uint32Array(1_024);
  #traced: TraceRecords | undefined;

  /** Traced records of the batch; empty between batches. */
  get traced(): TraceRecords {
    return this.#traced ??= new TraceRecords(BATCH_CAPACITY);
  }

  /** Traced records of the batch; `undefined` before the first traced record. */
  get tracedIfAny(): TraceRecords | undefined {
    return this.#traced;
  }

  /** Makes room for a number of series. */
  growTo(seriesCount: number): void {
    if (seriesCount > this.positions.length) this.positions = new Uint32Array(seriesCount * 2);
  }
}

/**
 * Where batches are sorted, the same for the rings of all threads: they are drained one after the other, and nothing in it
 * is of use from one batch to the next. A room takes 120 KB, twice of that once there are traces.
 *
 * @module
 */

import { Batch } from "../../sketch/batch.ts";
import { TraceRecords } from "./trace_records.ts";

/** Records that are sorted at a time: their values and the like fit the innermost caches. */
export const BATCH_CAPACITY = 4_096;

/** The room. */
export class DrainRoom {
  /** The values of a batch. */
  readonly batch: Batch = new Batch(BATCH_CAPACITY);
  /** The series ids of the batch, once each. */
  readonly series: Uint32Array = new Uint32Array(BATCH_CAPACITY);
  /** By series id: how many records of the batch, then where the next one goes. All zero in between. */
  positions: Uint32Array = new Uint32Array(1_024);
  #traced: TraceRecords | undefined;

  /** The traced records of a batch; empty in between. */
  get traced(): TraceRecords {
    return this.#traced ??= new TraceRecords(BATCH_CAPACITY);
  }

  /** The same if there ever were any. */
  get tracedIfAny(): TraceRecords | undefined {
    return this.#traced;
  }

  /** Makes room for so many series. */
  growTo(seriesCount: number): void {
    if (seriesCount > this.positions.length) this.positions = new Uint32Array(seriesCount * 2);
  }
}

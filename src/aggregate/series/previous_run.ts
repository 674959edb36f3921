/**
 * What an aggregator that was started again takes over from those before it.
 *
 * @module
 */

import type { SelfMeasured } from "../../model/self_metrics.ts";
import { COUNTS_LENGTH, TAKEN_LENGTH } from "../../ring/layout.ts";
import type { DepartedSeries } from "./store.ts";

/** What an aggregator takes over from those before it, which have failed. */
export interface PreviousRun {
  /** How many there were. */
  readonly restarts: number;
  /** How long ago records were last lost with one of them, in milliseconds. */
  readonly lostAgoMs: number;
  /** How old the metrics were when the worker was started, in milliseconds. */
  readonly uptimeMs: number;
  /** What the rings of threads that have gone had counted, see `Count`. */
  readonly counts: Float64Array;
  /** What was taken from them, see `Taken`. */
  readonly taken: Float64Array;
  /** What those threads had counted, by series. */
  readonly departed: readonly DepartedSeries[];
}

/** The previous run of the first aggregator: none. */
export const NO_PREVIOUS_RUN: PreviousRun = {
  restarts: 0,
  lostAgoMs: Number.POSITIVE_INFINITY,
  uptimeMs: 0,
  counts: new Float64Array(COUNTS_LENGTH),
  taken: new Float64Array(TAKEN_LENGTH),
  departed: [],
};

/** Exposes restarts, and the records lost with them. */
export function restartMetrics({ restarts }: PreviousRun, recordsLost: () => number): SelfMeasured {
  return {
    selfMetrics: (families) => [
      families.counter("hotpath_aggregator_restarts_total", "Restarts of the aggregator after a failure", restarts),
      families.counter("hotpath_records_lost_total", "Records lost with an aggregator that failed", recordsLost()),
    ],
  };
}

/**
 * State that a restarted aggregator takes over from previous runs.
 *
 * @module
 */

import type { Definition } from "../../model/model.ts";
import type { SelfMeasured } from "../../model/self_metrics.ts";
import { COUNTS_LENGTH, TAKEN_LENGTH } from "../../ring/layout.ts";

/** State of previous runs, all of which have failed. */
export interface PreviousRun {
  /** Number of restarts. */
  readonly restarts: number;
  /** Milliseconds since a run last lost records. */
  readonly lostAgoMs: number;
  /** Age of the metrics at the start of the worker, in milliseconds. */
  readonly uptimeMs: number;
  /** Counts of the rings of departed threads, see `Count`. */
  readonly counts: Float64Array;
  /** Counts of the records taken from these rings, see `Taken`. */
  readonly taken: Float64Array;
  /** Totals of departed threads, by series. */
  readonly departed: readonly DepartedSeries[];
}

/** Total of departed threads in one series. */
export interface DepartedSeries {
  /** Definition of the counter. */
  readonly definition: Definition;
  /** Label values in the order of the names; `undefined` for the overflow series. */
  readonly labelValues: readonly string[] | undefined;
  /** Total of the departed threads. */
  readonly value: number;
  /** Start of the count, in milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** Previous run of the first aggregator: none. */
export const NO_PREVIOUS_RUN: PreviousRun = {
  restarts: 0,
  lostAgoMs: Number.POSITIVE_INFINITY,
  uptimeMs: 0,
  counts: new Float64Array(COUNTS_LENGTH),
  taken: new Float64Array(TAKEN_LENGTH),
  departed: [],
};

/** Returns a part that exposes restarts, and the records lost with them. */
export function restartMetrics({ restarts }: PreviousRun, recordsLost: () => number): SelfMeasured {
  return {
    selfMetrics: (families) => [
      families.counter("hotpath_aggregator_restarts_total", "Restarts of the aggregator after a failure", restarts),
      families.counter("hotpath_records_lost_total", "Records lost with an aggregator that failed", recordsLost()),
    ],
  };
}

/**
 * Where a value that cannot be recorded is counted. Off the hot path.
 *
 * @module
 */

import { Count } from "../ring/layout.ts";

/** The reasons in `hotpath_records_rejected_total`, and where each is counted. */
export const REJECTED_REASONS: Readonly<Record<string, number>> = {
  nan: Count.nan,
  infinite: Count.infinite,
  negative_duration: Count.negativeDuration,
  counter_decrement: Count.counterDecrement,
  collect_failed: Count.collectFailed,
  outside_trace: Count.outsideTrace,
  listener_failed: Count.listenerFailed,
  removed: Count.removed,
};

/**
 * Counts a refused value.
 *
 * @param counts The ring's counts
 * @param value What was offered; what is no number counts as NaN
 * @param ifNegative What a finite value below zero is counted as
 */
export function countRejected(counts: Float64Array, value: unknown, ifNegative: number): void {
  if (typeof value !== "number" || Number.isNaN(value)) counts[Count.nan] += 1;
  else if (!Number.isFinite(value)) counts[Count.infinite] += 1;
  else counts[ifNegative] += 1;
}

/**
 * Counts of rejected values. Off the hot path.
 *
 * @module
 */

import { Count } from "../ring/layout.ts";

/** Position in `Count` of each reason in `hotpath_records_rejected_total`. */
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
 * Counts a rejected value.
 *
 * @param counts Counts of the ring
 * @param value Rejected value; anything but a number counts as NaN
 * @param ifNegative Position in `Count` at which a finite value, which is negative, is counted
 */
export function countRejected(counts: Float64Array, value: unknown, ifNegative: number): void {
  if (typeof value !== "number" || Number.isNaN(value)) counts[Count.nan] += 1;
  else if (!Number.isFinite(value)) counts[Count.infinite] += 1;
  else counts[ifNegative] += 1;
}

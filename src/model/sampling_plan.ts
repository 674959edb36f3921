/**
 * How a sampling rate sets itself. Plain data, so that it can be sent to a worker.
 *
 * @module
 */

/** What sampling rates follow beside a budget, if anything. */
export interface SamplingPlan {
  /** The least rate, 0 to 1. */
  readonly min: number;
  /** The highest rate, 0 to 1. */
  readonly max: number;
  /** Calls a second, of all threads, that the rates let through; `undefined` if it does not follow their number. */
  readonly eventRateThreshold: number | undefined;
  /** Whether a thread's rate falls while its ring fills up. */
  readonly followsRingPressure: boolean;
}

/** The plan of a rate that stays as it is. */
export const NO_PLAN: SamplingPlan = { min: 0, max: 1, eventRateThreshold: undefined, followsRingPressure: false };

/** Whether a rate follows something. */
export function isFollowing({ eventRateThreshold, followsRingPressure }: SamplingPlan): boolean {
  return eventRateThreshold !== undefined || followsRingPressure;
}

/**
 * Plan by which sampling rates are computed. Plain data, so that it can be sent to a worker.
 *
 * @module
 */

/** Inputs of the sampling rates besides a budget, if any. */
export interface SamplingPlan {
  /** Lowest rate, 0 to 1. */
  readonly min: number;
  /** Highest rate, 0 to 1. */
  readonly max: number;
  /** Calls per second of all threads that the rates admit; `undefined` if the rates do not depend on their number. */
  readonly eventRateThreshold: number | undefined;
  /** Whether the rate of a thread falls while its ring fills up. */
  readonly followsRingPressure: boolean;
}

/** Plan of a constant rate. */
export const NO_PLAN: SamplingPlan = { min: 0, max: 1, eventRateThreshold: undefined, followsRingPressure: false };

/** Whether a rate depends on anything. */
export function isFollowing({ eventRateThreshold, followsRingPressure }: SamplingPlan): boolean {
  return eventRateThreshold !== undefined || followsRingPressure;
}

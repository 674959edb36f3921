/**
 * Rules by which sampling rates are computed. Plain data, so that it can be sent to a worker.
 *
 * @module
 */

/** Inputs of the sampling rates, besides the budget. */
export interface SamplingPlan {
  /** Lowest rate, 0 to 1. */
  readonly min: number;
  /** Highest rate, 0 to 1. */
  readonly max: number;
  /** Calls per second of all threads above which rates fall; `undefined` for no such limit. */
  readonly eventRateThreshold: number | undefined;
  /** Whether the rate of a thread falls while its ring fills up. */
  readonly followsRingPressure: boolean;
}

/** Plan of a constant rate. */
export const NO_PLAN: SamplingPlan = { min: 0, max: 1, eventRateThreshold: undefined, followsRingPressure: false };

/** Whether rates depend on load. */
export function isFollowing({ eventRateThreshold, followsRingPressure }: SamplingPlan): boolean {
  return eventRateThreshold !== undefined || followsRingPressure;
}

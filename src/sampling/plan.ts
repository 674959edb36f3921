/**
 * How a sampling rate sets itself. Plain data, so that it can be sent to a worker.
 *
 * @module
 */

/** What calls cost on this machine, with this clock. */
export interface CallCost {
  /** Seconds that a timing takes which is recorded. */
  readonly recordedSeconds: number;
  /** Seconds that one takes which sampling leaves out. */
  readonly skippedSeconds: number;
}

/** What the rate follows; each of the three can be missing. */
export interface SamplingPlan {
  /** The least rate, 0 to 1. */
  readonly min: number;
  /** The highest rate, 0 to 1. */
  readonly max: number;
  /** Calls a second, of all threads, that the rate lets through; `undefined` if it does not follow their number. */
  readonly eventRateThreshold: number | undefined;
  /** Whether the rate falls while a ring fills up. */
  readonly followsRingPressure: boolean;
  /** The share of one core that recording may take on each thread; `undefined` if it does not follow that. */
  readonly budget: number | undefined;
}

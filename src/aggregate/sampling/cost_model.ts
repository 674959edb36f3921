/**
 * Cost of a call at a sampling rate, interpolated from measurements at three rates: 1, nearly 0, and 0. A recorded call
 * among many sampled-out ones costs more than one among recorded ones, because the processor mispredicts it; the
 * difference is assumed to fall linearly from nearly 0 to 1. A rate just below 1 therefore saves nothing: a call at 0.4
 * costs as much.
 *
 * @module
 */

import type { CallCost } from "../../model/diagnostics.ts";

/** Returns the average seconds of a call while a share of all calls is recorded. */
export function secondsPerCall(share: number, { recordedSeconds, sampledSeconds, skippedSeconds }: CallCost): number {
  const recorded = recordedSeconds + (1 - share) * (sampledSeconds - recordedSeconds);
  return share * recorded + (1 - share) * skippedSeconds;
}

/**
 * Returns the lowest share at which a call takes the given time on average.
 *
 * @param seconds Time, at most that of a call while all are recorded
 * @returns Share; 0 or less if skipping all calls takes longer
 */
export function shareAt(seconds: number, { recordedSeconds, sampledSeconds, skippedSeconds }: CallCost): number {
  // Smaller solution of secondsPerCall(share) = seconds, a quadratic equation, in the form that loses no digits.
  const slope = sampledSeconds - skippedSeconds;
  const above = seconds - skippedSeconds;
  const root = Math.sqrt(slope * slope - 4 * (sampledSeconds - recordedSeconds) * above);
  // If all three costs are equal, every share costs the same.
  return slope + root === 0 ? 1 : 2 * above / (slope + root);
}

/**
 * Cost of a call at a sampling rate, interpolated from three rates at which it was measured: 1, nearly 0, and 0. A
 * recorded call among many that are sampled out costs more than one of many recorded ones, because the processor did
 * not predict it; the difference is taken to fall linearly from nearly 0 to 1. So a rate just below 1 saves nothing: a
 * call costs as much at 0.4.
 *
 * @module
 */

import type { CallCost } from "../../model/diagnostics.ts";

/** Returns the seconds that a call takes on average while a share of all calls is recorded. */
export function secondsPerCall(share: number, { recordedSeconds, sampledSeconds, skippedSeconds }: CallCost): number {
  const recorded = recordedSeconds + (1 - share) * (sampledSeconds - recordedSeconds);
  return share * recorded + (1 - share) * skippedSeconds;
}

/**
 * Returns the lowest share at which a call takes the given time on average.
 *
 * @param seconds At most the time of a call while all are recorded
 * @returns 0 or less if skipping all calls takes longer
 */
export function shareAt(seconds: number, { recordedSeconds, sampledSeconds, skippedSeconds }: CallCost): number {
  // The smaller solution of secondsPerCall(share) = seconds, a quadratic equation, in the form that loses no digits.
  const slope = sampledSeconds - skippedSeconds;
  const above = seconds - skippedSeconds;
  const root = Math.sqrt(slope * slope - 4 * (sampledSeconds - recordedSeconds) * above);
  // If all three costs are equal, every share costs the same.
  return slope + root === 0 ? 1 : 2 * above / (slope + root);
}

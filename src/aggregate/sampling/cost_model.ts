/**
 * What a call costs at a sampling rate, from three rates at which that was measured: 1, nearly 0, and 0. A call that is
 * recorded among many that are left out costs more than one of many, because the processor has not foreseen it; how much
 * more is taken to fall evenly from nearly 0 to 1. So a rate just below 1 saves nothing: a call costs as much at 0.4.
 *
 * @module
 */

import type { CallCost } from "../../model/diagnostics.ts";

/** Seconds that a call takes on average while a share of them is recorded. */
export function secondsPerCall(share: number, { recordedSeconds, sampledSeconds, skippedSeconds }: CallCost): number {
  const recorded = recordedSeconds + (1 - share) * (sampledSeconds - recordedSeconds);
  return share * recorded + (1 - share) * skippedSeconds;
}

/**
 * The lowest share at which a call takes so many seconds on average.
 *
 * @param seconds At most what a call takes while all are recorded
 * @returns 0 or less if leaving out all of them takes longer
 */
export function shareAt(seconds: number, { recordedSeconds, sampledSeconds, skippedSeconds }: CallCost): number {
  // The smaller solution of secondsPerCall(share) = seconds, a quadratic equation, in the form that loses no digits.
  const slope = sampledSeconds - skippedSeconds;
  const above = seconds - skippedSeconds;
  const root = Math.sqrt(slope * slope - 4 * (sampledSeconds - recordedSeconds) * above);
  // If all three cost the same, no share costs more than another.
  return slope + root === 0 ? 1 : 2 * above / (slope + root);
}

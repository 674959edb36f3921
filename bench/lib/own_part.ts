/**
 * The part of a ladder that a comparison of two revisions needs: what is ours, and the baseline.
 *
 * @module
 */

import type { Ladder, Measurement, Report } from "./harness.ts";

/**
 * Excludes references other than the baseline, which are the same in all revisions and take most of the time, and all
 * promises but that no record is missing. So a ladder's `verify` must hold also if such a reference has never run.
 */
export function ownPart({ name, cases, verify }: Ladder): Ladder {
  const own = cases.filter(({ isReference }, i) => i === 0 || isReference !== true);
  return { name, cases: own, targets: [], verify };
}

/** The measurements of what is ours, in a report of an own part. */
export function ownRows({ measurements: [first, ...others] }: Pick<Report, "measurements">): Measurement[] {
  if (first === undefined) return [];
  return first.timesOfBaseline === undefined ? [first, ...others] : others;
}

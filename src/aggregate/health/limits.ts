/**
 * What the health is judged by, for those who watch from outside.
 *
 * @module
 */

import type { Definitions, HealthLimits, LimitedCheck } from "../../model/definitions.ts";
import type { HealthSettings, WindowThresholds } from "../../health/settings.ts";
import type { Thresholds } from "../../health/thresholds.ts";

const CHECKS: readonly LimitedCheck[] = ["eventLoopLag", "dropRatio", "burnRate", "heapGrowth", "ringOccupancy"];

/** The limits of the checks that are on. */
export function healthLimits(settings: HealthSettings): Definitions["health"] {
  const limits = CHECKS.map((check) => [check, limitsOf(settings[check])] as const);
  return Object.fromEntries(limits.filter(([, each]) => each !== undefined));
}

/** What is never exceeded is left out, because JSON has no infinity. */
function limitsOf(thresholds: Thresholds | WindowThresholds | undefined): HealthLimits | undefined {
  if (thresholds === undefined) return undefined;
  return Object.fromEntries(Object.entries(thresholds).filter(([, value]) => Number.isFinite(value)));
}

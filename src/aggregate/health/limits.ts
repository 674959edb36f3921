/**
 * Limits of the health checks, as definitions report them.
 *
 * @module
 */

import type { HealthSettings } from "../../health/settings.ts";
import type { Definitions } from "../../model/definitions.ts";

/**
 * Limits of the checks that are switched on and have limits; without those that are never exceeded: JSON has no
 * infinity.
 */
export function healthLimits(settings: HealthSettings): Definitions["health"] {
  const limited = Object.entries(settings).filter(([, setting]) => typeof setting === "object");
  return Object.fromEntries(limited.map(([name, limits]) => [name, finiteOf(limits)]));
}

function finiteOf(limits: object): Record<string, number> {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => Number.isFinite(limit)));
}

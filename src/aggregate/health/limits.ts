/**
 * Limits of the health checks, as reported with the definitions.
 *
 * @module
 */

import type { HealthSettings } from "../../health/settings.ts";
import type { Definitions } from "../../model/definitions.ts";

/**
 * Returns the limits of the checks that are on and have limits; infinite ones, which JSON cannot represent, are
 * omitted.
 */
export function healthLimits(settings: HealthSettings): Definitions["health"] {
  const limited = Object.entries(settings).filter(([, setting]) => typeof setting === "object");
  return Object.fromEntries(limited.map(([name, limits]) => [name, finiteOf(limits)]));
}

function finiteOf(limits: object): Record<string, number> {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => Number.isFinite(limit)));
}

/**
 * From a measured number to a status.
 *
 * @module
 */

import type { HealthCheckResult, HealthStatus } from "../model/health_status.ts";

/** Above which a value is how bad; ascending, `Infinity` for never. */
export interface Thresholds {
  /** Above it something is amiss. */
  readonly degraded: number;
  /** Above it the program does not do its work well. */
  readonly unhealthy: number;
  /** Above it the program does not do its work. */
  readonly critical: number;
}

/** How bad a value is. */
export function statusAbove(value: number, { degraded, unhealthy, critical }: Thresholds): HealthStatus {
  if (value > critical) return "CRITICAL";
  if (value > unhealthy) return "UNHEALTHY";
  return value > degraded ? "DEGRADED" : "HEALTHY";
}

/**
 * The result of a check that compares a value.
 *
 * @param name The check
 * @param value What was measured; `undefined` if there was nothing to measure
 * @param describe Says what the value means, for the reason
 */
export function judge(
  name: string,
  value: number | undefined,
  thresholds: Thresholds,
  describe: (value: number) => string,
): HealthCheckResult {
  if (value === undefined) return { name, status: "NOT_MEASURED" };
  const status = statusAbove(value, thresholds);
  return status === "HEALTHY" ? { name, status, value } : { name, status, value, reason: describe(value) };
}

/** A number as people read it: three digits that matter. */
export function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A share in percent. */
export function percent(share: number): string {
  return `${rounded(share * 100)} %`;
}

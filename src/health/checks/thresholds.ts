/**
 * Limits of a check, and the resulting status of a value.
 *
 * @module
 */

import type { HealthStatus } from "../../model/health_status.ts";

/** Limits above which a value is bad, in ascending order; `Infinity` is never exceeded. */
export interface Thresholds {
  /** Limit above which the status is `DEGRADED`: the program needs attention. */
  readonly degraded: number;
  /** Limit above which the status is `UNHEALTHY`: the program works badly. */
  readonly unhealthy: number;
  /** Limit above which the status is `CRITICAL`: the program does not work. */
  readonly critical: number;
}

/** Limits of a value measured over a sliding window. */
export interface WindowThresholds extends Thresholds {
  /** Length of the window, in milliseconds. */
  readonly windowMs: number;
}

/** Limit that no value exceeds. */
export const NEVER: number = Number.POSITIVE_INFINITY;

/** Returns the status of a value. */
export function statusAbove(value: number, { degraded, unhealthy, critical }: Thresholds): HealthStatus {
  if (value > critical) return "CRITICAL";
  if (value > unhealthy) return "UNHEALTHY";
  return value > degraded ? "DEGRADED" : "HEALTHY";
}

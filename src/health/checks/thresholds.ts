/**
 * Limits of a check, and the status of a value by them.
 *
 * @module
 */

import type { HealthStatus } from "../../model/health_status.ts";

/** Limits above which a value is bad; they ascend, and `Infinity` is never exceeded. */
export interface Thresholds {
  /** Limit above which the program needs attention. */
  readonly degraded: number;
  /** Limit above which the program does its work badly. */
  readonly unhealthy: number;
  /** Limit above which the program does not do its work. */
  readonly critical: number;
}

/** Limits of what is measured over a sliding window. */
export interface WindowThresholds extends Thresholds {
  /** Length of the window, in milliseconds. */
  readonly windowMs: number;
}

/** Limit that no value exceeds. */
export const NEVER: number = Number.POSITIVE_INFINITY;

/** Status of a value. */
export function statusAbove(value: number, { degraded, unhealthy, critical }: Thresholds): HealthStatus {
  if (value > critical) return "CRITICAL";
  if (value > unhealthy) return "UNHEALTHY";
  return value > degraded ? "DEGRADED" : "HEALTHY";
}

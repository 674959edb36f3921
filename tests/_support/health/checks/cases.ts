/**
 * Measurements for the tests of the built-in checks: those of a healthy program, and for each check those it fires at.
 *
 * @module
 */

import type { HealthInputs } from "../../../../src/health/checks/inputs.ts";
import type { CheckName, HealthOptions } from "../../../../src/health/settings.ts";

/** Measurements of a healthy program; all of them are there. */
export const HEALTHY: HealthInputs = {
  selfMetric: () => 0,
  worstQuantile: () => ({ labels: {}, value: 0.001, average: 0.001 }),
  fastestBurn: () => ({ metric: "job_seconds", labels: {}, rate: 0.5 }),
  heapGrowths: () => [{ labels: {}, ratio: 0.01, bytes: 2 ** 30 }],
  dropRatio: () => 0,
  ringOccupancy: () => 0.5,
  restarts: () => ({ count: 0, agoMs: 1e9 }),
  recordsLost: () => ({ count: 0, agoMs: 1e9 }),
  clashes: () => [],
};

/** Options of the checks that never fire by default. */
export const OPT_IN = { seriesUsage: { degraded: 0.9 } } as const satisfies HealthOptions;

/** By check, measurements at which it fires with its default setting, or the one of {@linkcode OPT_IN}. */
export const FIRING: Readonly<Record<CheckName, Partial<HealthInputs>>> = {
  eventLoopLag: { worstQuantile: () => ({ labels: {}, value: 0.2, average: 0.1 }) },
  dropRatio: { dropRatio: () => 0.01 },
  burnRate: { fastestBurn: () => ({ metric: "job_seconds", labels: {}, rate: 2 }) },
  heapGrowth: { heapGrowths: () => [{ labels: {}, ratio: 0.5, bytes: 2 ** 30 }] },
  restarts: { restarts: () => ({ count: 1, agoMs: 1_000 }) },
  recordsLost: { recordsLost: () => ({ count: 7, agoMs: 1_000 }) },
  ringOccupancy: { ringOccupancy: () => 0.9 },
  seriesUsage: { selfMetric: () => 0.95 },
  clashes: { clashes: () => ["job is a counter on one thread and a gauge on another"] },
};

/** Measurements of a healthy program, but for some. */
export function inputsWith(changes: Partial<HealthInputs>): HealthInputs {
  return { ...HEALTHY, ...changes };
}

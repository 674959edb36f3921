/**
 * Service level objectives of timers, as a user states them: checked, and turned into seconds.
 *
 * Source: B. Beyer and others, "The Site Reliability Workbook", chapter 5, "Alerting on SLOs", for the error budget
 * and its burn rate.
 *
 * @module
 */

import { type Duration, parseSeconds } from "../check/duration.ts";
import { rangeError, typeError } from "../check/errors.ts";
import type { SloObjective } from "../model/model.ts";

/**
 * How fast something shall be, and how often.
 *
 * @example 99.9 % within 5 ms
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { inlineMetrics } from "@hotpath/metrics/testing";
 *
 * await using test = inlineMetrics({ windows: ["1m"] });
 * const execution = test.metrics.timer("order_execution", { slo: { threshold: "5ms", target: 0.75 } });
 * for (const seconds of [0.001, 0.005, 0.006, 0.001]) execution.observe(seconds);
 * const { metrics: [{ series: [timings] }] } = await test.metrics.snapshot();
 * assertEquals("slo" in timings && timings.slo, {
 *   thresholdSeconds: 0.005,
 *   target: 0.75,
 *   violations: 1,
 *   compliance: 0.75,
 *   burnRate: { "1m": 1 },
 * });
 * ```
 */
export interface SloOptions {
  /** The longest duration that keeps the objective: `"5ms"`, or a number of seconds. Any longer one violates it. */
  readonly threshold: Duration | number;
  /** The share of durations that shall keep it, above 0 and below 1; 0.999 allows one violation in a thousand. */
  readonly target: number;
  /**
   * Above which a violation is critical: recorded whatever the sampling rate, and published at once. To know it, the
   * clock is read for each timing, also for those that sampling leaves out then. None is by default.
   */
  readonly critical?: Duration | number;
}

const FIELDS: readonly string[] = ["threshold", "target", "critical"];

/**
 * Checks an objective.
 *
 * @throws {TypeError} If something has the wrong type, or a field is unknown
 * @throws {RangeError} If something is out of range
 */
export function checkSlo(action: string, slo: unknown): SloObjective {
  if (typeof slo !== "object" || slo === null) {
    throw typeError(action, "slo", 'be an object such as { threshold: "5ms", target: 0.999 }', slo);
  }
  for (const field of Object.keys(slo)) {
    if (!FIELDS.includes(field)) throw typeError(action, "slo", "have threshold, target and critical only", field);
  }
  const { threshold, target, critical } = slo as Readonly<Record<string, unknown>>;
  if (typeof target !== "number") throw typeError(action, "slo.target", "be a number", target);
  if (!(target > 0 && target < 1)) throw rangeError(action, "slo.target", "be above 0 and below 1", target);
  const thresholdSeconds = secondsOf(action, "slo.threshold", threshold);
  if (critical === undefined) return Object.freeze({ thresholdSeconds, target });
  const criticalSeconds = secondsOf(action, "slo.critical", critical);
  if (criticalSeconds < thresholdSeconds) {
    throw rangeError(action, "slo.critical", `be at least the threshold, ${thresholdSeconds} s`, critical);
  }
  return Object.freeze({ thresholdSeconds, target, criticalSeconds });
}

function secondsOf(action: string, field: string, given: unknown): number {
  if (typeof given !== "number") return parseSeconds(given, action, field);
  if (!(given > 0 && given < Infinity)) throw rangeError(action, field, "be above 0 and finite", given);
  return given;
}

/**
 * Service level objectives of timers, as a user states them: checked, and turned into seconds.
 *
 * Source: B. Beyer and others, "The Site Reliability Workbook", chapter 5, "Alerting on SLOs", for the error budget
 * and its burn rate.
 *
 * @module
 */

import { checkInnerShare, optional, orDefault } from "../check/checks.ts";
import { checkDurationSeconds, checkSeconds, type Duration } from "../check/duration.ts";
import { checkMembers } from "../check/options.ts";
import { type Check, refusal, within } from "../check/place.ts";
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
  /**
   * Share of durations that keep it, above 0 and below 1; 0.999 allows one violation in a thousand.
   *
   * @default {0.999}
   */
  readonly target?: number;
  /**
   * Above which a violation is critical: recorded whatever the sampling rate, and published at once. To know it, the
   * clock is read for each timing, also for those that sampling leaves out then. None is by default.
   */
  readonly critical?: Duration | number;
}

/** One in a thousand may take longer where only a threshold is given. */
const TARGET_DEFAULT = 0.999;
const MUST = 'be a duration such as "5ms", or an object such as { threshold: "5ms", target: 0.999 }';
const MEMBERS = {
  threshold: checkSeconds,
  target: orDefault(checkInnerShare, TARGET_DEFAULT),
  critical: optional(checkSeconds),
};

/**
 * Checks an objective: a threshold alone, or an object. A number alone is refused, because it does not show its unit.
 *
 * @throws {TypeError} If something has the wrong type, or a member is unknown
 * @throws {RangeError} If something is out of range
 */
export const checkSlo: Check<SloObjective> = (place, given) => {
  if (typeof given === "string") {
    return Object.freeze({ thresholdSeconds: checkDurationSeconds(place, given), target: TARGET_DEFAULT });
  }
  const { threshold, target, critical } = checkMembers(place, given, MEMBERS, MUST);
  if (critical === undefined) return Object.freeze({ thresholdSeconds: threshold, target });
  if (critical < threshold) {
    const must = `be at least the threshold, ${threshold} s`;
    throw refusal(within(place, "critical"), must, (given as SloOptions).critical, true);
  }
  return Object.freeze({ thresholdSeconds: threshold, target, criticalSeconds: critical });
};

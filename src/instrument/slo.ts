/**
 * Service level objectives of timers: checked, and converted to seconds.
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
 * Service level objective of a timer.
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
  /** Longest duration that meets the objective: `"5ms"`, or a number of seconds. A longer one violates it. */
  readonly threshold: Duration | number;
  /**
   * Share of durations that meet it, above 0 and below 1; 0.999 allows one violation in a thousand.
   *
   * @default {0.999}
   */
  readonly target?: number;
  /**
   * Duration above which a violation is critical: recorded regardless of the sampling rate, and published at once. This
   * reads the clock for every timing, even for those that are then sampled out. No violation is critical by default.
   */
  readonly critical?: Duration | number;
}

/** Target of an objective without one: one duration in a thousand may violate it. */
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
 * @throws {TypeError} If a member has the wrong type or is unknown
 * @throws {RangeError} If a member is out of range
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

/**
 * Check of the objectives: the fastest consumption of an error budget among all series.
 *
 * @module
 */

import type { BuiltInCheck } from "./built_in_check.ts";
import { compare, labelText, rounded } from "./finding.ts";
import { NEVER, type WindowThresholds } from "./thresholds.ts";

/** Check of burn rates. Its alerts are those of each objective, in `monitoring/slo_rules.ts`. */
export const burnRate: BuiltInCheck<WindowThresholds> = {
  key: "burn_rate",
  unit: "factor",
  // Without an instance that misses its objective, the others miss theirs sooner: it must not be taken out of service.
  fallback: { windowMs: 300_000, degraded: 1, unhealthy: NEVER, critical: NEVER },
  judge(inputs, limits) {
    const burn = inputs.fastestBurn(limits.windowMs);
    if (burn === undefined) return { status: "NOT_MEASURED" };
    const { metric, labels, rate } = burn;
    return compare(rate, limits, () => `the error budget of ${metric}${labelText(labels)} burns at ${rounded(rate)}`);
  },
};

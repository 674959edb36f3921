/**
 * Check of the objectives: the fastest consumption of an error budget among all series.
 *
 * @module
 */

import type { BuiltInCheck } from "./built_in_check.ts";
import { compare, labelText, rounded } from "./finding.ts";
import type { WindowThresholds } from "./thresholds.ts";

/** Check of burn rates. Its alerts are those of each objective, in `monitoring/slo_rules.ts`. */
export const burnRate: BuiltInCheck<WindowThresholds> = {
  key: "burn_rate",
  unit: "factor",
  // The rates of the Google SRE workbook, "Alerting on SLOs".
  fallback: { windowMs: 300_000, degraded: 1, unhealthy: 6, critical: 14.4 },
  judge(inputs, limits) {
    const burn = inputs.fastestBurn(limits.windowMs);
    if (burn === undefined) return { status: "NOT_MEASURED" };
    const { metric, labels, rate } = burn;
    return compare(rate, limits, () => `the error budget of ${metric}${labelText(labels)} burns at ${rounded(rate)}`);
  },
};

/**
 * The horizontal lines of plots, from the indicators that are taken from a metric.
 *
 * @module
 */

import type { Kpi } from "../../model/kpi.ts";
import type { Threshold } from "../plots/line_plot.ts";

/** The target and the critical threshold of each indicator with a statistic. */
export function thresholdsOf(kpis: readonly Kpi[], statistic: Kpi["statistic"]): Threshold[] {
  return kpis.filter((kpi) => kpi.statistic === statistic).flatMap(({ target, critical }) => [
    ...(target === undefined ? [] : [{ value: target, label: "target", severity: "target" } as const]),
    ...(critical === undefined ? [] : [{ value: critical, label: "critical", severity: "critical" } as const]),
  ]);
}

/** Those at the same value as one. */
export function joined(thresholds: readonly Threshold[]): Threshold[] {
  const byValue = Map.groupBy(thresholds, ({ value }) => value);
  return [...byValue.values()].map((same) => ({ ...same[0], label: same.map(({ label }) => label).join(", ") }));
}

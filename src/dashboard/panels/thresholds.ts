/**
 * Threshold lines of plots, from the KPIs of a metric.
 *
 * @module
 */

import type { Kpi } from "../../model/kpi.ts";
import type { Threshold } from "../plots/line_plot.ts";

/** Returns target and critical threshold of each KPI with a statistic. */
export function thresholdsOf(kpis: readonly Kpi[], statistic: Kpi["statistic"]): Threshold[] {
  return kpis.filter((kpi) => kpi.statistic === statistic).flatMap(({ target, critical }) => [
    ...(target === undefined ? [] : [{ value: target, label: "target", severity: "target" } as const]),
    ...(critical === undefined ? [] : [{ value: critical, label: "critical", severity: "critical" } as const]),
  ]);
}

/** Joins thresholds of the same value into one. */
export function joined(thresholds: readonly Threshold[]): Threshold[] {
  const byValue = Map.groupBy(thresholds, ({ value }) => value);
  return [...byValue.values()].map((same) => ({ ...same[0], label: same.map(({ label }) => label).join(", ") }));
}

/**
 * A timer's objective as counters and gauges, for the formats that have no word for it.
 *
 * @module
 */

import type {
  DistributionSeriesSnapshot,
  DistributionSnapshot,
  ScalarSeriesSnapshot,
  ScalarSnapshot,
} from "../model.ts";

/**
 * The violations of each series, and by window their compliance and burn rate; windows without values are left out.
 *
 * @param metric A histogram or timer
 * @returns Nothing if it has no objective
 */
export function sloMetrics({ name, help, sloName, series }: DistributionSnapshot): ScalarSnapshot[] {
  const objective = series[0]?.slo;
  if (sloName === undefined || objective === undefined) return [];
  const about = help === "" ? name : help;
  const { thresholdSeconds, target } = objective;
  const metrics: ScalarSnapshot[] = [
    {
      name: `${sloName}_violations_total`,
      type: "counter",
      unit: "",
      help: `${about}, durations above the objective's ${thresholdSeconds} seconds`,
      series: series.map(({ labels, slo }) => ({ labels, value: slo?.violations ?? 0 })),
    },
    {
      name: `${sloName}_compliance_ratio`,
      type: "gauge",
      unit: "",
      help: `${about}, share of durations up to ${thresholdSeconds} seconds over sliding windows`,
      series: byWindow(series, ({ windows }, window) => {
        const { count, violations = 0 } = windows[window];
        return count === 0 ? null : (count - violations) / count;
      }),
    },
    {
      name: `${sloName}_burn_rate`,
      type: "gauge",
      unit: "",
      help: `${about}, share of violations over the share that a target of ${target} allows, over sliding windows`,
      series: byWindow(series, ({ slo }, window) => slo?.burnRate[window] ?? null),
    },
  ];
  return metrics.filter((metric) => metric.series.length > 0);
}

function byWindow(
  series: readonly DistributionSeriesSnapshot[],
  valueOf: (each: DistributionSeriesSnapshot, window: string) => number | null,
): ScalarSeriesSnapshot[] {
  return series.flatMap((each) =>
    Object.keys(each.windows).flatMap((window) => {
      const value = valueOf(each, window);
      return value === null ? [] : [{ labels: { ...each.labels, window }, value }];
    })
  );
}

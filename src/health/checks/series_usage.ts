/**
 * Check of the limit on series: the share in use, before the first label set goes to an overflow series.
 *
 * @module
 */

import type { BuiltInCheck } from "./built_in_check.ts";
import { compare, percent } from "./finding.ts";
import { NEVER, type Thresholds } from "./thresholds.ts";

const METRIC = "hotpath_series_usage_ratio";

export const seriesUsage: BuiltInCheck<Thresholds> = {
  key: "series_usage",
  unit: "share",
  // Some programs need many label sets, so a program sets its own limit.
  fallback: { degraded: NEVER, unhealthy: NEVER, critical: NEVER },
  judge: (inputs, limits) =>
    compare(inputs.selfMetric(METRIC), limits, (share) => `${percent(share)} of seriesMax is in use`),
  alert: {
    name: "HotpathSeriesNearLimit",
    group: "hotpath",
    metric: METRIC,
    expr: ({ series }, limit) => `${series(METRIC)} > ${limit}`,
    summary: "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its limit on series",
    description: () => "Once all of seriesMax is in use, new label sets are merged into an overflow series.",
  },
};

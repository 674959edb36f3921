/**
 * Check of the occupancy of the fullest ring.
 *
 * @module
 */

import type { BuiltInCheck } from "./built_in_check.ts";
import { compare, percent } from "./finding.ts";
import { NEVER, type Thresholds } from "./thresholds.ts";

const METRIC = "hotpath_ring_occupancy_ratio";

export const ringOccupancy: BuiltInCheck<Thresholds> = {
  key: "ring_occupancy",
  unit: "share",
  fallback: { degraded: 0.8, unhealthy: NEVER, critical: NEVER },
  judge: (inputs, limits) => compare(inputs.ringOccupancy(), limits, (share) => `a ring is ${percent(share)} full`),
  alert: {
    name: "HotpathRingFull",
    group: "hotpath",
    metric: METRIC,
    expr: ({ series }, limit) => `${series(METRIC)} > ${limit}`,
    summary: "A ring of {{ $labels.instance }} is {{ $value | humanizePercentage }} full",
    description: () => "The aggregator barely keeps up with recording; records will be dropped if the load grows.",
  },
};

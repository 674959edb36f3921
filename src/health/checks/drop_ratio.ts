/**
 * Check of losses by full rings: the share of records dropped in the last minute.
 *
 * @module
 */

import type { BuiltInCheck } from "./built_in_check.ts";
import { compare, percent } from "./finding.ts";
import { NEVER, type Thresholds } from "./thresholds.ts";

const RECORDED = "hotpath_records_total";
const DROPPED = "hotpath_records_dropped_total";

export const dropRatio: BuiltInCheck<Thresholds> = {
  key: "drop_ratio",
  unit: "share",
  // Lost records are no reason to take a program out of service.
  fallback: { degraded: 0, unhealthy: NEVER, critical: NEVER },
  judge: (inputs, limits) =>
    compare(inputs.dropRatio(), limits, (share) => `${percent(share)} of records were dropped in the last minute`),
  alert: {
    name: "HotpathRecordsDropped",
    group: "hotpath",
    metric: DROPPED,
    expr({ rate }, limit) {
      const [recorded, dropped] = [rate(RECORDED), rate(DROPPED)];
      return `${dropped} / (${recorded} + ${dropped}) > ${limit}`;
    },
    summary: "{{ $labels.instance }} drops {{ $value | humanizePercentage }} of its records",
    description: () =>
      "Rings fill up faster than the aggregator drains them. Histograms, timers and summaries miss the dropped records.",
  },
};

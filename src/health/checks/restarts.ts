/**
 * Check of the aggregator's restarts in the last minute.
 *
 * @module
 */

import type { BuiltInCheck } from "./built_in_check.ts";
import { degradedBy } from "./finding.ts";

const METRIC = "hotpath_aggregator_restarts_total";
const RECENT_MS = 60_000;

export const restarts: BuiltInCheck<boolean> = {
  key: "restarts",
  fallback: true,
  judge(inputs) {
    const { count, agoMs } = inputs.restarts();
    const isRecent = count > 0 && agoMs < RECENT_MS;
    return degradedBy(
      isRecent ? `the aggregator failed and was restarted in the last minute, restart ${count}` : undefined,
      count,
    );
  },
  alert: {
    name: "HotpathAggregatorRestarted",
    group: "hotpath",
    metric: METRIC,
    rangeMs: 300_000,
    expr: ({ series, range }) => `increase(${series(METRIC)}[${range}]) > 0`,
    summary: "The aggregator of {{ $labels.instance }} failed and was restarted",
    description: () => "Counters and gauges continue; histograms and summaries start from zero.",
  },
};

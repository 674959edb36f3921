/**
 * Check of the event loops: the 95th percentile of the lag, on the thread where it is largest.
 *
 * @module
 */

import type { BuiltInCheck } from "./built_in_check.ts";
import { compare, labelText, rounded } from "./finding.ts";
import type { WindowThresholds } from "./thresholds.ts";

const METRIC = "deno_eventloop_lag_seconds";
const QUANTILE = 0.95;

export const eventLoopLag: BuiltInCheck<WindowThresholds> = {
  key: "event_loop_lag",
  unit: "seconds",
  fallback: { windowMs: 60_000, degraded: 0.1, unhealthy: 0.5, critical: 2 },
  judge(inputs, limits) {
    const worst = inputs.worstQuantile(METRIC, QUANTILE, limits.windowMs);
    if (worst === undefined) return { status: "NOT_MEASURED" };
    const { value: p95, average, labels } = worst;
    return {
      ...compare(p95, limits, () => `the event loop lags by ${rounded(p95)} s at p95${labelText(labels)}`),
      details: { eventLoop: { lagSecondsAverage: average, lagSecondsP95: p95 } },
    };
  },
  alert: {
    name: "HotpathEventLoopLag",
    group: "runtime",
    metric: METRIC,
    expr: ({ quantile }, limit) => `${quantile(METRIC, QUANTILE)} > ${limit}`,
    summary: "The event loop of {{ $labels.thread }} on {{ $labels.instance }} is {{ $value | humanizeDuration }} late",
    description: (range) =>
      `The 95th percentile of the lag over ${range}. Synchronous work keeps the thread busy for too long.`,
  },
};

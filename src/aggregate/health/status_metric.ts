/**
 * Health status as a metric.
 *
 * @module
 */

import { severityOf } from "../../health/overall.ts";
import type { HealthState } from "../../model/health_status.ts";
import type { SelfMeasured } from "../../model/self_metrics.ts";

/** Returns a part that exposes the health status at each scrape. */
export function statusMetric(health: () => HealthState): SelfMeasured {
  const help = "Health: 0 is HEALTHY, 1 DEGRADED, 2 UNHEALTHY, 3 CRITICAL";
  return {
    selfMetrics: (families) => [families.gauge("hotpath_health_status", help, severityOf(health().status))],
  };
}

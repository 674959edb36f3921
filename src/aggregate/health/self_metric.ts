/**
 * Values of self-metrics, for checks that evaluate the same values as alerts in Prometheus.
 *
 * @module
 */

import { SelfFamilies, type SelfMeasured } from "../../model/self_metrics.ts";

/** Families whose start times are not exposed. */
const FAMILIES = new SelfFamilies(0);

/** Returns the value of a counter or gauge, summed over its label; `undefined` if no part exposes one of that name. */
export function selfMetric(parts: readonly SelfMeasured[], name: string): number | undefined {
  for (const part of parts) {
    for (const family of part.selfMetrics(FAMILIES)) {
      if (family.name !== name || (family.type !== "counter" && family.type !== "gauge")) continue;
      return Array.from(family.points, ({ value }) => value).reduce((sum, value) => sum + value, 0);
    }
  }
  return undefined;
}

/**
 * Values of self-metrics, for checks that judge what an alert queries in Prometheus.
 *
 * @module
 */

import { SelfFamilies, type SelfMeasured } from "../../model/self_metrics.ts";

/** Its counters start at no time that is exposed. */
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

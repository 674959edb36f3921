/**
 * Highest quantile among the series of one histogram, such as the lag of each thread's event loop.
 *
 * @module
 */

import type { SeriesQuantile } from "../../health/checks/inputs.ts";
import { Moment } from "../../sketch/sketch.ts";
import { quantilesOf } from "../../sketch/quantile.ts";
import type { WindowPlan } from "../../sketch/sliding_window.ts";
import { DistributionFamily } from "../series/distribution_family.ts";
import type { SeriesStore } from "../series/store.ts";

/** Returns the highest quantile over a window; `undefined` without values, or if the metric is not a histogram. */
export function worstQuantile(
  store: SeriesStore,
  metric: string,
  quantile: number,
  window: WindowPlan["windows"][number],
  nowMs: number,
): SeriesQuantile | undefined {
  let worst: SeriesQuantile | undefined;
  for (const family of store.all) {
    const { exposedName, summary } = family.definition;
    if (exposedName !== metric || !(family instanceof DistributionFamily) || summary !== undefined) continue;
    for (const series of family.current(nowMs)) {
      const held = series.over(window, nowMs);
      if (held === undefined) continue;
      const [value] = quantilesOf(held, [quantile]);
      if (worst !== undefined && value <= worst.value) continue;
      worst = { labels: series.labels, value, average: held.moments[Moment.sum] / held.moments[Moment.count] };
    }
  }
  return worst;
}

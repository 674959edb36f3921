/**
 * Facts: gauges that are not plotted over time, such as labels of a constant and times of events.
 *
 * @module
 */

import type { LiveMetric } from "../../model/live_frames.ts";

/** Kind of a fact: labels, or a time in seconds since the epoch. */
export type Fact = "info" | "time";

/** Returns the kind of a metric that is a fact; `undefined` for metrics plotted over time. */
export function factOf({ name, type, unit }: LiveMetric): Fact | undefined {
  if (type !== "gauge") return undefined;
  if (name.endsWith("_info")) return "info";
  return unit === "seconds" && /_(start_time|timestamp)_seconds$/.test(name) ? "time" : undefined;
}

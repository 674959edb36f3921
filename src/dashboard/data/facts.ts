/**
 * Gauges that are no course over time: what a program is, by labels of a constant, and when something happened.
 *
 * @module
 */

import type { LiveMetric } from "../../model/live_frames.ts";

/** What a gauge tells once and for all: its labels, or a moment in seconds since the epoch. */
export type Fact = "info" | "moment";

/** The fact that a metric tells; `undefined` if it has a course. */
export function factOf({ name, type, unit }: LiveMetric): Fact | undefined {
  if (type !== "gauge") return undefined;
  if (name.endsWith("_info")) return "info";
  return unit === "seconds" && /_(start_time|timestamp)_seconds$/.test(name) ? "moment" : undefined;
}

/**
 * Sections of the page, and the assignment of metrics to them.
 *
 * @module
 */

import type { LiveMetric } from "../../model/live_frames.ts";
import { factOf } from "../data/facts.ts";

/** Sections, in the order of the page. */
export const SECTIONS = ["Timers", "Distributions", "Counters", "Gauges", "Runtime"] as const;

/** Title of a section. */
export type SectionName = typeof SECTIONS[number];

const RUNTIME = /^(deno|process|nodejs|v8)_/;

/** Returns the section of a metric. */
export function sectionOf(metric: LiveMetric): SectionName {
  const { name, type, unit } = metric;
  if (RUNTIME.test(name) || factOf(metric) !== undefined) return "Runtime";
  if (type === "counter") return "Counters";
  if (type === "gauge") return "Gauges";
  return unit === "seconds" ? "Timers" : "Distributions";
}

/**
 * Which series are drawn together: each distribution by itself or merged by one label's values, all counters and gauges
 * of a metric in one plot, a line each.
 *
 * @module
 */

import type { LiveMetric } from "../../model/live_frames.ts";
import type { Labels } from "../../model/model.ts";
import type { SeriesState } from "./live_model.ts";
import type { Matcher } from "./search.ts";

/** Series that are drawn as one. */
export interface Group {
  /** What tells it from other groups, whatever the view. */
  readonly key: string;
  /** Their metric. */
  readonly metric: LiveMetric;
  /** The labels that all of them share, as far as they are of interest. */
  readonly labels: Labels;
  /** The series, at least one. */
  readonly series: readonly SeriesState[];
}

/** A metric and the groups of its series. */
export interface MetricGroups {
  /** The metric. */
  readonly metric: LiveMetric;
  /** Its groups, at least one. */
  readonly groups: readonly Group[];
}

/**
 * Puts series into groups.
 *
 * @param series All there are
 * @param isWanted Which are looked for
 * @param groupBy The label whose values series are merged by; empty for none. Gauges are never merged.
 */
export function groupSeries(series: Iterable<SeriesState>, isWanted: Matcher, groupBy: string): MetricGroups[] {
  const metrics = new Map<string, Map<string, Group & { readonly series: SeriesState[] }>>();
  for (const each of series) {
    const { metric, labels, key } = each;
    if (!isWanted(metric.name, labels)) continue;
    const groups = metrics.get(metric.name) ?? new Map();
    metrics.set(metric.name, groups);
    const isMerged = groupBy !== "" && Object.hasOwn(labels, groupBy) && metric.type !== "gauge";
    const groupKey = isMerged ? JSON.stringify([metric.name, groupBy, labels[groupBy], "*"]) : key;
    const shared = isMerged ? { [groupBy]: labels[groupBy] } : labels;
    const group = groups.get(groupKey) ?? { key: groupKey, metric, labels: shared, series: [] };
    group.series.push(each);
    groups.set(groupKey, group);
  }
  return [...metrics.values()].map((groups) => {
    const all = [...groups.values()];
    return { metric: all[0].metric, groups: all };
  });
}

/** The labels that there are to group by, each once, in alphabetical order. */
export function labelNamesOf(series: Iterable<SeriesState>): string[] {
  const names = new Set<string>();
  for (const { labels } of series) for (const name of Object.keys(labels)) names.add(name);
  return [...names].toSorted();
}

/**
 * Groups of series: a distribution is drawn alone or merged by the values of a label, and all counters or gauges of a
 * metric share a plot, with one line each.
 *
 * @module
 */

import type { LiveMetric } from "../../model/live_frames.ts";
import type { Labels } from "../../model/model.ts";
import type { SeriesState } from "./live_model.ts";
import type { Matcher } from "./search.ts";

/** Series that are drawn together. */
export interface Group {
  /** Identity of the group, the same in all views. */
  readonly key: string;
  /** Metric of the series. */
  readonly metric: LiveMetric;
  /** Labels of the group: all of its only series, or the one by which series are merged. */
  readonly labels: Labels;
  /** Series, at least one. */
  readonly series: readonly SeriesState[];
}

/** Metric with the groups of its series. */
export interface MetricGroups {
  /** Metric. */
  readonly metric: LiveMetric;
  /** Groups, at least one. */
  readonly groups: readonly Group[];
}

/**
 * Groups series by metric.
 *
 * @param series All series
 * @param isWanted Filter of the series
 * @param groupBy Label by whose values series are merged; empty for none. Gauges are never merged.
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

/** Returns the names of all labels, in alphabetical order. */
export function labelNamesOf(series: Iterable<SeriesState>): string[] {
  const names = new Set<string>();
  for (const { labels } of series) for (const name of Object.keys(labels)) names.add(name);
  return [...names].toSorted();
}

/**
 * Finds series in a snapshot.
 *
 * @module
 */

import type { DistributionSeriesSnapshot, Labels, MetricSnapshot, Snapshot, SummarySeriesSnapshot } from "../../mod.ts";

/** The metric of an exposed name. */
export function metricOf({ metrics }: Pick<Snapshot, "metrics">, name: string): MetricSnapshot {
  const metric = metrics.find((each) => each.name === name);
  if (metric === undefined) throw new Error(`there is no ${name} among ${metrics.map((each) => each.name)}`);
  return metric;
}

/** The value of a counter's or gauge's series. */
export function valueOf(snapshot: Pick<Snapshot, "metrics">, name: string, labels: Labels = {}): number {
  const metric = metricOf(snapshot, name);
  if (metric.type === "histogram" || metric.type === "summary") throw new Error(`${name} is a ${metric.type}`);
  return found(metric.series, name, labels).value;
}

/** A histogram's or timer's series. */
export function distributionOf(
  snapshot: Pick<Snapshot, "metrics">,
  name: string,
  labels: Labels = {},
): DistributionSeriesSnapshot {
  const metric = metricOf(snapshot, name);
  if (metric.type !== "histogram") throw new Error(`${name} is no histogram`);
  return found(metric.series, name, labels);
}

/** A summary's series. */
export function summaryOf(
  snapshot: Pick<Snapshot, "metrics">,
  name: string,
  labels: Labels = {},
): SummarySeriesSnapshot {
  const metric = metricOf(snapshot, name);
  if (metric.type !== "summary") throw new Error(`${name} is no summary`);
  return found(metric.series, name, labels);
}

/** Whether a metric has a series of these labels. */
export function hasSeries({ metrics }: Pick<Snapshot, "metrics">, name: string, labels: Labels): boolean {
  return metrics.some((metric) => metric.name === name && metric.series.some((each) => isSame(each.labels, labels)));
}

function found<Series extends { readonly labels: Labels }>(
  series: readonly Series[],
  name: string,
  labels: Labels,
): Series {
  const matches = series.filter((each) => isSame(each.labels, labels));
  if (matches.length !== 1) throw new Error(`${name} has ${matches.length} series of ${JSON.stringify(labels)}`);
  return matches[0];
}

function isSame(a: Labels, b: Labels): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

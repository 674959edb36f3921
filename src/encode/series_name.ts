/**
 * Names of series in a report, and the series that match a pattern.
 *
 * @module
 */

import type { Labels } from "../model/model.ts";
import type { MetricSnapshot, Snapshot } from "../model/snapshot.ts";
import { printable } from "./printable.ts";

/** Name of a series: `orders_total{side="buy"}`. */
export function seriesName(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${printable(label)}="${quotable(value)}"`);
  return printable(name) + (pairs.length === 0 ? "" : `{${pairs.join(",")}}`);
}

/** A snapshot of the series whose name matches, without metrics that have none. */
export function matchingSeries(snapshot: Snapshot, pattern: RegExp): Snapshot {
  const metrics = snapshot.metrics.flatMap((metric: MetricSnapshot): MetricSnapshot[] => {
    const isMatching = ({ labels }: { readonly labels: Labels }) => pattern.test(seriesName(metric.name, labels));
    const matching = { ...metric, series: [...metric.series].filter(isMatching) } as MetricSnapshot;
    return matching.series.length === 0 ? [] : [matching];
  });
  return { ...snapshot, metrics };
}

function quotable(text: string): string {
  return printable(text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n"));
}

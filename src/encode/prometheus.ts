/**
 * The Prometheus text format 0.0.4, written from a snapshot.
 *
 * Source: Prometheus, "Exposition formats", text-based format.
 *
 * @module
 */

import type {
  DistributionSeriesSnapshot,
  DistributionSnapshot,
  Labels,
  MetricSnapshot,
  ScalarSnapshot,
} from "../model.ts";
import { sloMetrics } from "./slo.ts";

/** The media type of the format. */
export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Writes metrics as text.
 *
 * @param metrics The metrics, each name once
 * @returns The exposition; empty for no metrics
 */
export function encodePrometheus(metrics: readonly MetricSnapshot[]): string {
  const lines: string[] = [];
  for (const metric of metrics) {
    if (metric.type === "histogram") {
      writeDistribution(lines, metric);
      for (const each of sloMetrics(metric)) writeScalars(lines, each);
    } else writeScalars(lines, metric);
  }
  lines.push("");
  return lines.join("\n");
}

function writeScalars(lines: string[], { name, type, help, series }: ScalarSnapshot): void {
  writeHead(lines, name, type, help);
  for (const { labels, value } of series) writeSample(lines, name, braced(pairs(labels)), value);
}

function writeDistribution(lines: string[], metric: DistributionSnapshot): void {
  writeHead(lines, metric.name, "histogram", metric.help);
  for (const series of metric.series) writeBuckets(lines, metric, series);
  if (metric.series.every(({ windows }) => Object.keys(windows).length === 0)) return;
  writeHead(lines, metric.windowName, "summary", windowHelp(metric));
  for (const series of metric.series) writeWindows(lines, metric.windowName, series);
}

function writeBuckets(
  lines: string[],
  { name, buckets }: DistributionSnapshot,
  { labels, bucketCounts, count, sum }: DistributionSeriesSnapshot,
): void {
  const own = pairs(labels);
  buckets.forEach((bound, i) => {
    writeSample(lines, `${name}_bucket`, braced([...own, `le="${number(bound)}"`]), bucketCounts[i]);
  });
  writeSample(lines, `${name}_bucket`, braced([...own, 'le="+Inf"']), count);
  writeSample(lines, `${name}_sum`, braced(own), sum);
  writeSample(lines, `${name}_count`, braced(own), count);
}

function writeWindows(lines: string[], name: string, { labels, windows }: DistributionSeriesSnapshot): void {
  const own = pairs(labels);
  for (const [window, { quantiles }] of Object.entries(windows)) {
    for (const [quantile, value] of Object.entries(quantiles)) {
      writeSample(lines, name, braced([...own, `window="${window}"`, `quantile="${quantile}"`]), value ?? NaN);
    }
  }
}

function windowHelp({ help, name }: DistributionSnapshot): string {
  return `${help === "" ? name : help}, quantiles over sliding windows`;
}

function writeHead(lines: string[], name: string, type: string, help: string): void {
  if (help !== "") lines.push(`# HELP ${name} ${escapeHelp(help)}`);
  lines.push(`# TYPE ${name} ${type}`);
}

function writeSample(lines: string[], name: string, labels: string, value: number): void {
  lines.push(`${name}${labels} ${number(value)}`);
}

function pairs(labels: Labels): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}="${escapeLabelValue(value)}"`);
}

function braced(labels: readonly string[]): string {
  return labels.length === 0 ? "" : `{${labels.join(",")}}`;
}

function number(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabelValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

/**
 * Plain-text table of a snapshot.
 *
 * @module
 */

import { parseDuration } from "../check/duration.ts";
import type { Labels } from "../model/model.ts";
import { printable } from "./printable.ts";
import type {
  DistributionSeriesSnapshot,
  DistributionSnapshot,
  MetricSnapshot,
  ScalarSnapshot,
  SloSnapshot,
  Snapshot,
  SummarySeriesSnapshot,
  SummarySnapshot,
} from "../model/snapshot.ts";

/** Shown quantiles, by their keys in a snapshot. */
const QUANTILES: Readonly<Record<string, string>> = { "0.5": "P50", "0.95": "P95", "0.99": "P99", "0.999": "P99.9" };
/** Text of a missing value. */
const NONE = "-";
const GAP = "  ";

/** Snapshot with quantiles. */
type QuantileSnapshot = DistributionSnapshot | SummarySnapshot;

/**
 * Formats a snapshot as a table: timers, histograms and summaries, then counters and gauges.
 *
 * Count, quantiles and SLO cover the time since the start, except for the quantiles of summaries. The rate covers the
 * longest window that is not longer than the uptime, else the shortest; the first lines name it.
 *
 * @param snapshot Snapshot to format
 * @returns Lines, each with a line feed
 * @throws {TypeError} If a window's name is not a duration
 */
export function encodeReport(snapshot: Snapshot): string {
  const window = rateWindow(snapshot);
  const paragraphs = [
    head(snapshot, window),
    distributionTable(snapshot.metrics.filter(hasQuantiles), window),
    scalarTable(snapshot.metrics.filter(isScalar)),
  ].filter((lines) => lines.length > 0);
  return paragraphs.map((lines) => lines.map((line) => `${line}\n`).join("")).join("\n");
}

function head({ timestamp, uptimeSeconds, metrics, meta }: Snapshot, window: string | undefined): string[] {
  const [recorded, dropped] = [exact(meta.recorded), exact(meta.dropped)];
  const rate = window === undefined ? "" : `, rate over the last ${window}`;
  const summaries = metrics.some(isSummary) ? ", quantiles of summaries over their windows" : "";
  return [
    `Hotpath at ${printable(timestamp)}, up ${duration(uptimeSeconds)}: ${recorded} records, ${dropped} dropped`,
    metrics.length === 0 ? "There are no metrics" : `Count, quantiles and SLO since the start${summaries}${rate}`,
  ];
}

function distributionTable(metrics: readonly QuantileSnapshot[], window: string | undefined): string[] {
  const rows = metrics.flatMap((metric) => metric.series.map((series) => distributionRow(metric, series, window)));
  return table(["TIMERS AND HISTOGRAMS", "COUNT", "RATE", ...Object.values(QUANTILES), "SLO"], rows);
}

function distributionRow(
  { name, unit }: QuantileSnapshot,
  { labels, count, quantiles, windows, slo }: SummarySeriesSnapshot & Pick<DistributionSeriesSnapshot, "slo">,
  window: string | undefined,
): string[] {
  const show = unit === "seconds" ? duration : rounded;
  const rate = window === undefined ? undefined : windows[window]?.rate;
  return [
    seriesName(name, labels),
    exact(count),
    rate === undefined ? NONE : `${rounded(rate)}/s`,
    ...Object.keys(QUANTILES).map((quantile) => orNone(quantiles[quantile], show)),
    slo === undefined ? NONE : objective(slo),
  ];
}

function scalarTable(metrics: readonly ScalarSnapshot[]): string[] {
  const rows = metrics.flatMap(({ name, type, series }) =>
    series.map(({ labels, value }) => [seriesName(name, labels), exact(value), type])
  );
  return table(["COUNTERS AND GAUGES", "VALUE", "TYPE"], rows);
}

/** Formats rows under their titles: the first and last columns are aligned left, numbers right. */
function table(titles: readonly string[], rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  const lines = [titles, ...rows];
  const last = titles.length - 1;
  const widths = titles.map((_, column) => lines.reduce((width, line) => Math.max(width, widthOf(line[column])), 0));
  return lines.map((line) =>
    line.map((cell, column) => {
      if (column === last) return cell;
      const blanks = " ".repeat(widths[column] - widthOf(cell));
      return column === 0 ? cell + blanks : blanks + cell;
    }).join(GAP)
  );
}

function rateWindow({ metrics, uptimeSeconds }: Snapshot): string | undefined {
  // A summary has its own window, which the others need not share.
  const common: readonly QuantileSnapshot[] = metrics.filter((metric) => metric.type === "histogram");
  const asked = common.length > 0 ? common : metrics.filter(isSummary);
  const names = asked.flatMap(({ series }) => series.flatMap(({ windows }) => Object.keys(windows)));
  const windows = [...new Set(names)]
    .map((name) => ({ name, lengthMs: parseDuration(name, "write a report", "windows") }))
    .toSorted((a, b) => a.lengthMs - b.lengthMs);
  const full = windows.filter(({ lengthMs }) => lengthMs <= uptimeSeconds * 1_000);
  return (full.at(-1) ?? windows[0])?.name;
}

function objective({ thresholdSeconds, target, violations, compliance }: SloSnapshot): string {
  const aim = `${percentage(target)} within ${duration(thresholdSeconds)}`;
  if (compliance === null) return `${aim}: no values`;
  const verdict = compliance >= target ? "OK" : "breached";
  return `${aim}: ${verdict}, ${percentage(compliance)}, ${exact(violations)} above`;
}

/** Formats a share, cut after four decimals and not rounded, so that less than everything is never 100 %. */
function percentage(share: number): string {
  return `${Math.floor(Number((share * 1e6).toPrecision(12))) / 1e4} %`;
}

/** Formats seconds with three digits, in a suitable unit. */
function duration(seconds: number): string {
  const size = Math.abs(Number(seconds.toPrecision(3)));
  if (size >= 1 || size === 0) return `${rounded(seconds)} s`;
  if (size >= 1e-3) return `${rounded(seconds * 1e3)} ms`;
  return size >= 1e-6 ? `${rounded(seconds * 1e6)} µs` : `${rounded(seconds * 1e9)} ns`;
}

/** Formats three digits, or all digits of a larger whole number. */
function rounded(value: number): string {
  return exact(Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** Formats a whole number with commas if a double holds it exactly, any other number by its shortest digits. */
function exact(value: number): string {
  if (Number.isSafeInteger(value)) return (value === 0 ? 0 : value).toLocaleString("en");
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? value.toExponential().replace("e+", "e") : String(value);
}

function orNone(value: number | null | undefined, show: (value: number) => string): string {
  return value === null || value === undefined ? NONE : show(value);
}

function seriesName(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${printable(label)}="${quotable(value)}"`);
  return printable(name) + (pairs.length === 0 ? "" : `{${pairs.join(",")}}`);
}

function quotable(text: string): string {
  return printable(text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n"));
}

/** Number of code points. */
function widthOf(text: string): number {
  return [...text].length;
}

function hasQuantiles(metric: MetricSnapshot): metric is QuantileSnapshot {
  return metric.type === "histogram" || metric.type === "summary";
}

function isSummary(metric: MetricSnapshot): metric is SummarySnapshot {
  return metric.type === "summary";
}

function isScalar(metric: MetricSnapshot): metric is ScalarSnapshot {
  return metric.type === "counter" || metric.type === "gauge";
}

/**
 * Plain-text table of a snapshot.
 *
 * @module
 */

import { parseDuration } from "../check/duration.ts";
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
import { printable } from "./printable.ts";
import { duration, EXACT, exact, HUMAN, type NumberFormat, percentage, rounded } from "./report_numbers.ts";
import { type Row, sorted, table } from "./report_table.ts";
import { seriesName } from "./series_name.ts";

/** Shown quantiles, by their keys in a snapshot. */
const QUANTILES: Readonly<Record<string, string>> = { "0.5": "P50", "0.95": "P95", "0.99": "P99", "0.999": "P99.9" };
/** Text of a missing value. */
const NONE = "-";

/** Snapshot with quantiles. */
type QuantileSnapshot = DistributionSnapshot | SummarySnapshot;

/** Columns by which a report can be sorted; `slo` starts with the lowest compliance. */
export const SORT_COLUMNS: readonly string[] = [
  ...["name", "count", "rate"],
  ...Object.values(QUANTILES).map((title) => title.toLowerCase()),
  ...["slo", "value", "type"],
];

/** View of a snapshot. */
export interface ReportView {
  /** Whether numbers are in the units that people read; exact by default. */
  readonly isHuman?: boolean;
  /** Maximum width of the tables, in columns of a terminal; unlimited by default. */
  readonly width?: number;
  /** Column of {@linkcode SORT_COLUMNS}; by default, series are in the order of the snapshot. */
  readonly sort?: string;
  /** Line for a snapshot without metrics. */
  readonly nothing?: string;
}

/**
 * Formats a snapshot as a table: timers, histograms and summaries, then counters and gauges.
 *
 * Count, quantiles and SLO cover the time since the start, except for the quantiles of summaries. The rate covers the
 * longest window that is not longer than the uptime, else the shortest; the first lines name it.
 *
 * @param snapshot Snapshot to format
 * @param view How it is shown
 * @returns Lines, each with a line feed
 * @throws {TypeError} If a window's name is not a duration
 */
export function encodeReport(snapshot: Snapshot, view: ReportView = {}): string {
  const window = rateWindow(snapshot);
  const numbers = view.isHuman === true ? HUMAN : EXACT;
  const paragraphs = [
    head(snapshot, window, numbers, view.nothing),
    distributionTable(snapshot.metrics.filter(hasQuantiles), window, numbers, view),
    scalarTable(snapshot.metrics.filter(isScalar), numbers, view),
  ].filter((lines) => lines.length > 0);
  return paragraphs.map((lines) => lines.map((line) => `${line}\n`).join("")).join("\n");
}

function head(
  { timestamp, uptimeSeconds, metrics, meta }: Snapshot,
  window: string | undefined,
  { count, uptime }: NumberFormat,
  nothing: string = "There are no metrics",
): string[] {
  const [recorded, dropped] = [count(meta.recorded), count(meta.dropped)];
  const rate = window === undefined ? "" : `, rate over the last ${window}`;
  const summaries = metrics.some(isSummary) ? ", quantiles of summaries over their windows" : "";
  return [
    `Hotpath at ${printable(timestamp)}, up ${uptime(uptimeSeconds)}: ${recorded} records, ${dropped} dropped`,
    metrics.length === 0 ? nothing : `Count, quantiles and SLO since the start${summaries}${rate}`,
  ];
}

function distributionTable(
  metrics: readonly QuantileSnapshot[],
  window: string | undefined,
  numbers: NumberFormat,
  { sort, width }: ReportView,
): string[] {
  const rows = metrics.flatMap((metric) =>
    metric.series.map((series) => distributionRow(metric, series, window, numbers))
  );
  const titles = ["TIMERS AND HISTOGRAMS", "COUNT", "RATE", ...Object.values(QUANTILES), "SLO"];
  return table(titles, sorted(rows, sort), width);
}

function distributionRow(
  metric: QuantileSnapshot,
  { labels, count, quantiles, windows, slo }: SummarySeriesSnapshot & Pick<DistributionSeriesSnapshot, "slo">,
  window: string | undefined,
  numbers: NumberFormat,
): Row {
  const name = seriesName(metric.name, labels);
  const rate = window === undefined ? undefined : windows[window]?.rate;
  const shown = Object.entries(QUANTILES).map(([key, title]) => [title.toLowerCase(), quantiles[key]] as const);
  return {
    cells: [
      name,
      numbers.count(count),
      orNone(rate, (rate) => `${rounded(rate)}/s`),
      ...shown.map(([, value]) => orNone(value, (value) => numbers.quantile(value, metric))),
      slo === undefined ? NONE : objective(slo),
    ],
    // The lowest compliance comes first.
    keys: { name, count, rate, ...Object.fromEntries(shown), slo: slo?.compliance && -slo.compliance },
  };
}

function scalarTable(
  metrics: readonly ScalarSnapshot[],
  numbers: NumberFormat,
  { sort, width }: ReportView,
): string[] {
  const rows = metrics.flatMap((metric) =>
    metric.series.map(({ labels, value }): Row => {
      const [name, { type }] = [seriesName(metric.name, labels), metric];
      return { cells: [name, numbers.scalar(value, metric), type], keys: { name, value, type } };
    })
  );
  return table(["COUNTERS AND GAUGES", "VALUE", "TYPE"], sorted(rows, sort), width);
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

function orNone(value: number | null | undefined, show: (value: number) => string): string {
  return value === null || value === undefined ? NONE : show(value);
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

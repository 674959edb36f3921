/**
 * Panels of a metric as data: queries, units and thresholds.
 *
 * @module
 */

import type { BurnRates } from "./burn_rates.ts";
import type { Kpi } from "../model/kpi.ts";
import type { Definition, SloObjective } from "../model/model.ts";
import { sloNames } from "../model/sample_names.ts";
import {
  bucketsOf,
  isHistogram,
  isNativeHistogram,
  type Metric,
  quantileOf,
  rateOf,
  type Scope,
  seriesOf,
  sumBy,
} from "./promql.ts";
import { formatSeconds, percentage } from "./template.ts";
import { scrapedLabel, variableOf } from "./variables.ts";

/** Grafana's range of a rate: the step of the plot, at least four scrapes. */
export const RATE_RANGE = "$__rate_interval";
/** Time range of the dashboard. */
const SHOWN_RANGE = "$__range";
const QUANTILES: readonly string[] = ["0.5", "0.95", "0.99", "0.999"];
const BURN_RANGES: readonly string[] = ["5m", "1h", "6h"];

/** Unit by Grafana's name. */
export type GrafanaUnit = "s" | "bytes" | "Bps" | "percentunit" | "ops" | "none" | "short";

/** Query of a panel. */
export interface Target {
  /** PromQL expression. */
  readonly expr: string;
  /** Template of its legend. */
  readonly legend: string;
}

/** Threshold of a panel, from the lowest up. */
export interface Step {
  /** Lowest value with this color; omitted for the first step. */
  readonly from?: number;
  /** Color. */
  readonly color: "green" | "yellow" | "red";
}

/** Plan of a panel. */
export interface PanelPlan {
  /** Visualization: time series, heat map or stat. */
  readonly kind: "lines" | "heat map" | "stat";
  /** Title. */
  readonly title: string;
  /** Description, empty for none. */
  readonly description: string;
  /** Unit of the values. */
  readonly unit: GrafanaUnit;
  /** Width in columns, 1 to 24. */
  readonly width: number;
  /** Queries. */
  readonly targets: readonly Target[];
  /** Thresholds, if there are any. */
  readonly steps?: readonly Step[];
  /** Whether a heat map has classic buckets. */
  readonly hasClassicBuckets?: boolean;
}

/** Context of the panels of all metrics. */
export interface PanelContext {
  /** Whether Prometheus scrapes native histograms. */
  readonly isNative: boolean;
  /** KPIs whose thresholds panels show. */
  readonly kpis: readonly Kpi[];
  /** Burn rates at which alerts fire. */
  readonly burnRates: BurnRates;
}

/** Returns the panels of a metric. */
export function panelsOf(metric: Definition, context: PanelContext): PanelPlan[] {
  if (isHistogram(metric.type)) return histogramPanels(metric, context);
  if (metric.type === "counter") return [counterPanel(metric, context)];
  return [metric.type === "summary" ? summaryPanel(metric, context) : gaugePanel(metric, context)];
}

/** Returns the scope of the series that the variables of the dashboard select. */
export function dashboardScope(labelNames: readonly string[], isNative: boolean): Scope {
  const labels = labelNames.map((label) => `${scrapedLabel(label)}=~"$${variableOf(label)}"`);
  return { matchers: ['job=~"$job"', 'instance=~"$instance"', ...labels].join(","), isNative };
}

/** Returns queries of a histogram's quantiles over all of its series. */
export function quantileTargets(metric: Metric, scope: Scope): Target[] {
  return QUANTILES.map((quantile) => ({
    expr: quantileOf(metric, scope, { quantile, by: [], range: RATE_RANGE }),
    legend: `p${Number(quantile) * 100}`,
  }));
}

function histogramPanels(metric: Definition, context: PanelContext): PanelPlan[] {
  const { name, unit, help, slo, sloName } = metric;
  const scope = dashboardScope(metric.labelNames, context.isNative);
  const hasSlo = slo !== undefined && sloName !== undefined;
  const wide = hasSlo ? 6 : 9;
  const [quantileKpi, rateKpi] = [kpiOf(metric, "p99", context), kpiOf(metric, "rate", context)];
  const panels: PanelPlan[] = [
    {
      ...{ kind: "lines", title: `${name}: percentiles`, description: help, unit: unitOf(unit), width: wide },
      targets: quantileTargets(metric, scope),
      ...withSteps(quantileKpi),
    },
    {
      ...{
        kind: "heat map",
        title: `${name}: ${heatMapName(unit)}`,
        description: help,
        unit: unitOf(unit),
        width: wide,
      },
      targets: [{ expr: bucketsOf(metric, scope, [], "increase", RATE_RANGE), legend: "{{le}}" }],
      hasClassicBuckets: !isNativeHistogram(metric, scope),
    },
    {
      ...{ kind: "lines", title: `${name}: throughput`, description: help, unit: "ops", width: hasSlo ? 4 : 6 },
      targets: [{ expr: sumBy([], rateOf(metric, scope, RATE_RANGE)), legend: "throughput" }],
      ...withSteps(rateKpi),
    },
  ];
  return hasSlo ? [...panels, ...sloPanels(metric, slo, sloName, scope, context.burnRates)] : panels;
}

function sloPanels(
  metric: Definition,
  { target, thresholdSeconds }: SloObjective,
  sloName: string,
  scope: Scope,
  { degraded, unhealthy }: BurnRates,
): PanelPlan[] {
  const violations = { exposedName: sloNames(sloName).violations };
  const failed = (range: string) =>
    `${sumBy([], `rate(${seriesOf(violations, scope)}[${range}])`)} / ${sumBy([], rateOf(metric, scope, range))}`;
  const description = `SLO: ${percentage(target)} of durations within ${formatSeconds(thresholdSeconds)}`;
  return [
    {
      ...{ kind: "stat", title: `${metric.name}: SLO compliance`, description, unit: "percentunit", width: 4 },
      targets: [{ expr: `1 - ${failed(SHOWN_RANGE)}`, legend: "compliance" }],
      steps: [{ color: "red" }, { from: target, color: "green" }],
    },
    {
      ...{ kind: "lines", title: `${metric.name}: error budget burn rate`, description, unit: "none", width: 4 },
      targets: BURN_RANGES.map((range) => ({ expr: `(${failed(range)}) / (1 - ${target})`, legend: range })),
      steps: [{ color: "green" }, { from: degraded, color: "yellow" }, { from: unhealthy, color: "red" }],
    },
  ];
}

function counterPanel(metric: Definition, context: PanelContext): PanelPlan {
  const labels = metric.labelNames.map((label) => scrapedLabel(label));
  const scope = dashboardScope(metric.labelNames, context.isNative);
  return {
    ...{ kind: "lines", title: metric.name, description: metric.help, unit: rateUnitOf(metric.unit), width: 8 },
    targets: [{ expr: sumBy(labels, rateOf(metric, scope, RATE_RANGE)), legend: legendOf(metric.labelNames) }],
    ...withSteps(kpiOf(metric, "rate", context)),
  };
}

function gaugePanel(metric: Definition, context: PanelContext): PanelPlan {
  const scope = dashboardScope(metric.labelNames, context.isNative);
  return {
    ...{ kind: "lines", title: metric.name, description: metric.help, unit: unitOf(metric.unit), width: 8 },
    targets: [{ expr: seriesOf(metric, scope), legend: legendOf(metric.labelNames) }],
    ...withSteps(kpiOf(metric, "value", context)),
  };
}

function summaryPanel(metric: Definition, context: PanelContext): PanelPlan {
  const scope = dashboardScope(metric.labelNames, context.isNative);
  return {
    ...{ kind: "lines", title: metric.name, description: metric.help, unit: unitOf(metric.unit), width: 8 },
    targets: [{ expr: seriesOf(metric, scope), legend: `${legendOf(metric.labelNames)} {{quantile}}` }],
    ...withSteps(kpiOf(metric, "p99", context)),
  };
}

function kpiOf(metric: Definition, statistic: Kpi["statistic"], { kpis }: PanelContext): Kpi | undefined {
  return kpis.find((kpi) => kpi.metric === metric.exposedName && kpi.statistic === statistic);
}

/** Returns the thresholds of a KPI as steps; nothing if it has none. */
export function withSteps(kpi: Kpi | undefined): { readonly steps?: readonly Step[] } {
  if (kpi === undefined || (kpi.target === undefined && kpi.critical === undefined)) return {};
  const { direction, target, critical } = kpi;
  if (direction === "below") {
    return { steps: [{ color: "green" }, ...stepAt(target, "yellow"), ...stepAt(critical, "red")] };
  }
  return {
    steps: [
      { color: critical === undefined ? "yellow" : "red" },
      ...stepAt(critical, target === undefined ? "green" : "yellow"),
      ...stepAt(target, "green"),
    ],
  };
}

function stepAt(from: number | undefined, color: Step["color"]): Step[] {
  return from === undefined ? [] : [{ from, color }];
}

function unitOf(unit: string): GrafanaUnit {
  if (unit === "seconds") return "s";
  if (unit === "bytes") return "bytes";
  return unit === "ratio" ? "percentunit" : "short";
}

/** Returns the unit of a rate. Seconds per second are a share: of a core for CPU time. */
function rateUnitOf(unit: string): GrafanaUnit {
  if (unit === "bytes") return "Bps";
  return unit === "seconds" ? "percentunit" : "ops";
}

function heatMapName(unit: string): string {
  return unit === "seconds" ? "latency heat map" : "heat map";
}

function legendOf(labelNames: readonly string[]): string {
  const labels = labelNames.map((label) => `{{${scrapedLabel(label)}}}`);
  return labels.length === 0 ? "{{instance}}" : labels.join(" ");
}

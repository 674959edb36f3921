/**
 * Plan of a dashboard for a program's definitions: rows, panels and variables, as data.
 *
 * @module
 */

import type { Definitions } from "../model/definitions.ts";
import type { Definition } from "../model/model.ts";
import { escapeMetricName } from "../model/names.ts";
import { burnRatesOf } from "./burn_rates.ts";
import { hotpathPanels, runtimePanels } from "./own_panels.ts";
import { type PanelContext, type PanelPlan, panelsOf } from "./panels.ts";
import { isHistogram, isNativeHistogram } from "./promql.ts";
import { type Row, rowOf, ROWS } from "./rows.ts";
import { withRuntimeKpis } from "./runtime_kpis.ts";
import { labelsOf, scrapedLabel, variableOf } from "./variables.ts";

/** Options of a dashboard. */
export interface DashboardOptions {
  /** Title. */
  readonly title: string;
  /** Whether Prometheus scrapes native histograms. */
  readonly isNative: boolean;
}

/** Variable that selects series. */
export interface VariablePlan {
  /** Name in expressions. */
  readonly name: string;
  /** Label next to its selector. */
  readonly label: string;
  /** Query of its values. */
  readonly query: string;
}

/** Plan of a dashboard. */
export interface DashboardPlan {
  /** Title. */
  readonly title: string;
  /** Variables, besides the data source. */
  readonly variables: readonly VariablePlan[];
  /** Rows, none of them empty. */
  readonly rows: readonly { readonly title: Row; readonly panels: readonly PanelPlan[] }[];
}

/** Plans the dashboard of a program. */
export function planDashboard(definitions: Definitions, { title, isNative }: DashboardOptions): DashboardPlan {
  const { instruments, hasSelfMetrics } = definitions;
  const exposed = new Set(instruments.map(({ exposedName }) => exposedName));
  const context: PanelContext = {
    isNative,
    kpis: withRuntimeKpis(definitions.kpis, (metric) => exposed.has(metric)),
    burnRates: burnRatesOf(definitions),
  };
  const byRow = Map.groupBy(instruments, rowOf);
  const rows = ROWS.map((row) => ({ title: row, panels: panelsOfRow(row, byRow.get(row) ?? [], context) }));
  const own = hasSelfMetrics ? hotpathPanels(context) : [];
  return {
    title,
    variables: variablesOf(definitions, isNative),
    rows: rows.map((row) => row.title === "Hotpath" ? { ...row, panels: [...row.panels, ...own] } : row)
      .filter(({ panels }) => panels.length > 0),
  };
}

/** Plans the panels of a row. Distributions come first, because each fills a line. */
function panelsOfRow(row: Row, metrics: readonly Definition[], context: PanelContext): PanelPlan[] {
  const ordered = [
    ...metrics.filter(({ type }) => isHistogram(type)),
    ...metrics.filter(({ type }) => !isHistogram(type)),
  ];
  if (row === "System resources") return runtimePanels(ordered, context);
  return ordered.flatMap((metric) => panelsOf(metric, context));
}

function variablesOf({ instruments, hasSelfMetrics }: Definitions, isNative: boolean): VariablePlan[] {
  const anchor = hasSelfMetrics ? "hotpath_records_total" : anchorOf(instruments, isNative);
  const labels = labelsOf(instruments).map((label) => {
    const name = scrapedLabel(label);
    const selected = `{job=~"$job",instance=~"$instance",${name}!=""}`;
    return { name: variableOf(label), label, query: `label_values(${selected}, ${name})` };
  });
  return [
    { name: "job", label: "Job", query: `label_values(${anchor}, job)` },
    { name: "instance", label: "Instance", query: `label_values(${anchor}{job=~"$job"}, instance)` },
    ...labels,
  ];
}

/** Returns a metric that always has series while the program runs; `up` if the program has no definitions. */
function anchorOf(instruments: readonly Definition[], isNative: boolean): string {
  const [first] = instruments;
  if (first === undefined) return "up";
  const isScalar = first.type === "counter" || first.type === "gauge";
  const isWhole = isScalar || isNativeHistogram(first, { matchers: "", isNative });
  return `${escapeMetricName(first.exposedName, "underscores")}${isWhole ? "" : "_count"}`;
}

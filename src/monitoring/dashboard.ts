/**
 * Conversion of a dashboard plan to Grafana's JSON. The only importer of Grafana's SDK.
 *
 * Source: Grafana, "Grafana Foundation SDK"; "Dashboard JSON model".
 *
 * @module
 */

import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  type GridPos,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import {
  BigValueColorMode,
  type DataSourceRef,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  ReduceDataOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  HeatmapColorOptionsBuilder,
  PanelBuilder as HeatMap,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeSeries } from "@grafana/grafana-foundation-sdk/timeseries";
import type { DashboardPlan, VariablePlan } from "./dashboard_plan.ts";
import type { PanelPlan, Step, Target } from "./panels.ts";

const WIDTH = 24;
const PANEL_HEIGHT = 8;
const ROW_HEIGHT = 1;
const DATA_SOURCE: DataSourceRef = { type: "prometheus", uid: "${datasource}" };
const ALL = { selected: true, text: "All", value: "$__all" };
/** Pattern that also matches series without the label. */
const ANY = ".*";
const UID_LENGTH_MAX = 40;

/** Builds a dashboard from its plan. */
export function buildDashboard({ title, variables, rows }: DashboardPlan): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uidOf(title))
    .tags(["hotpath"])
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: "now-30m", to: "now" })
    .refresh("10s")
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"));
  for (const variable of variables) builder.withVariable(queryVariable(variable));
  let [id, top] = [0, 0];
  for (const { title, panels } of rows) {
    builder.withRow(new RowBuilder(title).id(++id).gridPos({ x: 0, y: top, w: WIDTH, h: ROW_HEIGHT }));
    top += ROW_HEIGHT;
    let left = 0;
    for (const panel of panels) {
      if (left + panel.width > WIDTH) [left, top] = [0, top + PANEL_HEIGHT];
      builder.withPanel(panelBuilder(panel, ++id, { x: left, y: top, w: panel.width, h: PANEL_HEIGHT }));
      left += panel.width;
    }
    top += PANEL_HEIGHT;
  }
  return builder.build();
}

function uidOf(title: string): string {
  const words = title.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== "");
  return words.join("-").slice(0, UID_LENGTH_MAX) || "hotpath";
}

function queryVariable({ name, label, query }: VariablePlan): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(ANY)
    .current(ALL);
}

function panelBuilder(panel: PanelPlan, id: number, place: GridPos): TimeSeries | HeatMap | Stat {
  switch (panel.kind) {
    case "lines":
      return withCommon(lines(panel), panel, id, place);
    case "heat map":
      return withCommon(heatMap(panel), panel, id, place);
    case "stat":
      return withCommon(stat(panel), panel, id, place);
  }
}

/** Sets the properties common to all kinds of panels. */
function withCommon<Builder extends TimeSeries | HeatMap | Stat>(
  builder: Builder,
  { title, description, targets, kind, hasClassicBuckets }: PanelPlan,
  id: number,
  place: GridPos,
): Builder {
  builder.id(id).title(title).description(description).datasource(DATA_SOURCE).gridPos(place);
  for (const [i, target] of targets.entries()) {
    const query = queryOf(target, refIdOf(i));
    if (kind === "stat") query.instant();
    else query.range();
    if (kind === "heat map" && hasClassicBuckets) query.format(PromQueryFormat.Heatmap);
    builder.withTarget(query);
  }
  return builder;
}

function lines({ unit, steps }: PanelPlan): TimeSeries {
  const builder = new TimeSeries().unit(unit).fillOpacity(0).lineWidth(1);
  if (steps === undefined) return builder;
  return builder
    .thresholds(thresholds(steps))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}

function heatMap({ unit, hasClassicBuckets }: PanelPlan): HeatMap {
  return new HeatMap()
    .calculate(false)
    .color(new HeatmapColorOptionsBuilder().scheme("Turbo"))
    .yAxis(hasClassicBuckets ? new YAxisConfigBuilder() : new YAxisConfigBuilder().unit(unit));
}

function stat({ unit, steps = [] }: PanelPlan): Stat {
  return new Stat()
    .unit(unit)
    .decimals(3)
    .colorMode(BigValueColorMode.Background)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .thresholds(thresholds(steps));
}

function thresholds(steps: readonly Step[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(steps.map(({ from, color }) => ({ value: from ?? null, color })));
}

function queryOf({ expr, legend }: Target, refId: string): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId).datasource(DATA_SOURCE).expr(expr).legendFormat(legend);
}

/** Returns A, B, C, … */
function refIdOf(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

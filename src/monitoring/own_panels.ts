/**
 * Panels of the runtime and of Hotpath's own metrics, several metrics per panel.
 *
 * @module
 */

import type { Definition } from "../model/model.ts";
import {
  dashboardScope,
  type GrafanaUnit,
  type PanelContext,
  type PanelPlan,
  panelsOf,
  quantileTargets,
  RATE_RANGE,
  type Target,
  withSteps,
} from "./panels.ts";
import { type Scope, seriesOf, sumBy } from "./promql.ts";

const PER_TARGET: readonly string[] = ["instance"];

/** Query of a panel: its metric, the expression of the metric's series, and the legend. */
interface Line {
  readonly metric: string;
  readonly expr: (series: string) => string;
  readonly legend: string;
}

/** Panel of several metrics. */
interface Group {
  readonly title: string;
  readonly description: string;
  readonly unit: GrafanaUnit;
  readonly lines: readonly Line[];
}

const asIs = (series: string) => series;
const perSecond = (series: string) => sumBy(PER_TARGET, `rate(${series}[${RATE_RANGE}])`);

const CPU = "process_cpu_seconds_total";

const RUNTIME_GROUPS: readonly Group[] = [
  {
    ...{ title: "CPU", description: "CPU time in cores: 100% is one core", unit: "percentunit" },
    lines: [
      { metric: CPU, expr: perSecond, legend: "{{instance}} total" },
      { metric: "process_cpu_user_seconds_total", expr: perSecond, legend: "{{instance}} user" },
      { metric: "process_cpu_system_seconds_total", expr: perSecond, legend: "{{instance}} system" },
    ],
  },
  {
    ...{ title: "Memory", description: "Resident memory of the process, and heaps of its threads", unit: "bytes" },
    lines: [
      { metric: "process_resident_memory_bytes", expr: asIs, legend: "{{instance}} resident" },
      { metric: "deno_heap_used_bytes", expr: asIs, legend: "{{thread}} heap used" },
      { metric: "deno_heap_total_bytes", expr: asIs, legend: "{{thread}} heap total" },
      { metric: "deno_external_bytes", expr: asIs, legend: "{{thread}} external" },
    ],
  },
  {
    ...{ title: "Uptime", description: "Time since the process started", unit: "s" },
    lines: [{ metric: "process_start_time_seconds", expr: (series) => `time() - ${series}`, legend: "{{instance}}" }],
  },
];

/** Metrics without a panel. */
const NOT_DRAWN: readonly string[] = ["deno_info", "process_max_fds"];

const HOTPATH_GROUPS: readonly Group[] = [
  {
    ...{
      title: "Records",
      description: "Records per second: recorded, dropped by full rings, sampled out",
      unit: "ops",
    },
    lines: [
      { metric: "hotpath_records_total", expr: perSecond, legend: "{{instance}} recorded" },
      { metric: "hotpath_records_dropped_total", expr: perSecond, legend: "{{instance}} dropped" },
      { metric: "hotpath_records_sampled_out_total", expr: perSecond, legend: "{{instance}} sampled out" },
    ],
  },
  {
    ...{
      title: "Ring occupancy",
      description: "Occupancy of the fullest ring at the time of the scrape",
      unit: "percentunit",
    },
    lines: [{ metric: "hotpath_ring_occupancy_ratio", expr: asIs, legend: "{{instance}}" }],
  },
  {
    ...{ title: "Series", description: "Series, and label sets beyond the limit since the start", unit: "short" },
    lines: [
      { metric: "hotpath_series", expr: asIs, legend: "{{instance}}" },
      { metric: "hotpath_series_overflowed_total", expr: asIs, legend: "{{instance}} overflowed" },
    ],
  },
  {
    ...{ title: "Health", description: "0 HEALTHY, 1 DEGRADED, 2 UNHEALTHY, 3 CRITICAL", unit: "none" },
    lines: [
      { metric: "hotpath_health_status", expr: asIs, legend: "{{instance}}" },
      { metric: "hotpath_aggregator_restarts_total", expr: asIs, legend: "{{instance}} aggregator restarts" },
    ],
  },
];

const HOTPATH_DURATIONS: readonly (readonly [metric: string, title: string, description: string])[] = [
  ["hotpath_drain_duration_seconds", "Drain duration", "Time that the aggregator takes to drain the rings"],
  ["hotpath_scrape_duration_seconds", "Scrape duration", "Time that the aggregator takes to answer a scrape"],
];

/** Returns the panels of the runtime's metrics. */
export function runtimePanels(metrics: readonly Definition[], context: PanelContext): PanelPlan[] {
  const find = (name: string) => metrics.find(({ exposedName }) => exposedName === name);
  const grouped = RUNTIME_GROUPS.flatMap(({ lines }) => lines.map(({ metric }) => metric));
  const groups = RUNTIME_GROUPS.map((group) => groupPanel(group, context, (name) => find(name)?.labelNames));
  const others = metrics.filter(({ exposedName }) => ![...grouped, ...NOT_DRAWN].includes(exposedName));
  return [...groups.filter((panel) => panel !== undefined), ...others.flatMap((metric) => panelsOf(metric, context))];
}

/** Returns the panels of Hotpath's own metrics. */
export function hotpathPanels(context: PanelContext): PanelPlan[] {
  const scope = dashboardScope([], context.isNative);
  const groups = HOTPATH_GROUPS.map((group) => groupPanel(group, context, () => [])).filter((each) =>
    each !== undefined
  );
  const durations = HOTPATH_DURATIONS.map(([exposedName, title, description]): PanelPlan => ({
    ...{ kind: "lines", title: `${title}: percentiles`, description, unit: "s", width: 8 },
    targets: quantileTargets({ type: "histogram", exposedName, sketch: "exponential" }, scope),
  }));
  return [...groups, ...durations];
}

/** Returns a panel of the existing metrics; `undefined` if there are none. */
function groupPanel(
  { title, description, unit, lines }: Group,
  { isNative, kpis }: PanelContext,
  labelsOf: (metric: string) => readonly string[] | undefined,
): PanelPlan | undefined {
  const targets = lines.flatMap(({ metric, expr, legend }): Target[] => {
    const labels = labelsOf(metric);
    if (labels === undefined) return [];
    const scope: Scope = dashboardScope(labels, isNative);
    return [{ expr: expr(seriesOf({ exposedName: metric }, scope)), legend }];
  });
  if (targets.length === 0) return undefined;
  const kpi = kpis.find(({ metric }) => metric === lines[0].metric);
  return { kind: "lines", title, description, unit, width: 8, targets, ...withSteps(kpi) };
}

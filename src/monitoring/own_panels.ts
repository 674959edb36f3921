/**
 * Panels about the runtime and about Hotpath itself: what belongs together is drawn together.
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

/** A line of a panel: which metric it is about, how it is asked for, and what it is called. */
interface Line {
  readonly metric: string;
  readonly expr: (series: string) => string;
  readonly legend: string;
}

/** A panel that has lines of several metrics. */
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
    ...{ title: "CPU", description: "Cores in use, user and system", unit: "percentunit" },
    lines: [
      { metric: CPU, expr: perSecond, legend: "{{instance}} in all" },
      { metric: "process_cpu_user_seconds_total", expr: perSecond, legend: "{{instance}} user" },
      { metric: "process_cpu_system_seconds_total", expr: perSecond, legend: "{{instance}} system" },
    ],
  },
  {
    ...{ title: "Memory", description: "What the process holds, and what the heaps of its threads do", unit: "bytes" },
    lines: [
      { metric: "process_resident_memory_bytes", expr: asIs, legend: "{{instance}} resident" },
      { metric: "deno_heap_used_bytes", expr: asIs, legend: "{{thread}} heap used" },
      { metric: "deno_heap_total_bytes", expr: asIs, legend: "{{thread}} heap" },
      { metric: "deno_external_bytes", expr: asIs, legend: "{{thread}} external" },
    ],
  },
  {
    ...{ title: "Uptime", description: "Since the process was started", unit: "s" },
    lines: [{ metric: "process_start_time_seconds", expr: (series) => `time() - ${series}`, legend: "{{instance}}" }],
  },
];

/** Drawn elsewhere, or nothing to draw. */
const NOT_DRAWN: readonly string[] = ["deno_info", "process_max_fds"];

const HOTPATH_GROUPS: readonly Group[] = [
  {
    ...{ title: "Records", description: "Taken from the rings, lost to full ones, left out by sampling", unit: "ops" },
    lines: [
      { metric: "hotpath_records_total", expr: perSecond, legend: "{{instance}} recorded" },
      { metric: "hotpath_records_dropped_total", expr: perSecond, legend: "{{instance}} dropped" },
      { metric: "hotpath_records_sampled_out_total", expr: perSecond, legend: "{{instance}} sampled out" },
    ],
  },
  {
    ...{
      title: "Ring occupancy",
      description: "How full the fullest ring was when it was scraped",
      unit: "percentunit",
    },
    lines: [{ metric: "hotpath_ring_occupancy_ratio", expr: asIs, legend: "{{instance}}" }],
  },
  {
    ...{ title: "Series", description: "Series there are, and label sets that were one too many", unit: "short" },
    lines: [
      { metric: "hotpath_series", expr: asIs, legend: "{{instance}}" },
      { metric: "hotpath_series_overflowed_total", expr: asIs, legend: "{{instance}} overflowed" },
    ],
  },
  {
    ...{ title: "Health", description: "0 is HEALTHY, 1 DEGRADED, 2 UNHEALTHY, 3 CRITICAL", unit: "none" },
    lines: [
      { metric: "hotpath_health_status", expr: asIs, legend: "{{instance}}" },
      { metric: "hotpath_aggregator_restarts_total", expr: asIs, legend: "{{instance}} restarts of the aggregator" },
    ],
  },
];

const HOTPATH_DURATIONS: readonly (readonly [metric: string, title: string])[] = [
  ["hotpath_drain_duration_seconds", "Drains"],
  ["hotpath_scrape_duration_seconds", "Scrapes"],
];

/** The panels of the runtime's metrics. */
export function runtimePanels(metrics: readonly Definition[], context: PanelContext): PanelPlan[] {
  const find = (name: string) => metrics.find(({ exposedName }) => exposedName === name);
  const grouped = RUNTIME_GROUPS.flatMap(({ lines }) => lines.map(({ metric }) => metric));
  const groups = RUNTIME_GROUPS.map((group) => groupPanel(group, context, (name) => find(name)?.labelNames));
  const others = metrics.filter(({ exposedName }) => ![...grouped, ...NOT_DRAWN].includes(exposedName));
  return [...groups.filter((panel) => panel !== undefined), ...others.flatMap((metric) => panelsOf(metric, context))];
}

/** The panels of Hotpath's own metrics. */
export function hotpathPanels(context: PanelContext): PanelPlan[] {
  const scope = dashboardScope([], context.isNative);
  const groups = HOTPATH_GROUPS.map((group) => groupPanel(group, context, () => [])).filter((each) =>
    each !== undefined
  );
  const durations = HOTPATH_DURATIONS.map(([exposedName, title]): PanelPlan => ({
    ...{ kind: "lines", title: `${title}: percentiles`, description: "How long they took", unit: "s", width: 8 },
    targets: quantileTargets({ type: "histogram", exposedName, sketch: "exponential" }, scope),
  }));
  return [...groups, ...durations];
}

/** A panel with the lines that there are; `undefined` if there is none. */
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

/**
 * KPIs of the runtime, unless a program declares others for the same metrics.
 *
 * @module
 */

import type { Kpi } from "../model/kpi.ts";
import { TRADING_KPIS } from "../instrumentation/sets/trading_kpis.ts";

/** Share of a core above which a thread has little headroom. */
const CPU_TARGET = 0.9;

const DEFAULTS: readonly Kpi[] = [
  ...TRADING_KPIS.filter(({ name }) => name === "gc_pause"),
  {
    name: "cpu",
    metric: "process_cpu_seconds_total",
    statistic: "rate",
    direction: "below",
    target: CPU_TARGET,
    critical: undefined,
  },
];

/**
 * Returns the declared KPIs, and those of the runtime whose metric and name have no declared threshold.
 *
 * @param isExposed Whether a program has a metric
 */
export function withRuntimeKpis(declared: readonly Kpi[], isExposed: (metric: string) => boolean): readonly Kpi[] {
  const said = declared.filter(hasThreshold);
  const added = DEFAULTS.filter(({ name, metric }) =>
    isExposed(metric) && said.every((each) => each.metric !== metric && each.name !== name)
  );
  const names = new Set(added.map(({ name }) => name));
  return [...declared.filter((kpi) => hasThreshold(kpi) || !names.has(kpi.name)), ...added];
}

function hasThreshold({ target, critical }: Kpi): boolean {
  return target !== undefined || critical !== undefined;
}

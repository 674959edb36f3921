/**
 * Indicators of the runtime that hold unless a program declares others for the same metrics.
 *
 * @module
 */

import type { Kpi } from "../model/kpi.ts";
import { TRADING_KPIS } from "../instrumentation/sets/trading_kpis.ts";

/** A thread that takes more of a core than that has little left for what comes unexpectedly. */
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
 * The indicators that were declared, and those of the runtime that nobody has said anything about.
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

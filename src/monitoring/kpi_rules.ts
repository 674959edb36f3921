/**
 * Alerts for key performance indicators: a warning beyond the target, a critical one beyond the critical threshold.
 *
 * @module
 */

import type { Definitions } from "../model/definitions.ts";
import type { Kpi } from "../model/kpi.ts";
import type { Definition } from "../model/model.ts";
import { gainOf, isHistogram, isNativeHistogram, jobScope, quantileOfGain, seriesOf, sumBy } from "./promql.ts";
import { type AlertingRule, holdOf, rangeFor, type RuleGroup, type RuleOptions, type Severity } from "./rule_file.ts";
import { capitalized, escapeTemplate, templateOf } from "./template.ts";

const QUANTILE_RANGE_MS = 300_000;
const RATE_RANGE_MS = 60_000;
/** Series of one target are one indicator. */
const TARGET_LABELS: readonly string[] = ["job", "instance"];

/** What became of the indicators. */
export interface KpiRules {
  /** The alerts; no group if there are none. */
  readonly groups: readonly RuleGroup[];
  /** Those that nothing can watch, and why, one line each. */
  readonly leftOut: readonly string[];
}

/** From where on it is how bad. */
interface Threshold {
  readonly severity: Severity;
  readonly limit: number;
}

/** Alerts for all indicators that have a threshold. */
export function kpiGroups({ instruments, kpis }: Definitions, options: RuleOptions): KpiRules {
  const rules: AlertingRule[] = [];
  const leftOut: string[] = [];
  for (const kpi of kpis) {
    const metric = instruments.find(({ exposedName }) => exposedName === kpi.metric);
    for (const threshold of thresholdsOf(kpi)) {
      const reason = metric === undefined
        ? `the program has no metric ${kpi.metric}`
        : unwatchable(kpi, metric, threshold, options);
      if (metric !== undefined && reason === undefined) rules.push(alert(kpi, metric, threshold, options));
      else leftOut.push(`the ${threshold.severity} alert of KPI ${kpi.name}: ${reason}`);
    }
  }
  return { groups: rules.length === 0 ? [] : [{ name: "kpis", rules }], leftOut };
}

function thresholdsOf({ target, critical }: Kpi): Threshold[] {
  return [
    ...(target === undefined ? [] : [{ severity: "warning", limit: target } as const]),
    ...(critical === undefined ? [] : [{ severity: "critical", limit: critical } as const]),
  ];
}

/** Why an alert could never fire; `undefined` if it can. */
function unwatchable(kpi: Kpi, metric: Definition, { limit }: Threshold, options: RuleOptions): string | undefined {
  if (expressionOf(kpi, metric, options) === undefined) return `${kpi.metric} has no ${kpi.statistic}`;
  const isEstimated = isHistogram(metric.type) && kpi.statistic === "p99";
  if (!isEstimated || isNativeHistogram(metric, jobScope(options)) || kpi.direction === "above") return undefined;
  // What lies above the last bound is taken to lie on it.
  const last = metric.buckets.at(-1) ?? Number.NEGATIVE_INFINITY;
  return last > limit ? undefined : `the buckets of ${kpi.metric} end at ${last}, so nothing is seen above ${limit}`;
}

/** What is compared; `undefined` if the metric does not have the statistic. */
function expressionOf({ statistic }: Kpi, metric: Definition, options: RuleOptions): string | undefined {
  const scope = jobScope(options);
  const { type, summary, buckets } = metric;
  switch (statistic) {
    case "p99": {
      if (type === "summary") {
        return summary?.quantiles.includes(0.99) ? seriesOf(metric, quantileScope(scope)) : undefined;
      }
      if (!isHistogram(type) || (!scope.isNative && buckets.length === 0)) return undefined;
      const rangeMs = rangeFor(QUANTILE_RANGE_MS, options);
      return quantileOfGain(metric, scope, { quantile: "0.99", by: TARGET_LABELS, rangeMs });
    }
    case "rate": {
      if (type === "gauge") return undefined;
      const rangeMs = rangeFor(RATE_RANGE_MS, options);
      return `${sumBy(TARGET_LABELS, gainOf(metric, scope, rangeMs))} / ${rangeMs / 1_000}`;
    }
    case "value":
      return type === "gauge" || type === "counter" ? seriesOf(metric, scope) : undefined;
  }
}

function quantileScope<Scope extends { readonly matchers: string }>(scope: Scope): Scope {
  return { ...scope, matchers: `${scope.matchers},quantile="0.99"` };
}

function alert(
  kpi: Kpi,
  metric: Definition,
  { severity, limit: threshold }: Threshold,
  options: RuleOptions,
): AlertingRule {
  const { name, direction, statistic } = kpi;
  const { unit, help, exposedName } = metric;
  const expression = expressionOf(kpi, metric, options);
  const shown = escapeTemplate(name);
  const [operator, side] = direction === "below" ? [">", "above"] : ["<", "below"];
  const pace = statistic === "rate" ? " a second" : "";
  const [value, limit] = [templateOf(unit) + pace, `${threshold} ${unit}`.trim() + pace];
  const held = holdOf(severity, options);
  const what = severity === "warning" ? "its target" : "its critical threshold";
  return {
    alert: `HotpathKpi${capitalized(name)}`,
    expr: `${expression} ${operator} ${threshold}`,
    for: held,
    labels: { severity, kpi: shown },
    annotations: {
      summary: `${shown} is ${value} on {{ $labels.instance }}, ${side} ${what} of ${limit}`,
      description: `The ${statistic} of ${escapeTemplate(exposedName)} has been ${side} ${limit} for ${held}.${
        remark(help)
      }`,
    },
  };
}

/** What a program says of a metric, as a sentence of its own. */
function remark(help: string): string {
  if (help === "") return "";
  return ` ${escapeTemplate(help)}${help.endsWith(".") ? "" : "."}`;
}

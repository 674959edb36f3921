/**
 * Alerts of KPIs: a warning beyond the target, a critical alert beyond the critical threshold.
 *
 * @module
 */

import type { Definitions } from "../model/definitions.ts";
import type { Kpi } from "../model/kpi.ts";
import type { Definition } from "../model/model.ts";
import { gainOf, isHistogram, isNativeHistogram, jobScope, quantileOfGain, seriesOf, sumBy } from "./promql.ts";
import { type AlertingRule, holdOf, rangeFor, type RuleGroup, type RuleOptions, type Severity } from "./rule_file.ts";
import { type AnnotationUnit, capitalized, escapeTemplate, unitOfRate, unitOfValue } from "./template.ts";

const QUANTILE_RANGE_MS = 300_000;
const RATE_RANGE_MS = 60_000;
/** Labels of the groups: all series of a scrape target are judged together. */
const TARGET_LABELS: readonly string[] = ["job", "instance"];

/** Alerts of all KPIs. */
export interface KpiRules {
  /** One group; empty if there are no alerts. */
  readonly groups: readonly RuleGroup[];
  /** Alerts that could never fire, with the reason, one line each. */
  readonly skipped: readonly string[];
}

interface Threshold {
  readonly severity: Severity;
  readonly limit: number;
}

/** Generates an alert for each threshold of each KPI. */
export function kpiGroups({ instruments, kpis }: Definitions, options: RuleOptions): KpiRules {
  const rules: AlertingRule[] = [];
  const skipped: string[] = [];
  for (const kpi of kpis) {
    const metric = instruments.find(({ exposedName }) => exposedName === kpi.metric);
    for (const threshold of thresholdsOf(kpi)) {
      const reason = metric === undefined
        ? `the program has no metric ${kpi.metric}`
        : unwatchable(kpi, metric, threshold, options);
      if (metric !== undefined && reason === undefined) rules.push(alert(kpi, metric, threshold, options));
      else skipped.push(`the ${threshold.severity} alert of KPI ${kpi.name}: ${reason}`);
    }
  }
  return { groups: rules.length === 0 ? [] : [{ name: "kpis", rules }], skipped };
}

function thresholdsOf({ target, critical }: Kpi): Threshold[] {
  return [
    ...(target === undefined ? [] : [{ severity: "warning", limit: target } as const]),
    ...(critical === undefined ? [] : [{ severity: "critical", limit: critical } as const]),
  ];
}

/** Returns the reason why an alert could never fire; `undefined` if it can. */
function unwatchable(kpi: Kpi, metric: Definition, { limit }: Threshold, options: RuleOptions): string | undefined {
  if (expressionOf(kpi, metric, options) === undefined) return `${kpi.metric} has no ${kpi.statistic}`;
  const isEstimated = isHistogram(metric.type) && kpi.statistic === "p99";
  if (!isEstimated || isNativeHistogram(metric, jobScope(options)) || kpi.direction === "above") return undefined;
  // histogram_quantile returns at most the last bound.
  const last = metric.buckets.at(-1) ?? Number.NEGATIVE_INFINITY;
  return last > limit
    ? undefined
    : `the buckets of ${kpi.metric} end at ${last}, so no value above ${limit} can be seen`;
}

/** Returns the expression of a KPI's value; `undefined` if its metric has no such statistic. */
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
  const expression = expressionOf(kpi, metric, options);
  const { value, format } = unitOf(kpi, metric);
  const [shown, limit] = [escapeTemplate(name), format(threshold)];
  const [operator, side] = direction === "below" ? [">", "above"] : ["<", "below"];
  const held = holdOf(severity, options);
  const what = severity === "warning" ? "its target" : "its critical threshold";
  const subject = statistic === "p99" ? `${shown} p99` : shown;
  return {
    alert: `HotpathKpi${capitalized(name)}`,
    expr: `${expression} ${operator} ${threshold}`,
    for: held,
    labels: { severity, kpi: shown },
    annotations: {
      summary: `${subject} is ${value} on {{ $labels.instance }}, ${side} ${what} of ${limit}`,
      description: `The ${statistic} of ${escapeTemplate(metric.exposedName)} has been ${side} ${limit} for ${held}.${
        sentenceOf(metric.help)
      }`,
    },
  };
}

/** Returns the unit of a value. Rates, except those of counters, are rates of observations, which have no unit. */
function unitOf({ statistic }: Kpi, { type, unit, exposedName }: Definition): AnnotationUnit {
  if (statistic !== "rate") return unitOfValue(unit);
  return unitOfRate(type === "counter" ? unit : "", exposedName);
}

/** Returns a metric's help as a sentence that follows another one. */
function sentenceOf(help: string): string {
  if (help === "") return "";
  return ` ${escapeTemplate(help)}${help.endsWith(".") ? "" : "."}`;
}

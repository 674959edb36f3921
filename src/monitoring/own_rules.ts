/**
 * Alerts on Hotpath and the runtime: the program cannot be scraped, or health checks exceed their limits.
 *
 * @module
 */

import { formatDuration } from "../check/duration.ts";
import type { AlertQueries, CheckAlert } from "../health/checks/built_in_check.ts";
import { BUILT_IN_CHECKS } from "../health/settings.ts";
import type { Definitions, HealthLimits } from "../model/definitions.ts";
import { jobScope, quantileOf, seriesOf, sumBy } from "./promql.ts";
import { type AlertingRule, holdOf, rangeFor, type RuleGroup, type RuleOptions } from "./rule_file.ts";

const RANGE_MS = 60_000;

/** Generates a group of alerts on Hotpath and one on the runtime; none for metrics that are not exposed. */
export function ownGroups(definitions: Definitions, options: RuleOptions): RuleGroup[] {
  const groups = [
    { name: "hotpath", rules: [...targetAlerts(options), ...checkAlerts("hotpath", definitions, options)] },
    { name: "runtime", rules: checkAlerts("runtime", definitions, options) },
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}

function targetAlerts(options: RuleOptions): AlertingRule[] {
  const up = seriesOf({ exposedName: "up" }, jobScope(options));
  const critical = { severity: "critical" } as const;
  const held = holdOf("critical", options);
  return [
    {
      alert: "HotpathTargetDown",
      expr: `${up} == 0`,
      for: held,
      labels: critical,
      annotations: {
        summary: "{{ $labels.instance }} is down",
        description: `Scrapes of {{ $labels.instance }} have failed for ${held}: the program is down or unreachable.`,
      },
    },
    {
      alert: "HotpathTargetAbsent",
      expr: `absent(${up})`,
      for: held,
      labels: critical,
      annotations: {
        summary: "Job {{ $labels.job }} has no targets",
        description: `Prometheus has had no target of the job {{ $labels.job }} for ${held}.`,
      },
    },
  ];
}

function checkAlerts(group: CheckAlert["group"], definitions: Definitions, options: RuleOptions): AlertingRule[] {
  const isExposed = (metric: string) =>
    group === "hotpath"
      ? definitions.hasSelfMetrics
      : definitions.instruments.some(({ exposedName }) => exposedName === metric);
  return BUILT_IN_CHECKS.flatMap(([name, { alert, unit }]) => {
    if (alert?.group !== group || !isExposed(alert.metric)) return [];
    const limits = definitions.health[name];
    const rangeMs = alert.rangeMs ?? limits?.windowMs ?? RANGE_MS;
    const queries = queriesOf(definitions, formatDuration(rangeFor(rangeMs, options)), options);
    return unit === undefined ? [eventAlert(alert, queries)] : limitAlerts(alert, queries, limits, options);
  });
}

/** Returns an alert that fires at once, because the check has no limit that could be exceeded for a time. */
function eventAlert(alert: CheckAlert, queries: AlertQueries): AlertingRule {
  return {
    alert: alert.name,
    expr: alert.expr(queries, 0),
    labels: { severity: "warning" },
    annotations: annotationsOf(alert, queries),
  };
}

/** Returns a warning at `degraded`, and a critical alert at the limit where the health is no longer OK. */
function limitAlerts(
  alert: CheckAlert,
  queries: AlertQueries,
  limits: HealthLimits | undefined,
  options: RuleOptions,
): AlertingRule[] {
  const rules = [
    { severity: "warning", limit: limits?.degraded },
    { severity: "critical", limit: limits?.unhealthy ?? limits?.critical },
  ] as const;
  return rules.flatMap(({ severity, limit }) =>
    limit === undefined ? [] : [{
      alert: alert.name,
      expr: alert.expr(queries, limit),
      for: holdOf(severity, options),
      labels: { severity },
      annotations: annotationsOf(alert, queries),
    }]
  );
}

function annotationsOf({ summary, description }: CheckAlert, { range }: AlertQueries): AlertingRule["annotations"] {
  return { summary, description: description(range) };
}

function queriesOf({ instruments }: Definitions, range: string, options: RuleOptions): AlertQueries {
  const scope = jobScope(options);
  const series = (name: string) => seriesOf({ exposedName: name }, scope);
  return {
    range,
    series,
    rate: (name) => sumBy(["job", "instance"], `rate(${series(name)}[${range}])`),
    quantile(name, quantile) {
      const { sketch = "exponential" } = instruments.find(({ exposedName }) => exposedName === name) ?? {};
      const histogram = { type: "histogram", exposedName: name, sketch } as const;
      return quantileOf(histogram, scope, { quantile: `${quantile}`, by: ["job", "instance", "thread"], range });
    },
  };
}

/**
 * Prometheus rules for a program's definitions: its objectives, its KPIs, Hotpath itself and the runtime.
 *
 * @module
 */

import type { Definitions } from "../model/definitions.ts";
import { formatDuration } from "../check/duration.ts";
import { kpiGroups } from "./kpi_rules.ts";
import { ownGroups } from "./own_rules.ts";
import type { AlertingRule, RecordingRule, RuleFile, RuleOptions } from "./rule_file.ts";
import { RUNBOOK_BASE, runbookUrl } from "./runbook.ts";
import { withRuntimeKpis } from "./runtime_kpis.ts";
import { sloGroups } from "./slo_rules.ts";
import { escapeTemplate } from "./template.ts";

/** Generated rules, and the alerts that could not be generated. */
export interface GeneratedRules {
  /** Rule file. */
  readonly file: RuleFile;
  /** Alerts of declared KPIs that could never fire, with the reason, one line each. */
  readonly skipped: readonly string[];
}

/** Generates the rules of a program. */
export function generateRules(definitions: Definitions, options: RuleOptions): GeneratedRules {
  const exposed = new Set(definitions.instruments.map(({ exposedName }) => exposedName));
  const kpis = withRuntimeKpis(definitions.kpis, (metric) => exposed.has(metric));
  const { groups: ofKpis, skipped } = kpiGroups({ ...definitions, kpis }, options);
  const { intervalMs, runbookBase = RUNBOOK_BASE } = options;
  const interval = intervalMs === undefined ? {} : { interval: formatDuration(intervalMs) };
  const groups = [...sloGroups(definitions, options), ...ofKpis, ...ownGroups(definitions, options)]
    .map(({ name, rules }) => ({ name, ...interval, rules: rules.map((rule) => withRunbook(rule, runbookBase)) }));
  return { file: { groups }, skipped };
}

function withRunbook(rule: RecordingRule | AlertingRule, base: string): RecordingRule | AlertingRule {
  if (!("alert" in rule)) return rule;
  const annotations = { ...rule.annotations, runbook_url: escapeTemplate(runbookUrl(base, rule)) };
  return { ...rule, annotations };
}

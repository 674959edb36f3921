/**
 * Prometheus rules from what a program has defined: for its objectives, for its key performance indicators, and for
 * Hotpath and the runtime.
 *
 * @module
 */

import type { Definitions } from "../model/definitions.ts";
import { formatDuration } from "../check/duration.ts";
import { kpiGroups } from "./kpi_rules.ts";
import { ownGroups } from "./own_rules.ts";
import type { RuleFile, RuleOptions } from "./rule_file.ts";
import { withRuntimeKpis } from "./runtime_kpis.ts";
import { sloGroups } from "./slo_rules.ts";

/** Rules, and what there are none for. */
export interface GeneratedRules {
  /** The rules. */
  readonly file: RuleFile;
  /** What was declared and cannot be watched, and why, one line each. */
  readonly leftOut: readonly string[];
}

/** The rules of a program. */
export function generateRules(definitions: Definitions, options: RuleOptions): GeneratedRules {
  const exposed = new Set(definitions.instruments.map(({ exposedName }) => exposedName));
  const kpis = withRuntimeKpis(definitions.kpis, (metric) => exposed.has(metric));
  const { groups: ofKpis, leftOut } = kpiGroups({ ...definitions, kpis }, options);
  const groups = [...sloGroups(definitions, options), ...ofKpis, ...ownGroups(definitions, options)];
  const { intervalMs } = options;
  const interval = intervalMs === undefined ? {} : { interval: formatDuration(intervalMs) };
  return { file: { groups: groups.map(({ name, rules }) => ({ name, ...interval, rules })) }, leftOut };
}

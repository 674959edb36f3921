/**
 * URL of the runbook section of an alert.
 *
 * @module
 */

import manifest from "../../deno.json" with { type: "json" };
import type { AlertingRule } from "./rule_file.ts";

/** URL of this version's runbook, which has a section for each kind of alert. */
export const RUNBOOK_BASE: string =
  `https://jsr.io/${manifest.name}/${manifest.version}/examples/monitoring/RUNBOOK.md`;

/**
 * Returns the URL of an alert's section: a fragment of the base, or a page below a base that ends in a slash.
 *
 * All objectives share a section, as do all KPIs.
 */
export function runbookUrl(base: string, { alert, labels }: Pick<AlertingRule, "alert" | "labels">): string {
  const { slo, kpi } = labels as Partial<Record<string, string>>;
  const section = slo !== undefined ? "HotpathSlo" : kpi !== undefined ? "HotpathKpi" : alert;
  return `${base}${base.endsWith("/") ? "" : "#"}${section.toLowerCase()}`;
}

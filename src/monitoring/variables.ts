/**
 * Labels as Prometheus has them, and the variables of a dashboard, one a label.
 *
 * Source: Prometheus, "Configuration", `honor_labels`.
 *
 * @module
 */

import type { Definition } from "../model/model.ts";
import { escapeLabelName } from "../model/names.ts";

/** Labels that Prometheus itself gives; a program's own of these names are put aside. */
const GIVEN: readonly string[] = ["job", "instance"];
/** The variable by which the data source is chosen. */
const DATA_SOURCE = "datasource";

/** The name that Prometheus has for a label. */
export function scrapedLabel(label: string): string {
  const name = escapeLabelName(label, "underscores");
  return GIVEN.includes(name) ? `exported_${name}` : name;
}

/** The variable of a label. */
export function variableOf(label: string): string {
  const name = scrapedLabel(label);
  // Grafana keeps names with two underscores before them to itself.
  return name === DATA_SOURCE || name.startsWith("__") ? `label_${name}` : name;
}

/** The labels of all metrics in the order that they come in, of those that have one variable the first. */
export function labelsOf(metrics: readonly Pick<Definition, "labelNames">[]): string[] {
  const byVariable = Map.groupBy(metrics.flatMap(({ labelNames }) => labelNames), variableOf);
  return Array.from(byVariable.values(), ([first]) => first);
}

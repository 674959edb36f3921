/**
 * Labels as Prometheus stores them, and dashboard variables, one per label.
 *
 * Source: Prometheus, "Configuration", `honor_labels`.
 *
 * @module
 */

import type { Definition } from "../model/model.ts";
import { escapeLabelName } from "../model/names.ts";

/** Labels that Prometheus sets itself; it renames labels of the program that conflict. */
const GIVEN: readonly string[] = ["job", "instance"];
/** Variable of the data source. */
const DATA_SOURCE = "datasource";

/** Returns the name that Prometheus stores a label under. */
export function scrapedLabel(label: string): string {
  const name = escapeLabelName(label, "underscores");
  return GIVEN.includes(name) ? `exported_${name}` : name;
}

/** Returns the variable of a label. */
export function variableOf(label: string): string {
  const name = scrapedLabel(label);
  // Grafana reserves names that begin with two underscores.
  return name === DATA_SOURCE || name.startsWith("__") ? `label_${name}` : name;
}

/** Returns the labels of all metrics in order, the first one of those that share a variable. */
export function labelsOf(metrics: readonly Pick<Definition, "labelNames">[]): string[] {
  const byVariable = Map.groupBy(metrics.flatMap(({ labelNames }) => labelNames), variableOf);
  return Array.from(byVariable.values(), ([first]) => first);
}

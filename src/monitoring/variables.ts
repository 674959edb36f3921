/**
 * Labels as stored by Prometheus, and dashboard variables, one per label.
 *
 * Source: Prometheus, "Configuration", `honor_labels`.
 *
 * @module
 */

import type { Definition } from "../model/model.ts";
import { escapeLabelName } from "../model/names.ts";

/** Labels that Prometheus sets; it renames conflicting labels of the program. */
const GIVEN: readonly string[] = ["job", "instance"];
/** Variable of the data source. */
const DATA_SOURCE = "datasource";

/** Returns the name under which Prometheus stores a label. */
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

/** Returns the labels of all metrics in order; of those that share a variable, the first one. */
export function labelsOf(metrics: readonly Pick<Definition, "labelNames">[]): string[] {
  const byVariable = Map.groupBy(metrics.flatMap(({ labelNames }) => labelNames), variableOf);
  return Array.from(byVariable.values(), ([first]) => first);
}

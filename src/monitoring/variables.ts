/**
 * Labels as Prometheus has them, and the variables of a dashboard, one a label.
 *
 * Source: Prometheus, "Configuration", `honor_labels`.
 *
 * @module
 */

import type { Definition } from "../model.ts";
import { escapeLabelName } from "../names.ts";

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
  return name === DATA_SOURCE ? `label_${name}` : name;
}

/** The labels of all metrics, each once, in the order that they come in. */
export function labelsOf(metrics: readonly Pick<Definition, "labelNames">[]): string[] {
  return [...new Set(metrics.flatMap(({ labelNames }) => labelNames))];
}

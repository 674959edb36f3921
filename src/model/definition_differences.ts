/**
 * What differs between two definitions of one name, for errors.
 *
 * @module
 */

import type { Definition } from "./model.ts";

/** Members of a definition, with the options that set them. */
const OPTIONS: readonly [member: keyof Definition, option: string][] = [
  ["unit", "unit"],
  ["help", "help"],
  ["labelNames", "labels"],
  ["buckets", "buckets"],
  ["schema", "schema"],
  ["sketch", "sketch"],
  ["summary", "window or quantiles"],
  ["isCritical", "critical"],
  ["slo", "slo"],
  ["aggregator", "aggregator"],
];

/** Whether two definitions are equal; the order of labels does not matter. */
export function isEqualDefinition(a: Definition, b: Definition): boolean {
  return comparable(a) === comparable(b);
}

/** A definition as JSON, which is comparable because the same code sets the fields in the same order. */
function comparable(definition: Definition): string {
  return JSON.stringify({ ...definition, labelNames: definition.labelNames.toSorted() });
}

/** Options in which two definitions differ; of two types, only the type. */
export function differencesOf(a: Definition, b: Definition): string[] {
  if (a.type !== b.type) return ["type"];
  const isDifferent = (member: keyof Definition) =>
    member === "labelNames"
      ? JSON.stringify(a.labelNames.toSorted()) !== JSON.stringify(b.labelNames.toSorted())
      : JSON.stringify(a[member]) !== JSON.stringify(b[member]);
  return OPTIONS.filter(([member]) => isDifferent(member)).map(([, option]) => option);
}

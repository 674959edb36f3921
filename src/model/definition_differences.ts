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
  return isEqual(withSortedLabels(a), withSortedLabels(b));
}

/** Options in which two definitions differ; of two types, only the type. */
export function differencesOf(a: Definition, b: Definition): string[] {
  if (a.type !== b.type) return ["type"];
  const [left, right] = [withSortedLabels(a), withSortedLabels(b)];
  return OPTIONS.filter(([member]) => !isEqual(left[member], right[member])).map(([, option]) => option);
}

function withSortedLabels(definition: Definition): Definition {
  return { ...definition, labelNames: definition.labelNames.toSorted() };
}

/** Whether two values are equal as JSON, where the same code has set the fields in the same order. */
function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

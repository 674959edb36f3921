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

/** Options in which two definitions differ; of two types, only the type. */
export function differencesOf(a: Definition, b: Definition): string[] {
  if (a.type !== b.type) return ["type"];
  // Comparable as JSON, because the same code sets the fields in the same order.
  const isDifferent = (member: keyof Definition) => JSON.stringify(a[member]) !== JSON.stringify(b[member]);
  return OPTIONS.filter(([member]) => isDifferent(member)).map(([, option]) => option);
}

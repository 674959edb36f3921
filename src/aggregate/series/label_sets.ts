/**
 * Label sets, and their keys within a family.
 *
 * @module
 */

import type { Labels } from "../../model/model.ts";

/** Labels of the overflow series, which all label sets past the limit share. */
export const OVERFLOW_LABELS: Labels = Object.freeze({ hotpath_overflow: "true" });
const OVERFLOW: unique symbol = Symbol("overflow");

/** Key of a label set within its family. */
export type SeriesKey = string | typeof OVERFLOW;

/** Returns a label set in the order of the names, from its values in the order of the given names. */
export function labelSetOf(
  names: readonly string[],
  values: readonly string[],
  given: readonly string[] = names,
): Labels {
  return Object.freeze(Object.fromEntries(names.map((name) => [name, values[given.indexOf(name)]])));
}

/**
 * Returns the key of a label set, whose names are in the order of the definition. A single label creates no new string,
 * because there are many series.
 */
export function seriesKeyOf(labels: Labels): SeriesKey {
  if (labels === OVERFLOW_LABELS) return OVERFLOW;
  const values = Object.values(labels);
  return values.length === 1 ? values[0] : JSON.stringify(values);
}

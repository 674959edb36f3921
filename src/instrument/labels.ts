/**
 * Names and labels: what is allowed, and how label sets are typed.
 *
 * Source: Prometheus data model, "Metric names and labels".
 *
 * @module
 */

import { rangeError, typeError } from "../errors.ts";

/** A label's value; numbers and booleans are written as text. */
export type LabelValue = string | number | boolean;

/** A value for each label of a family: a wrong or missing label is a type error. */
export type LabelSet<Label extends string> = Readonly<Record<Label, LabelValue>>;

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const UNIT = /^[a-z][a-z0-9_]*$/;
/** Labels that the exposition itself writes. */
const LABELS_TAKEN: readonly string[] = ["le", "quantile", "window", "hotpath_overflow"];

/**
 * Checks a metric name.
 *
 * @throws {TypeError} If it is not a string
 * @throws {RangeError} If it has characters that are not allowed, or is Hotpath's own
 */
export function checkMetricName(action: string, name: unknown): asserts name is string {
  if (typeof name !== "string") throw typeError(action, "name", "be a string", name);
  if (!METRIC_NAME.test(name)) throw rangeError(action, "name", `match ${METRIC_NAME.source}`, name);
  if (name.startsWith("hotpath_")) {
    throw rangeError(action, "name", "not start with hotpath_, which Hotpath's own metrics do", name);
  }
}

/**
 * Checks an instrument's label names.
 *
 * @throws {TypeError} If they are not an array of strings
 * @throws {RangeError} If one is not allowed, taken by the exposition, or named twice
 */
export function checkLabelNames(action: string, names: unknown): asserts names is readonly string[] {
  if (!Array.isArray(names)) throw typeError(action, "labels", "be an array of names", names);
  const seen = new Set<string>();
  for (const name of names) {
    if (typeof name !== "string") throw typeError(action, "labels", "be an array of names", names);
    if (!LABEL_NAME.test(name)) throw rangeError(action, "labels", `each match ${LABEL_NAME.source}`, name);
    if (name.startsWith("__")) throw rangeError(action, "labels", "not start with __", name);
    if (LABELS_TAKEN.includes(name)) {
      throw rangeError(action, "labels", `not be one of ${LABELS_TAKEN.join(", ")}`, name);
    }
    if (seen.has(name)) throw rangeError(action, "labels", "be named once each", names);
    seen.add(name);
  }
}

/**
 * Checks a unit.
 *
 * @throws {TypeError} If it is not a string
 * @throws {RangeError} If it has characters that are not allowed in a name
 */
export function checkUnit(action: string, unit: unknown): asserts unit is string {
  if (typeof unit !== "string") throw typeError(action, "unit", "be a string", unit);
  if (unit !== "" && !UNIT.test(unit)) throw rangeError(action, "unit", `match ${UNIT.source}`, unit);
}

/**
 * The values of a label set in the order of the names.
 *
 * @throws {TypeError} If a label is missing, unknown, or not text, number or boolean
 */
export function labelValues(
  metric: string,
  names: readonly string[],
  labels: Readonly<Record<string, unknown>>,
): string[] {
  const action = `find a series of ${metric}`;
  if (typeof labels !== "object" || labels === null) {
    throw typeError(action, "labels", `be an object with ${names.join(", ")}`, labels);
  }
  for (const name of Object.keys(labels)) {
    if (!names.includes(name)) throw typeError(action, "labels", `be ${names.join(", ")} only`, name);
  }
  return names.map((name) => {
    const value = labels[name];
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    throw typeError(action, `label ${name}`, "be text, a number or a boolean", value);
  });
}

/**
 * Names and labels: their validation, and the types of label sets. Names may be any text; their escaped forms for older
 * scrapers must be valid names too.
 *
 * Source: Prometheus data model, "Metric names and labels".
 *
 * @module
 */

import { checkList, checkString } from "../check/checks.ts";
import { rangeError, typeError } from "../check/errors.ts";
import { checkKeys, isMapping } from "../check/options.ts";
import { type Place, refusal } from "../check/place.ts";
import {
  escapeLabelName,
  escapeMetricName,
  ESCAPES,
  type EscapingScheme,
  isLegacyLabelName,
  isLegacyMetricName,
  isName,
} from "../model/names.ts";

/** Value of a label; numbers and booleans are written as text. */
export type LabelValue = string | number | boolean;

/** Value of each label of a family: a wrong or missing label is a type error. */
export type LabelSet<Label extends string> = Readonly<Record<Label, LabelValue>>;

const UNIT = /^[a-z][a-z0-9_]*$/;
/** Largest number of characters of a name, and of a unit. */
export const NAME_LENGTH_MAX = 256;
const LABELS_MAX = 64;
/** Labels that the exposition adds. */
const LABELS_TAKEN: readonly string[] = ["le", "quantile", "window", "hotpath_overflow"];
/** Label that holds the name of a metric. */
const NAME_LABEL = "__name__";
/** Rule of names, in error messages. */
export const NAME_MUST = "be text that UTF-8 can encode, and not empty";

const checkNames = checkList(checkString, "be an array of names");

/**
 * Checks a metric name.
 *
 * @throws {TypeError} If it is not a string
 * @throws {RangeError} If it is empty, too long, not encodable as UTF-8, or starts with `hotpath_`
 */
export function checkMetricName(place: Place, given: unknown): string {
  const name = checkString(place, given);
  checkLength(place, name, NAME_LENGTH_MAX);
  if (!isName(name)) throw refusal(place, NAME_MUST, name, true);
  const escaped = escapeMetricName(name, "underscores");
  if (!escaped.startsWith("hotpath_")) return name;
  const field = isLegacyMetricName(name) ? "name" : "name in underscores";
  throw rangeError(place.action, field, "not start with hotpath_, the prefix of Hotpath's own metrics", escaped);
}

/**
 * Checks the label names of an instrument.
 *
 * @throws {TypeError} If they are not an array of strings
 * @throws {RangeError} If there are too many, or one is empty, too long, not encodable as UTF-8, reserved for the
 * exposition, or duplicated
 */
export function checkLabelNames(place: Place, given: unknown): readonly string[] {
  const names = checkNames(place, given);
  if (names.length > LABELS_MAX) throw refusal(place, `be at most ${LABELS_MAX}`, names.length, true);
  for (const name of names) {
    checkLength(place, name, NAME_LENGTH_MAX);
    if (!isName(name)) throw refusal(place, `each ${NAME_MUST}`, name, true);
    if (name.startsWith("__")) throw refusal(place, "not start with __", name, true);
  }
  const isLegacy = names.every(isLegacyLabelName);
  for (const scheme of isLegacy ? ESCAPES.slice(0, 1) : ESCAPES) {
    checkEscapedLabels(place.action, isLegacy ? "labels" : `labels in ${scheme}`, names, scheme);
  }
  return Object.freeze(names);
}

/** Checks the labels that scrapers of an escaping scheme receive: none may be reserved or occur twice. */
function checkEscapedLabels(action: string, field: string, names: readonly string[], scheme: EscapingScheme): void {
  const escaped = names.map((name) => escapeLabelName(name, scheme));
  for (const [i, name] of escaped.entries()) {
    if (name === NAME_LABEL) throw rangeError(action, field, "not start with __", name);
    if (LABELS_TAKEN.includes(name)) throw rangeError(action, field, `not be one of ${LABELS_TAKEN.join(", ")}`, name);
    if (escaped.indexOf(name) < i) throw rangeError(action, field, "be unique", names);
  }
}

/**
 * Checks a unit.
 *
 * @throws {TypeError} If it is not a string
 * @throws {RangeError} If it has characters that are not allowed in a name, or is too long
 */
export function checkUnit(place: Place, given: unknown): string {
  const unit = checkString(place, given);
  checkLength(place, unit, NAME_LENGTH_MAX);
  if (unit !== "" && !UNIT.test(unit)) throw refusal(place, `match ${UNIT.source}`, unit, true);
  return unit;
}

/**
 * Checks the length of a text.
 *
 * @throws {RangeError} If it is too long
 */
export function checkLength(place: Place, text: string, max: number): void {
  if (text.length > max) throw refusal(place, `have at most ${max} characters`, text, true);
}

/**
 * Returns the values of a label set in the order of the names; lone surrogates become U+FFFD.
 *
 * @throws {TypeError} If a label is missing, unknown, or not text, number or boolean
 */
export function labelValues(
  metric: string,
  names: readonly string[],
  labels: Readonly<Record<string, unknown>>,
): string[] {
  const action = `find a series of ${metric}`;
  if (!isMapping(labels)) throw typeError(action, "labels", `be an object with ${names.join(", ")}`, labels);
  checkKeys({ action, path: "labels" }, labels, names);
  return names.map((name) => {
    const value = labels[name];
    // UTF-8 has no lone surrogates, so values that differ only in those are equal to every reader.
    if (typeof value === "string") return value.toWellFormed();
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    throw typeError(action, `label ${name}`, "be text, a number or a boolean", value);
  });
}

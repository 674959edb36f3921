/**
 * The wording of refusals: action, field, rule, the given value, and the nearest name where one was misspelled. Every
 * error of the library that blames its input is made here.
 *
 * @module
 */

import { nearest } from "./nearest.ts";
import { show } from "./show.ts";

export { HIDDEN, show } from "./show.ts";

/** A value of the right type that lies outside what is allowed; of the known names, the nearest is suggested. */
export function rangeError(
  action: string,
  field: string,
  must: string,
  given: unknown,
  known: readonly string[] = [],
): RangeError {
  return new RangeError(wording(action, field, must, given, known));
}

/** A value of the wrong type or shape; of the known names, the nearest is suggested. */
export function typeError(
  action: string,
  field: string,
  must: string,
  given: unknown,
  known: readonly string[] = [],
): TypeError {
  return new TypeError(wording(action, field, must, given, known));
}

/** End of a refusal: the known name that is nearest to the given one; empty if none is near. */
export function suggestion(given: unknown, known: readonly string[]): string {
  const meant = typeof given === "string" ? nearest(given, known) : undefined;
  return meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`;
}

function wording(action: string, field: string, must: string, given: unknown, known: readonly string[]): string {
  return `Cannot ${action}: ${field} must ${must}, got ${show(given)}${suggestion(given, known)}`;
}

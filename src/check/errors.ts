/**
 * Wording of refusals: action, field, rule, the given value, and the nearest known name. Every error of the library
 * about its input is made here.
 *
 * @module
 */

import { nearest } from "./nearest.ts";
import { show } from "./show.ts";

export { HIDDEN, show } from "./show.ts";

/**
 * Makes a refusal.
 *
 * @param action Refused action, such as `create metrics`
 * @param field Name of the field
 * @param must Rule for the field, such as `be a string`
 * @param given The given value
 * @param known Known names; the one nearest to the given value is suggested
 */
export type Refuse<Refusal> = (
  action: string,
  field: string,
  must: string,
  given: unknown,
  known?: readonly string[],
) => Refusal;

/** A value of the right type that is out of range. */
export const rangeError: Refuse<RangeError> = (...words) => new RangeError(wording(...words));

/** A value of the wrong type or shape. */
export const typeError: Refuse<TypeError> = (...words) => new TypeError(wording(...words));

/** End of a refusal: the known name nearest to the given one; empty if none is near. */
export function suggestion(given: unknown, known: readonly string[]): string {
  const meant = typeof given === "string" ? nearest(given, known) : undefined;
  return meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`;
}

const wording: Refuse<string> = (action, field, must, given, known = []) =>
  `Cannot ${action}: ${field} must ${must}, got ${show(given)}${suggestion(given, known)}`;

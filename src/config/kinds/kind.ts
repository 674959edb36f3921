/**
 * Kinds of settings: a check for option and key, a check for the variable, and the same rule as JSON Schema.
 *
 * @module
 */

import { checkBoolean, checkFilled, checkNumber, checkOneOf, checkPowerOfTwo, checkWhole } from "../../check/checks.ts";
import { scale } from "../../check/decimal.ts";
import { checkDuration, type Duration } from "../../check/duration.ts";
import type { Check } from "../../check/place.ts";
import { checkSwitch, type CheckText, numeric, parseDecimal } from "./text.ts";

/** JSON Schema of a value in a file. */
export type Schema = Readonly<Record<string, unknown>>;

/** Kind of values. */
export interface Kind<Value> {
  /** Check of option and key. */
  readonly check: Check<Value>;
  /** Check of the variable, which is text; only settings with a variable have it. */
  readonly checkText?: CheckText<Value>;
  /** JSON Schema of the key. */
  readonly schema: Schema;
  /** Unit of a bare number. */
  readonly unit?: string;
  /** Range, if the schema has none. */
  readonly range?: string;
}

/** Pattern of durations. */
const DURATION = "^\\d+(\\.\\d+)?(us|ms|s|m|h)$";

/** Schema of a duration. */
export const DURATION_SCHEMA: Schema = { type: "string", pattern: DURATION };

/** True or false. */
export const FLAG: Kind<boolean> = { check: checkBoolean, checkText: checkSwitch, schema: { type: "boolean" } };

/** A whole number in a range. */
export function whole(minimum: number, maximum: number, unit?: string): Kind<number> {
  const check = checkWhole(minimum, maximum);
  return { check, checkText: numeric(check), schema: { type: "integer", minimum, maximum }, unit };
}

/** A power of two in a range. */
export function powerOfTwo(minimum: number, maximum: number, unit?: string): Kind<number> {
  const check = checkPowerOfTwo(minimum, maximum);
  return { ...whole(minimum, maximum, unit), check, checkText: numeric(check) };
}

/** A number in a range. */
export function number(minimum: number, maximum: number): Kind<number> {
  const check = checkNumber(minimum, maximum);
  return { check, checkText: numeric(check), schema: { type: "number", minimum, maximum } };
}

/** A share of a whole, 0 to 1. */
export const SHARE: Kind<number> = number(0, 1);

/** A number of seconds in a range; in milliseconds. */
export function seconds(minimum: number, maximum: number): Kind<number> {
  const checkSeconds = checkNumber(minimum, maximum, "a number of seconds");
  const check: Check<number> = (place, given) => scale(checkSeconds(place, given), 3);
  return { check, checkText: numeric(check), schema: { type: "number", minimum, maximum }, unit: "s" };
}

/** A duration in a range; in milliseconds. */
export function duration(min: Duration, max: Duration): Kind<number> {
  const check = checkDuration(min, max);
  return { check, checkText: check, schema: DURATION_SCHEMA, range: `${min} to ${max}` };
}

/** A duration in a range; a bare number in the environment is in seconds. */
export function durationOrSeconds(min: Duration, max: Duration, inSeconds: Kind<number>): Kind<number> {
  const kind = duration(min, max);
  const checkText: CheckText<number> = (place, text) =>
    (parseDecimal(text) === undefined ? kind : inSeconds).checkText!(place, text);
  return { ...kind, checkText };
}

/** One of several words. */
export function word<Choice extends string>(...choices: readonly Choice[]): Kind<Choice> {
  const check = checkOneOf(...choices);
  return { check, checkText: check, schema: { enum: choices } };
}

/** A text that is not empty. */
export function filled(must: string): Kind<string> {
  const check = checkFilled(must);
  return { check, checkText: check, schema: { type: "string", minLength: 1 } };
}

/** A kind of values, or `undefined` if unset. */
export function orUnset<Value>(kind: Kind<Value>): Kind<Value | undefined> {
  return kind;
}

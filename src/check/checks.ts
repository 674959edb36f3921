/**
 * The checks of single values, and how a refusal names the place that a value came from. A check
 * throws a `TypeError` for the wrong type and a `RangeError` for the right one out of range.
 *
 * @module
 */

import { rangeError, show, typeError } from "./errors.ts";
import { nearest } from "./nearest.ts";

/** Where a value stands. */
export interface Place {
  /** What is being done, for the error. */
  readonly action: string;
  /** Its name there, such as `metrics.port`. */
  readonly path: string;
  /** The file or the environment; `undefined` for an option. */
  readonly source?: string;
  /** The paths of its members, where they are not its own path and their name. */
  readonly memberPaths?: Readonly<Record<string, string>>;
}

/** Gives a value as it is used, or throws. */
export type Check<Value> = (place: Place, given: unknown) => Value;

/** How an error names a place. */
export function fieldOf({ path, source }: Place): string {
  return source === undefined ? path : `${path} in ${source}`;
}

/** The place of a member. */
export function within({ memberPaths, ...place }: Place, key: string): Place {
  return { ...place, path: memberPaths?.[key] ?? `${place.path}.${key}` };
}

/** A refusal: a `RangeError` for a value of the right type, else a `TypeError`. */
export function refusal(place: Place, must: string, given: unknown, isRightType: boolean): TypeError | RangeError {
  return (isRightType ? rangeError : typeError)(place.action, fieldOf(place), must, given);
}

/** Whether something is an object with keys; a `Map`, `Headers` or a list has its members elsewhere. */
export function isMapping(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === "object" && given !== null && !(Symbol.iterator in given);
}

/**
 * Checks that a mapping has no other keys than these.
 *
 * @param subject What has the keys, for the error
 * @throws {TypeError} If it has; the error names the nearest known one
 */
export function checkKeys(action: string, subject: string, keys: readonly string[], known: readonly string[]): void {
  for (const key of keys) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    const hint = meant === undefined ? `known are ${known.join(", ")}` : `did you mean ${JSON.stringify(meant)}?`;
    throw new TypeError(`Cannot ${action}: ${subject} knows no key ${show(key)}; ${hint}`);
  }
}

/** True or false. */
export const checkBoolean: Check<boolean> = (place, given) => {
  if (typeof given === "boolean") return given;
  throw refusal(place, "be true or false", given, false);
};

/** One of some words. */
export function checkOneOf<Choice extends string>(...choices: readonly Choice[]): Check<Choice> {
  const must = `be ${choices.map((each) => JSON.stringify(each)).join(" or ")}`;
  return (place, given) => {
    const choice = choices.find((each) => each === given);
    if (choice !== undefined) return choice;
    throw refusal(place, must, given, typeof given === "string");
  };
}

/** A number. */
export function checkNumber(min: number, max: number, noun: string = "a number"): Check<number> {
  return (place, given) => {
    if (typeof given === "number" && given >= min && given <= max) return given;
    throw refusal(place, `be ${noun} from ${min} to ${max}`, given, typeof given === "number");
  };
}

/** A share of one core that recording may take. */
export const checkBudget: Check<number> = checkNumber(0.0001, 1);

/** A whole number. */
export function checkWhole(min: number, max: number): Check<number> {
  return (place, given) => {
    if (Number.isInteger(given) && (given as number) >= min && (given as number) <= max) return given as number;
    throw refusal(place, `be a whole number from ${min} to ${max}`, given, typeof given === "number");
  };
}

/** A power of two. */
export function checkPowerOfTwo(min: number, max: number): Check<number> {
  const check = checkWhole(min, max);
  return (place, given) => {
    const number = check(place, given);
    if ((number & (number - 1)) !== 0) throw refusal(place, "be a power of two", number, true);
    return number;
  };
}

/** A text that is not empty. */
export function checkFilled(must: string): Check<string> {
  return (place, given) => {
    if (typeof given !== "string") throw refusal(place, "be a string", given, false);
    if (given === "") throw refusal(place, must, given, true);
    return given;
  };
}

/**
 * Checks of objects with keys: options, their members, and the objects of a file. The error for an unknown key lists
 * the known ones and suggests the nearest.
 *
 * @module
 */

import { typeError } from "./errors.ts";
import { type Check, fieldOf, type Place, refusal, within } from "./place.ts";

/** An object with keys. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Checks by key. */
export type Checks = Readonly<Record<string, Check<unknown>>>;

/** Checked values by key. */
export type Checked<Each extends Checks> = { readonly [Name in keyof Each]: ReturnType<Each[Name]> };

/** Whether a value is an object with keys; a `Map`, `Headers` or an array keeps its members elsewhere. */
export function isMapping(given: unknown): given is Mapping {
  return typeof given === "object" && given !== null && !(Symbol.iterator in given);
}

/**
 * Checks the names of options.
 *
 * @throws {TypeError} If they are not an object, or a name is unknown
 */
export function checkOptionNames(action: string, options: unknown, known: readonly string[]): void {
  checkMapping({ action, path: "" }, options, known);
}

/**
 * Checks all options, each by its own check.
 *
 * @throws {TypeError} If they are not an object, or an option is unknown or has the wrong type
 * @throws {RangeError} If an option is out of range
 */
export function checkOptions<Each extends Checks>(action: string, options: unknown, checks: Each): Checked<Each> {
  return checkMembers({ action, path: "" }, options, checks);
}

/**
 * Checks all members of an object, each by its own check.
 *
 * @param must Rule for the error if the value is not an object
 * @throws {TypeError} If the value is not an object, or a member is unknown or has the wrong type
 * @throws {RangeError} If a member is out of range
 */
export function checkMembers<Each extends Checks>(
  place: Place,
  given: unknown,
  checks: Each,
  must?: string,
): Checked<Each> {
  const members = checkMapping(place, given, Object.keys(checks), must);
  const checked = Object.entries(checks).map(([key, check]) => [key, check(within(place, key), members[key])]);
  return Object.fromEntries(checked) as Checked<Each>;
}

/**
 * Checks that a value is an object with known keys only.
 *
 * @param must Rule for the error if the value is not an object
 * @throws {TypeError} If it is not an object, or has an unknown key
 */
export function checkMapping(
  place: Place,
  given: unknown,
  known: readonly string[],
  must: string = "be an object",
): Mapping {
  const mapping = checkObject(place, given, must);
  checkKeys(place, mapping, known);
  return mapping;
}

/**
 * Checks that a value is an object with any keys.
 *
 * @param must Rule for the error
 * @throws {TypeError} If it is not an object
 */
export function checkObject(place: Place, given: unknown, must: string = "be an object"): Mapping {
  if (isMapping(given)) return given;
  throw refusal(place, must, given, false);
}

/**
 * Checks that an object has known keys only.
 *
 * @throws {TypeError} If it has an unknown key
 */
export function checkKeys(place: Place, given: Mapping, known: readonly string[]): void {
  // Unlike over the array of Object.keys, nothing is allocated: some options are checked at each request or trace.
  for (const key in given) {
    if (known.includes(key) || !Object.hasOwn(given, key)) continue;
    const field = place.path === "" ? "options" : `keys of ${fieldOf(place)}`;
    throw typeError(place.action, field, `be among ${known.join(", ")}`, key, known);
  }
}

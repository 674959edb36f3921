/**
 * Places of values, and refusals that name them.
 *
 * @module
 */

import { HIDDEN, rangeError, typeError } from "./errors.ts";

/** Place at which a value was given. */
export interface Place {
  /** Action in progress, such as `create metrics`. */
  readonly action: string;
  /** Path of the value, such as `metrics.port` or `windows[0]`; empty for the options as a whole. */
  readonly path: string;
  /** Name of the file, or the environment; `undefined` for an option. */
  readonly source?: string;
  /** Paths of members that differ from the value's own path and their name. */
  readonly memberPaths?: Readonly<Record<string, string>>;
  /** Whether the value may be a secret; errors never show one. */
  readonly isSecret?: boolean;
}

/** Returns a checked value; throws a `TypeError` for a wrong type, a `RangeError` for a value out of range. */
export type Check<Value> = (place: Place, given: unknown) => Value;

/** Name of a place in an error. */
export function fieldOf({ path, source }: Place): string {
  const field = path === "" ? "options" : path;
  return source === undefined ? field : `${field} in ${source}`;
}

/** Place of a member. */
export function within({ memberPaths, ...place }: Place, key: string): Place {
  return { ...place, path: memberPaths?.[key] ?? (place.path === "" ? key : `${place.path}.${key}`) };
}

/** Same place, for a value that no error may show. */
export function secretly(place: Place): Place {
  return { ...place, isSecret: true };
}

/** Place of an item of a list. */
export function itemOf(place: Place, index: number): Place {
  return { ...place, path: `${place.path}[${index}]` };
}

/** Whether a value cannot be a secret, so that an error may show it. */
function isNoSecret(given: unknown): boolean {
  return given === undefined || given === null || given === "" || typeof given === "boolean";
}

/** Error for a value: a `RangeError` if its type is right, else a `TypeError`; suggests the nearest known name. */
export function refusal(
  place: Place,
  must: string,
  given: unknown,
  isRightType: boolean,
  known?: readonly string[],
): TypeError | RangeError {
  const shown = place.isSecret === true && !isNoSecret(given) ? HIDDEN : given;
  return (isRightType ? rangeError : typeError)(place.action, fieldOf(place), must, shown, known);
}

/**
 * Places of values, and refusals that name them.
 *
 * @module
 */

import { HIDDEN, rangeError, typeError } from "./errors.ts";

/** Where a value was given. */
export interface Place {
  /** What is being done, such as `create metrics`. */
  readonly action: string;
  /** Path of the value, such as `metrics.port` or `windows[0]`; empty for the options as a whole. */
  readonly path: string;
  /** The file or the environment; `undefined` for an option. */
  readonly source?: string;
  /** Paths of its members, where they are not its own path and their name. */
  readonly memberPaths?: Readonly<Record<string, string>>;
  /** Whether the value may be a secret, which no error shows. */
  readonly isSecret?: boolean;
}

/** Returns a value as it is used, or throws: a `TypeError` for the wrong type, a `RangeError` for one out of range. */
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

/** The same place, with a value that no error shows. */
export function secretly(place: Place): Place {
  return { ...place, isSecret: true };
}

/** Place of an item of a list. */
export function itemOf(place: Place, index: number): Place {
  return { ...place, path: `${place.path}[${index}]` };
}

/** A refusal: a `RangeError` for a value of the right type, else a `TypeError`; suggests the nearest known name. */
export function refusal(
  place: Place,
  must: string,
  given: unknown,
  isRightType: boolean,
  known?: readonly string[],
): TypeError | RangeError {
  const shown = place.isSecret === true ? HIDDEN : given;
  return (isRightType ? rangeError : typeError)(place.action, fieldOf(place), must, shown, known);
}

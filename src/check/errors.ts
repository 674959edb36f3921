/**
 * One way to word a refusal: what could not be done, which field is wrong, what it must be, what
 * was given. Every error of the library that blames its input is made here.
 *
 * @module
 */

import { show } from "./show.ts";

export { HIDDEN, show } from "./show.ts";

/** A value of the right type that lies outside what is allowed. */
export function rangeError(action: string, field: string, must: string, given: unknown): RangeError {
  return new RangeError(wording(action, field, must, given));
}

/** A value of the wrong type or shape. */
export function typeError(action: string, field: string, must: string, given: unknown): TypeError {
  return new TypeError(wording(action, field, must, given));
}

/**
 * One of some words.
 *
 * @throws {TypeError} If something else than text is given
 * @throws {RangeError} If another text is
 */
export function checkWord<Word extends string>(
  action: string,
  field: string,
  words: readonly Word[],
  given: unknown,
): Word {
  const word = words.find((each) => each === given);
  if (word !== undefined) return word;
  const error = typeof given === "string" ? rangeError : typeError;
  throw error(action, field, `be one of ${words.join(", ")}`, given);
}

/**
 * Checks that options are an object, and that each is one there is.
 *
 * @throws {TypeError} If not
 */
export function checkOptionNames(action: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Symbol.iterator in options) {
    throw typeError(action, "options", "be an object", options);
  }
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) throw typeError(action, "options", `be among ${known.join(", ")}`, option);
  }
}

function wording(action: string, field: string, must: string, given: unknown): string {
  return `Cannot ${action}: ${field} must ${must}, got ${show(given)}`;
}

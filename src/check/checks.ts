/**
 * Checks of single values.
 *
 * @module
 */

import { type Check, itemOf, type Place, refusal } from "./place.ts";

/** Replaces `undefined` by a fallback. */
export function orDefault<Value>(check: Check<Value>, fallback: Value): Check<Value> {
  return (place, given) => given === undefined ? fallback : check(place, given);
}

/** Accepts `undefined`. */
export function optional<Value>(check: Check<Value>): Check<Value | undefined> {
  return (place, given) => given === undefined ? undefined : check(place, given);
}

/** True or false. */
export const checkBoolean: Check<boolean> = (place, given) => {
  if (typeof given === "boolean") return given;
  throw refusal(place, "be true or false", given, false);
};

/** A string. */
export const checkString: Check<string> = (place, given) => {
  if (typeof given === "string") return given;
  throw refusal(place, "be a string", given, false);
};

/** A string that is not empty. */
export function checkFilled(must: string = "not be empty"): Check<string> {
  return (place, given) => {
    const text = checkString(place, given);
    if (text === "") throw refusal(place, must, given, true);
    return text;
  };
}

/** A function. */
export function checkFunction<Operation extends (...values: never[]) => unknown>(
  place: Place,
  given: unknown,
): Operation {
  if (typeof given === "function") return given as Operation;
  throw refusal(place, "be a function", given, false);
}

/**
 * An object that has the given methods.
 *
 * @param must Rule for the error if a method is missing
 */
export function checkMethods(must: string, ...names: readonly string[]): Check<object> {
  return (place, given) => {
    const isObject = (typeof given === "object" || typeof given === "function") && given !== null;
    if (isObject && names.every((name) => typeof Reflect.get(given, name) === "function")) return given;
    throw refusal(place, must, given, false);
  };
}

/** One of several words. */
export function checkOneOf<Choice extends string>(...choices: readonly Choice[]): Check<Choice> {
  const words = choices.map((each) => JSON.stringify(each));
  const must = `be ${words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${words.at(-1)}` : words[0]}`;
  return (place, given) => {
    const choice = choices.find((each) => each === given);
    if (choice !== undefined) return choice;
    throw refusal(place, must, given, typeof given === "string", choices);
  };
}

/** A number in a range, both ends included. */
export function checkNumber(min: number, max: number, noun: string = "a number"): Check<number> {
  const must = `be ${noun} from ${min} to ${max}`;
  return (place, given) => {
    if (typeof given === "number" && given >= min && given <= max) return given;
    throw refusal(place, must, given, typeof given === "number");
  };
}

/** A share of a whole, 0 to 1. */
export const checkShare: Check<number> = checkNumber(0, 1);

/** A share above 0 and below 1. */
export const checkInnerShare: Check<number> = (place, given) => {
  if (typeof given === "number" && given > 0 && given < 1) return given;
  throw refusal(place, "be a number above 0 and below 1", given, typeof given === "number");
};

/** A share of one core for recording, 0.0001 to 1. */
export const checkBudget: Check<number> = checkNumber(0.0001, 1);

/** A finite number. */
export const checkFinite: Check<number> = (place, given) => {
  if (Number.isFinite(given)) return given as number;
  throw refusal(place, "be a finite number", given, typeof given === "number");
};

/** A finite number above another. */
export function checkAbove(min: number): Check<number> {
  const must = `be a finite number above ${min}`;
  return (place, given) => {
    if (Number.isFinite(given) && (given as number) > min) return given as number;
    throw refusal(place, must, given, typeof given === "number");
  };
}

/** A whole number in a range, both ends included. */
export function checkWhole(min: number, max: number): Check<number> {
  const must = `be a whole number from ${min} to ${max}`;
  return (place, given) => {
    if (Number.isInteger(given) && (given as number) >= min && (given as number) <= max) return given as number;
    throw refusal(place, must, given, typeof given === "number");
  };
}

/** A power of two in a range, both ends included. */
export function checkPowerOfTwo(min: number, max: number): Check<number> {
  const check = checkWhole(min, max);
  return (place, given) => {
    const number = check(place, given);
    if ((number & (number - 1)) !== 0) throw refusal(place, "be a power of two", number, true);
    return number;
  };
}

/**
 * A list, with a check of its items.
 *
 * @param must Rule for the error if the value is not an array
 * @param countMax Maximum number of items
 */
export function checkList<Item>(
  check: Check<Item>,
  must: string,
  countMax: number = Number.POSITIVE_INFINITY,
): Check<readonly Item[]> {
  return (place, given) => {
    if (!Array.isArray(given)) throw refusal(place, must, given, false);
    if (given.length > countMax) throw refusal(place, `be at most ${countMax}`, given.length, true);
    // The copy has undefined in place of holes, which `map` skips.
    return [...given].map((item, index) => check(itemOf(place, index), item));
  };
}

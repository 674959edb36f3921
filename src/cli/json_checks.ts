/**
 * Checks of JSON written by another program. Only the used parts are checked, and no error shows a value, which could
 * be anything and would be printed to a terminal.
 *
 * @module
 */

import { type Check, itemOf, type Place, refusal, within } from "../check/place.ts";
import { type Checks, isMapping, type Mapping } from "../check/options.ts";

/** Keys that an error may show. */
const SHOWN_KEY = /^\w{1,30}$/;

/** An object with the given members, and possibly others. */
export function having(checks: Checks): Check<Mapping> {
  return (place, given) => {
    const members = checkJsonObject(place, given);
    for (const [key, check] of Object.entries(checks)) check(within(place, key), members[key]);
    return members;
  };
}

/** An object with members of any names. */
export function membersOf(check: Check<unknown>): Check<Mapping> {
  return (place, given) => {
    const members = checkJsonObject(place, given);
    for (const [key, member] of Object.entries(members)) check(memberOf(place, key), member);
    return members;
  };
}

/** A list. */
export function listOf(check: Check<unknown>): Check<readonly unknown[]> {
  return (place, given) => {
    if (!Array.isArray(given)) throw refusal(place, "be an array", given, false);
    given.forEach((item, index) => check(itemOf(place, index), item));
    return given;
  };
}

/** A value, or `null` for none. */
export function orNull<Value>(check: Check<Value>): Check<Value | null> {
  return (place, given) => given === null ? null : check(place, given);
}

function checkJsonObject(place: Place, given: unknown): Mapping {
  if (isMapping(given)) return given;
  throw refusal(place, "be an object", given, false);
}

function memberOf(place: Place, key: string): Place {
  return SHOWN_KEY.test(key) ? within(place, key) : { ...place, path: `each of ${place.path}` };
}

/**
 * The check of what is asked for over HTTP while a program runs: a JSON merge patch of the settings. It is taken as a
 * whole or not at all.
 *
 * Source: RFC 7396, "JSON Merge Patch".
 *
 * @module
 */

import type { SettingsPatch } from "../model/adjustable_settings.ts";
import { parseDuration } from "../check/duration.ts";
import { typeError } from "../check/errors.ts";
import {
  type Check,
  checkBoolean,
  checkBudget,
  checkKeys,
  checkNumber,
  fieldOf,
  isMapping,
  refusal,
  within,
} from "../check/checks.ts";

const ACTION = "change settings";
const ROLLOUT_MEMBERS = ["from", "to", "over"];
const OVER_MIN_MS = 1_000;
const OVER_MAX_MS = 30 * 24 * 3_600_000;

const checkShare = checkNumber(0, 1);

const checkBudgetOrNone: Check<SettingsPatch["budget"]> = (place, given) =>
  given === null ? null : checkBudget(place, given);

const checkOver: Check<number> = (place, given) => {
  const overMs = parseDuration(given, place.action, fieldOf(place));
  if (overMs < OVER_MIN_MS || overMs > OVER_MAX_MS) throw refusal(place, "be from 1s to 720h", given, true);
  return overMs;
};

const checkRollout: Check<SettingsPatch["rollout"]> = (place, given) => {
  if (given === null) return null;
  if (!isMapping(given)) {
    throw refusal(place, 'be null, or an object such as { "from": 0.1, "to": 1, "over": "1h" }', given, false);
  }
  checkKeys(place.action, fieldOf(place), Object.keys(given), ROLLOUT_MEMBERS);
  return {
    from: checkShare(within(place, "from"), given.from),
    to: checkShare(within(place, "to"), given.to),
    overMs: checkOver(within(place, "over"), given.over),
  };
};

/** What can be changed, each with its check. */
const CHECKS: { readonly [Key in keyof SettingsPatch]-?: Check<SettingsPatch[Key]> } = {
  enabled: checkBoolean,
  samplingRate: checkShare,
  budget: checkBudgetOrNone,
  exportEnabled: checkBoolean,
  rollout: checkRollout,
};

/**
 * Checks a patch.
 *
 * @param given What the JSON says
 * @throws {TypeError} If something has the wrong type, is unknown, or contradicts something else
 * @throws {RangeError} If something is out of range
 */
export function checkSettingsPatch(given: unknown): SettingsPatch {
  if (!isMapping(given)) throw typeError(ACTION, "the patch", 'be an object such as { "samplingRate": 0.1 }', given);
  checkKeys(ACTION, "the patch", Object.keys(given), Object.keys(CHECKS));
  if (Object.hasOwn(given, "samplingRate") && Object.hasOwn(given, "rollout")) {
    throw typeError(ACTION, "samplingRate", "be left out where rollout is given", given.samplingRate);
  }
  const checks = Object.entries(CHECKS).filter(([key]) => Object.hasOwn(given, key));
  return Object.fromEntries(checks.map(([key, check]) => [key, check({ action: ACTION, path: key }, given[key])]));
}

/**
 * Check of a change of settings over HTTP: a JSON merge patch, which is applied as a whole or not at all.
 *
 * Source: RFC 7396, "JSON Merge Patch".
 *
 * @module
 */

import type { SettingsPatch } from "../model/adjustable_settings.ts";
import { checkBoolean, checkBudget, checkShare } from "../check/checks.ts";
import { checkDuration } from "../check/duration.ts";
import { typeError } from "../check/errors.ts";
import { checkMapping, checkMembers } from "../check/options.ts";
import type { Check, Place } from "../check/place.ts";

const ACTION = "change settings";
const ROLLOUT_MEMBERS = { from: checkShare, to: checkShare, over: checkDuration("1s", "720h") };

const checkBudgetOrNone: Check<SettingsPatch["budget"]> = (place, given) =>
  given === null ? null : checkBudget(place, given);

const checkRollout: Check<SettingsPatch["rollout"]> = (place, given) => {
  if (given === null) return null;
  const must = 'be null, or an object such as { "from": 0.1, "to": 1, "over": "1h" }';
  const { from, to, over } = checkMembers(place, given, ROLLOUT_MEMBERS, must);
  return { from, to, overMs: over };
};

/** Checks of the settings that can be changed. */
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
 * @param given Parsed JSON
 * @throws {TypeError} If a setting has the wrong type, is unknown, or contradicts another
 * @throws {RangeError} If a setting is out of range
 */
export function checkSettingsPatch(given: unknown): SettingsPatch {
  const place: Place = { action: ACTION, path: "the patch" };
  const patch = checkMapping(place, given, Object.keys(CHECKS), 'be an object such as { "samplingRate": 0.1 }');
  if (Object.hasOwn(patch, "samplingRate") && Object.hasOwn(patch, "rollout")) {
    throw typeError(ACTION, "samplingRate", "be omitted where rollout is given", patch.samplingRate);
  }
  const checks = Object.entries(CHECKS).filter(([key]) => Object.hasOwn(patch, key));
  return Object.fromEntries(checks.map(([key, check]) => [key, check({ action: ACTION, path: key }, patch[key])]));
}

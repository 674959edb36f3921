/**
 * Check of the collectors of runtime metrics.
 *
 * @module
 */

import { COLLECTORS, type RuntimeOptions } from "../../model/runtime_choice.ts";
import { checkBoolean } from "../../check/checks.ts";
import { checkMapping } from "../../check/options.ts";
import { type Check, type Place, within } from "../../check/place.ts";
import { checkSwitch } from "./text.ts";

const checkText: Check<boolean> = (place, text) => checkSwitch(place, String(text));

/** True or false for all collectors, or for some of them by name. */
export function checkRuntime(place: Place, given: unknown): RuntimeOptions {
  if (typeof given === "boolean") return Object.fromEntries(COLLECTORS.map((collector) => [collector, given]));
  const members = checkMapping(place, given, COLLECTORS, "be true, false or an object such as { gc: true }");
  const check = place.source === "the environment" ? checkText : checkBoolean;
  const set = COLLECTORS.filter((collector) => members[collector] !== undefined && members[collector] !== "");
  return Object.fromEntries(set.map((collector) => [collector, check(within(place, collector), members[collector])]));
}

/**
 * Check of the collectors of runtime metrics.
 *
 * @module
 */

import { COLLECTORS, type RuntimeOptions } from "../../model/runtime_choice.ts";
import { checkBoolean } from "../../check/checks.ts";
import { checkMapping } from "../../check/options.ts";
import { type Place, within } from "../../check/place.ts";

/** True or false for all collectors, or for some of them by name. */
export function checkRuntime(place: Place, given: unknown): RuntimeOptions {
  if (typeof given === "boolean") return Object.fromEntries(COLLECTORS.map((collector) => [collector, given]));
  const members = checkMapping(place, given, COLLECTORS, "be true, false or an object such as { gc: true }");
  const set = COLLECTORS.filter((collector) => members[collector] !== undefined);
  return Object.fromEntries(
    set.map((collector) => [collector, checkBoolean(within(place, collector), members[collector])]),
  );
}

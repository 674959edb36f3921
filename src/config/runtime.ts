/**
 * The check of which of the runtime's own numbers are collected.
 *
 * @module
 */

import { COLLECTORS, type RuntimeChoice, type RuntimeOptions } from "../model/runtime_choice.ts";
import { checkBoolean } from "../check/checks.ts";
import { checkKeys, isMapping } from "../check/options.ts";
import { type Place, refusal, within } from "../check/place.ts";

/** True or false for all collectors, or for some of them by name. */
export function checkRuntime(place: Place, given: unknown): RuntimeOptions {
  if (typeof given === "boolean") return Object.fromEntries(COLLECTORS.map((collector) => [collector, given]));
  if (!isMapping(given)) throw refusal(place, "be true, false or an object such as { gc: true }", given, false);
  const keys = COLLECTORS.map((collector) => [collector, keyOf(place, collector)] as const);
  checkKeys(place, given, keys.map(([, key]) => key));
  const said = keys.filter(([, key]) => given[key] !== undefined);
  return Object.fromEntries(said.map(([collector, key]) => [collector, checkBoolean(within(place, key), given[key])]));
}

/** In a file, words are joined by underscores. */
function keyOf({ source }: Place, collector: keyof RuntimeChoice): string {
  return source !== undefined && collector === "eventLoop" ? "event_loop" : collector;
}

/**
 * The checks of settings that hold several things: windows, bucket bounds, objectives.
 *
 * @module
 */

import type { SloObjective } from "../model/model.ts";
import { parseSeconds } from "../check/duration.ts";
import { rangeError, typeError } from "../check/errors.ts";
import { checkBuckets as checkBounds } from "../instrument/buckets.ts";
import { checkWindow } from "../instrument/summary.ts";
import type { WindowSpec } from "../sketch/sliding_window.ts";
import { checkKeys, fieldOf, isMapping, type Place, refusal, within } from "../check/checks.ts";

const WINDOWS_MAX = 8;
/** One in a thousand may take longer, where only a threshold is given. */
const TARGET_DEFAULT = 0.999;

/** Sliding windows that differ. */
export function checkWindows(place: Place, given: unknown): readonly WindowSpec[] {
  const [action, field] = [place.action, fieldOf(place)];
  if (!Array.isArray(given)) throw typeError(action, field, 'be an array such as ["1s", "1m"]', given);
  if (given.length > WINDOWS_MAX) throw rangeError(action, field, `be at most ${WINDOWS_MAX}`, given.length);
  const windows = [...given].map((name) => checkWindow(action, field, name, "each be from 100ms to 24h"));
  for (const { lengthMs } of windows) {
    if (windows.filter((other) => other.lengthMs === lengthMs).length > 1) {
      throw rangeError(action, field, "differ", given);
    }
  }
  return windows;
}

/** Classic bounds: numbers of seconds, or durations such as `"5ms"`; in seconds. */
export function checkBuckets(place: Place, given: unknown): readonly number[] {
  const [action, field] = [place.action, fieldOf(place)];
  if (!Array.isArray(given)) throw typeError(action, field, 'be an array such as [0.005, "10ms"]', given);
  const bounds = [...given].map((bound) => typeof bound === "string" ? parseSeconds(bound, action, field) : bound);
  return checkBounds(action, bounds, field);
}

/** By the name of a timer: a threshold such as `"5ms"`, or `{ threshold, target }`. */
export function checkSloByTimer(place: Place, given: unknown): ReadonlyMap<string, SloObjective> {
  if (!isMapping(given)) throw refusal(place, 'be an object such as { order_execution: "5ms" }', given, false);
  return new Map(Object.entries(given).map(([timer, slo]) => [timer, checkSlo(within(place, timer), slo)]));
}

function checkSlo(place: Place, given: unknown): SloObjective {
  if (!isMapping(given)) return { thresholdSeconds: checkThreshold(place, given), target: TARGET_DEFAULT };
  checkKeys(place.action, fieldOf(place), Object.keys(given), ["threshold", "target"]);
  const { threshold, target = TARGET_DEFAULT } = given;
  if (typeof target !== "number" || !(target > 0 && target < 1)) {
    throw refusal(within(place, "target"), "be a number above 0 and below 1", target, typeof target === "number");
  }
  return { thresholdSeconds: checkThreshold(within(place, "threshold"), threshold), target };
}

function checkThreshold(place: Place, given: unknown): number {
  return parseSeconds(given, place.action, fieldOf(place));
}

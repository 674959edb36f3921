/**
 * Checks of lists: windows, bucket bounds, objectives.
 *
 * @module
 */

import { checkList } from "../../check/checks.ts";
import { checkDurationSeconds } from "../../check/duration.ts";
import { checkObject } from "../../check/options.ts";
import { type Check, refusal, within } from "../../check/place.ts";
import { checkBuckets as checkBounds } from "../../instrument/buckets.ts";
import { checkSlo } from "../../instrument/slo.ts";
import { checkWindow } from "../../instrument/summary.ts";
import type { SloObjective } from "../../model/model.ts";
import type { WindowSpec } from "../../sketch/sliding_window.ts";

const WINDOWS_MAX = 8;

const checkWindowList = checkList(checkWindow, 'be an array such as ["1s", "1m"]', WINDOWS_MAX);
const checkBoundList = checkList(
  (place, given) => typeof given === "string" ? checkDurationSeconds(place, given) : given,
  'be an array such as [0.005, "10ms"]',
);

/** Sliding windows, all of different lengths. */
export const checkWindows: Check<readonly WindowSpec[]> = (place, given) => {
  const windows = checkWindowList(place, given);
  const lengths = new Set(windows.map(({ lengthMs }) => lengthMs));
  if (lengths.size < windows.length) throw refusal(place, "differ", given, true);
  return windows;
};

/** Classic bounds: numbers of seconds, or durations such as `"5ms"`; in seconds. */
export const checkBuckets: Check<readonly number[]> = (place, given) =>
  checkBounds(place, checkBoundList(place, given));

/** Thresholds such as `"5ms"`, or objectives, by the name of the timer. */
export const checkSloByTimer: Check<ReadonlyMap<string, SloObjective>> = (place, given) => {
  const objectives = checkObject(place, given, 'be an object such as { order_execution: "5ms" }');
  return new Map(Object.entries(objectives).map(([timer, slo]) => [timer, checkSlo(within(place, timer), slo)]));
};

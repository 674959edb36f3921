/**
 * The check of what the health is judged by.
 *
 * @module
 */

import { parseDuration, parseSeconds } from "../check/duration.ts";
import { HEALTH_DEFAULTS, type HealthOptions, type HealthSettings, type WindowThresholds } from "../health/settings.ts";
import type { Thresholds } from "../health/thresholds.ts";
import {
  type Check,
  checkBoolean,
  checkKeys,
  checkNumber,
  fieldOf,
  isMapping,
  refusal,
  within,
} from "../check/checks.ts";

/** The members of the setting: their names as options, and in a file. */
export const HEALTH_MEMBERS: Readonly<Record<keyof HealthOptions, { readonly key: string }>> = {
  eventLoopLag: { key: "event_loop_lag" },
  dropRatio: { key: "drop_ratio" },
  burnRate: { key: "burn_rate" },
  heapGrowth: { key: "heap_growth" },
  ringOccupancy: { key: "ring_occupancy" },
  restarts: { key: "restarts" },
  recordsLost: { key: "records_lost" },
  clashes: { key: "clashes" },
  staleAfter: { key: "stale_after" },
  recoverAfter: { key: "recover_after" },
};

const LEVELS = ["degraded", "unhealthy", "critical"] as const;
const HOUR_MS = 3_600_000;
const NUMBER_MAX = 1_000_000;

const checkRatio = checkNumber(0, 1);
const checkAnyNumber = checkNumber(0, NUMBER_MAX);
const checkSeconds: Check<number> = (place, given) => parseSeconds(given, place.action, fieldOf(place));
const checkWindow = checkDuration(1_000, 24 * HOUR_MS, "be from 1s to 24h");
const checkStaleAfter = checkDuration(100, HOUR_MS, "be from 100ms to 1h");
const checkRecoverAfter = checkDuration(0, HOUR_MS, "be at most 1h");

/** Thresholds, switches and durations; what is left out has its default. */
export const checkHealth: Check<HealthSettings> = (place, given) => {
  if (!isMapping(given)) {
    throw refusal(place, 'be an object such as { eventLoopLag: { degraded: "100ms" } }', given, false);
  }
  checkKeys(place.action, fieldOf(place), Object.keys(given), Object.keys(HEALTH_MEMBERS));
  const member = <Value>(name: keyof HealthOptions, check: Check<Value>, fallback: Value): Value =>
    given[name] === undefined ? fallback : check(within(place, name), given[name]);
  const { eventLoopLag, dropRatio, burnRate, heapGrowth, ringOccupancy, ...others } = HEALTH_DEFAULTS;
  return {
    eventLoopLag: member("eventLoopLag", checkOverWindow(checkSeconds, eventLoopLag), eventLoopLag),
    dropRatio: member("dropRatio", checkThresholds(checkRatio, dropRatio), dropRatio),
    burnRate: member("burnRate", checkOverWindow(checkAnyNumber, burnRate), burnRate),
    heapGrowth: member("heapGrowth", checkOverWindow(checkAnyNumber, heapGrowth), heapGrowth),
    ringOccupancy: member("ringOccupancy", checkThresholds(checkRatio, ringOccupancy), ringOccupancy),
    restarts: member("restarts", checkBoolean, others.restarts),
    recordsLost: member("recordsLost", checkBoolean, others.recordsLost),
    clashes: member("clashes", checkBoolean, others.clashes),
    staleAfterMs: member("staleAfter", checkStaleAfter, others.staleAfterMs),
    recoverAfterMs: member("recoverAfter", checkRecoverAfter, others.recoverAfterMs),
  };
};

function checkDuration(minMs: number, maxMs: number, must: string): Check<number> {
  return (place, given) => {
    const durationMs = parseDuration(given, place.action, fieldOf(place));
    if (durationMs < minMs || durationMs > maxMs) throw refusal(place, must, given, true);
    return durationMs;
  };
}

/** Thresholds, or a switch; `undefined` if it is off. */
function checkThresholds(
  checkLimit: Check<number>,
  fallback: Thresholds,
  keys: readonly string[] = LEVELS,
): Check<Thresholds | undefined> {
  return (place, given) => {
    if (given === false) return undefined;
    if (given === true) return fallback;
    if (!isMapping(given)) throw refusal(place, "be true, false or an object with thresholds", given, false);
    checkKeys(place.action, fieldOf(place), Object.keys(given), keys);
    const limits = LEVELS.map((level) => {
      const { [level]: limit } = given;
      if (limit === undefined) return fallback[level];
      return limit === false ? Number.POSITIVE_INFINITY : checkLimit(within(place, level), limit);
    });
    const reachable = limits.filter(Number.isFinite);
    if (reachable.some((limit, i) => limit < reachable[i - 1])) {
      throw refusal(place, "ascend from degraded to critical", limits.join(", "), true);
    }
    const [degraded, unhealthy, critical] = limits;
    return { degraded, unhealthy, critical };
  };
}

/** The same over a window. */
function checkOverWindow(checkLimit: Check<number>, fallback: WindowThresholds): Check<WindowThresholds | undefined> {
  const check = checkThresholds(checkLimit, fallback, ["window", ...LEVELS]);
  return (place, given) => {
    const thresholds = check(place, given);
    if (thresholds === undefined) return undefined;
    const window = isMapping(given) ? given.window : undefined;
    return {
      ...thresholds,
      windowMs: window === undefined ? fallback.windowMs : checkWindow(within(place, "window"), window),
    };
  };
}

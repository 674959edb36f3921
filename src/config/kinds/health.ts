/**
 * Check of the health options, by the list of built-in checks.
 *
 * @module
 */

import { checkBoolean, checkNumber, checkShare } from "../../check/checks.ts";
import { checkDuration, checkDurationSeconds } from "../../check/duration.ts";
import { checkMapping, isMapping } from "../../check/options.ts";
import { type Check, refusal, within } from "../../check/place.ts";
import type { BuiltInCheck, CheckSetting, LimitUnit } from "../../health/checks/built_in_check.ts";
import { NEVER, type Thresholds, type WindowThresholds } from "../../health/checks/thresholds.ts";
import { BUILT_IN_CHECKS, HEALTH_DEFAULTS, type HealthSettings } from "../../health/settings.ts";
import { DURATION_SCHEMA, type Schema } from "./kind.ts";

/** Option names and file keys of the setting's members. */
export const HEALTH_MEMBERS: Readonly<Record<string, { readonly key: string }>> = {
  ...Object.fromEntries(BUILT_IN_CHECKS.map(([name, { key }]) => [name, { key }])),
  staleAfter: { key: "stale_after" },
  recoverAfter: { key: "recover_after" },
};

const LEVELS = ["degraded", "unhealthy", "critical"] as const;
const FACTOR_MAX = 1_000_000;

const LIMIT_CHECKS: Readonly<Record<LimitUnit, Check<number>>> = {
  seconds: checkDurationSeconds,
  share: checkShare,
  factor: checkNumber(0, FACTOR_MAX),
};
const checkWindow = checkDuration("1s", "24h");
const checkStaleAfter = checkDuration("100ms", "1h");
const checkRecoverAfter = checkDuration("1us", "1h");

const LIMIT_SCHEMAS: Readonly<Record<LimitUnit, Schema>> = {
  seconds: DURATION_SCHEMA,
  share: { type: "number", minimum: 0, maximum: 1 },
  factor: { type: "number", minimum: 0, maximum: FACTOR_MAX },
};

/** JSON Schema of the setting in a file. */
export const HEALTH_SCHEMA: Schema = {
  type: "object",
  properties: {
    ...Object.fromEntries(BUILT_IN_CHECKS.map(([, check]) => [check.key, schemaOf(check)])),
    stale_after: DURATION_SCHEMA,
    recover_after: DURATION_SCHEMA,
  },
  additionalProperties: false,
};

function schemaOf({ unit, fallback }: BuiltInCheck): Schema {
  if (unit === undefined || typeof fallback === "boolean") return { type: "boolean" };
  const level = { oneOf: [{ const: false }, LIMIT_SCHEMAS[unit]] };
  const limits = Object.fromEntries(LEVELS.map((each) => [each, level]));
  const properties = "windowMs" in fallback ? { window: DURATION_SCHEMA, ...limits } : limits;
  return { type: ["boolean", "object"], properties, additionalProperties: false };
}

/** Health options, with defaults for omitted ones. */
export const checkHealth: Check<HealthSettings> = (place, given) => {
  const must = 'be an object such as { eventLoopLag: { degraded: "100ms" } }';
  const members = checkMapping(place, given, Object.keys(HEALTH_MEMBERS), must);
  const member = <Value>(name: string, check: Check<Value>, fallback: Value): Value =>
    members[name] === undefined ? fallback : check(within(place, name), members[name]);
  const { staleAfterMs, recoverAfterMs } = HEALTH_DEFAULTS;
  return {
    ...Object.fromEntries(
      BUILT_IN_CHECKS.map(([name, check]) => [name, member(name, checkOf(check), check.fallback)]),
    ),
    staleAfterMs: member("staleAfter", checkStaleAfter, staleAfterMs),
    recoverAfterMs: member("recoverAfter", checkRecoverAfter, recoverAfterMs),
  } as HealthSettings;
};

/** Returns the check of a built-in check's option, a switch if the check has no unit. */
function checkOf({ unit, fallback }: BuiltInCheck): Check<CheckSetting | undefined> {
  if (unit === undefined || typeof fallback === "boolean") return checkBoolean;
  return "windowMs" in fallback
    ? checkOverWindow(LIMIT_CHECKS[unit], fallback)
    : checkThresholds(LIMIT_CHECKS[unit], fallback);
}

/** Checks thresholds, or a switch; `undefined` if the check is off. */
function checkThresholds(
  checkLimit: Check<number>,
  fallback: Thresholds,
  keys: readonly string[] = LEVELS,
): Check<Thresholds | undefined> {
  return (place, given) => {
    if (given === false) return undefined;
    if (given === true) return fallback;
    const members = checkMapping(place, given, keys, "be true, false or an object with thresholds");
    const limits = LEVELS.map((level) => {
      const { [level]: limit } = members;
      if (limit === undefined) return fallback[level];
      return limit === false ? NEVER : checkLimit(within(place, level), limit);
    });
    const reachable = limits.filter(Number.isFinite);
    if (reachable.some((limit, i) => limit < reachable[i - 1])) {
      throw refusal(place, "ascend from degraded to critical", limits.join(", "), true);
    }
    const [degraded, unhealthy, critical] = limits;
    return { degraded, unhealthy, critical };
  };
}

/** Checks thresholds with a window. */
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

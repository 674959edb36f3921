/**
 * Check of definitions from a server, which may be any other program.
 *
 * @module
 */

import { checkBoolean, checkFinite, checkOneOf, checkString, optional } from "../check/checks.ts";
import { type Check, refusal } from "../check/place.ts";
import type { Definitions } from "../model/definitions.ts";
import { having, listOf, membersOf } from "./json_checks.ts";

const UNIT = /^[a-z0-9_]*$/;

const checkUnit: Check<string> = (place, given) => {
  const unit = checkString(place, given);
  if (UNIT.test(unit)) return unit;
  throw refusal(place, "be a unit", unit, true);
};

const checkInstrument = having({
  type: checkOneOf("counter", "gauge", "histogram", "timer", "summary"),
  name: checkString,
  exposedName: checkString,
  help: checkString,
  unit: checkUnit,
  sketch: checkString,
  labelNames: listOf(checkString),
  buckets: listOf(checkFinite),
  slo: optional(having({ thresholdSeconds: checkFinite, target: checkFinite })),
  summary: optional(having({ quantiles: listOf(checkFinite) })),
});

const checkTimer = having({ sloName: checkString });

const checkKpi = having({
  name: checkString,
  metric: checkString,
  statistic: checkOneOf("p99", "rate", "value"),
  direction: checkOneOf("below", "above"),
  target: optional(checkFinite),
  critical: optional(checkFinite),
});

const checkParts = having({
  instruments: listOf((place, given) => {
    const { slo } = checkInstrument(place, given);
    if (slo !== undefined) checkTimer(place, given);
  }),
  kpis: listOf(checkKpi),
  windows: listOf(checkString),
  health: membersOf(membersOf(checkFinite)),
  hasSelfMetrics: checkBoolean,
});

/** Definitions, checked as far as rules and dashboards use them. */
export const checkDefinitions: Check<Definitions> = (place, given) => {
  checkParts(place, given);
  return given as Definitions;
};

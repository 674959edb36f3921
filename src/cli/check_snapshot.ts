/**
 * Check of a snapshot from a server, which may be any other program.
 *
 * @module
 */

import { checkFinite, checkOneOf, checkString, optional } from "../check/checks.ts";
import { isDuration } from "../check/duration.ts";
import { type Check, refusal } from "../check/place.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { having, listOf, membersOf, orNull } from "./json_checks.ts";

const checkRates = membersOf(having({ rate: checkFinite }));

const checkWindows: Check<unknown> = (place, given) => {
  const windows = checkRates(place, given);
  if (Object.keys(windows).every(isDuration)) return windows;
  throw refusal(place, "have durations as names", given, false);
};

const checkScalar = having({ labels: membersOf(checkString), value: checkFinite });

const checkDistribution = having({
  labels: membersOf(checkString),
  count: checkFinite,
  quantiles: membersOf(orNull(checkFinite)),
  windows: checkWindows,
  slo: optional(having({
    thresholdSeconds: checkFinite,
    target: checkFinite,
    violations: checkFinite,
    compliance: orNull(checkFinite),
  })),
});

const checkMetric = having({
  name: checkString,
  unit: checkString,
  type: checkOneOf("counter", "gauge", "histogram", "summary"),
});
const checkScalars = having({ series: listOf(checkScalar) });
const checkDistributions = having({ series: listOf(checkDistribution) });

const checkParts = having({
  timestamp: checkString,
  uptimeSeconds: checkFinite,
  meta: having({ recorded: checkFinite, dropped: checkFinite }),
  metrics: listOf((place, given) => {
    const { type } = checkMetric(place, given);
    return type === "counter" || type === "gauge" ? checkScalars(place, given) : checkDistributions(place, given);
  }),
});

/** Snapshot, checked as far as a report uses it. */
export const checkSnapshot: Check<Snapshot> = (place, given) => {
  checkParts(place, given);
  return given as Snapshot;
};

/**
 * Checks the key performance indicators that a program declares.
 *
 * @module
 */

import { checkFinite, checkList, checkOneOf, checkString, optional } from "../check/checks.ts";
import { rangeError } from "../check/errors.ts";
import { checkMapping, checkMembers } from "../check/options.ts";
import { type Check, refusal, within } from "../check/place.ts";
import type { Kpi } from "../model/kpi.ts";
import { isName } from "../model/names.ts";
import { checkLength, NAME_LENGTH_MAX, NAME_MUST } from "./labels.ts";

const ACTION = "declare KPIs";
/** Largest number per thread: enough for any program, and a bound for one that derives names from its input. */
const KPIS_MAX = 1_000;
const checkName: Check<string> = (place, given) => {
  const name = checkString(place, given);
  checkLength(place, name, NAME_LENGTH_MAX);
  if (!isName(name)) throw refusal(place, NAME_MUST, name, true);
  return name;
};

const MEMBERS = {
  name: checkName,
  metric: checkName,
  statistic: checkOneOf("p99", "rate", "value"),
  direction: checkOneOf("below", "above"),
  target: optional(checkFinite),
  critical: optional(checkFinite),
};
/** All known members, including those of the ready-made sets' KPIs that are ignored. */
const KNOWN = [...Object.keys(MEMBERS), "unit", "labels"];

const checkKpi: Check<Kpi> = (place, given) => {
  const { unit: _unit, labels: _labels, ...members } = checkMapping(place, given, KNOWN);
  const kpi: Kpi = Object.freeze(checkMembers(place, members, MEMBERS));
  if (isOrdered(kpi)) return kpi;
  throw refusal(within(place, "target"), `be ${kpi.direction} critical, ${kpi.critical}`, kpi.target, true);
};

const checkKpis = checkList(checkKpi, "be an array");

/**
 * Returns the existing indicators with the declared ones, which replace those of the same name.
 *
 * @throws {TypeError} If a member has the wrong type or is unknown
 * @throws {RangeError} If a member is out of range, or a name is declared twice at once
 */
export function withKpis(existing: ReadonlyMap<string, Kpi>, declared: readonly Kpi[]): Map<string, Kpi> {
  const kpis = checkKpis({ action: ACTION, path: "kpis" }, declared);
  for (const [i, { name }] of kpis.entries()) {
    const isTwice = kpis.findIndex((each) => each.name === name) < i;
    if (isTwice) throw rangeError(ACTION, `kpis[${i}].name`, "be unique", name);
  }
  const all = new Map([...existing, ...kpis.map((kpi) => [kpi.name, kpi] as const)]);
  if (all.size > KPIS_MAX) throw rangeError(ACTION, "the number of KPIs", `be at most ${KPIS_MAX}`, all.size);
  return all;
}

/** Whether the target lies on the good side of the critical value; `true` if either is missing. */
export function isOrdered({ direction, target, critical }: Pick<Kpi, "direction" | "target" | "critical">): boolean {
  if (target === undefined || critical === undefined) return true;
  return direction === "below" ? target < critical : target > critical;
}

/**
 * Key performance indicators as a program declares them, checked.
 *
 * @module
 */

import { checkWord, rangeError, typeError } from "../check/errors.ts";
import type { Kpi } from "../model/kpi.ts";
import { isName } from "../model/names.ts";
import { checkLength, NAME_LENGTH_MAX } from "./labels.ts";

const ACTION = "declare KPIs";
/** Of one thread: enough for any program, and a bound for one that makes names out of its input. */
const KPIS_MAX = 1_000;
const STATISTICS: readonly Kpi["statistic"][] = ["p99", "rate", "value"];
const DIRECTIONS: readonly Kpi["direction"][] = ["below", "above"];

/**
 * Indicators by their names, with what is declared added to those there are: the same name again replaces.
 *
 * @param declared What is declared; whatever else it says is left out
 * @throws {TypeError} If something has the wrong type
 * @throws {RangeError} If something is out of range, or a name is declared twice at once
 */
export function withKpis(there: ReadonlyMap<string, Kpi>, declared: readonly Kpi[]): Map<string, Kpi> {
  if (!Array.isArray(declared)) throw typeError(ACTION, "kpis", "be an array", declared);
  const kpis = [...declared].map((kpi, i) => checkKpi(`kpis[${i}]`, kpi));
  for (const [i, { name }] of kpis.entries()) {
    const isTwice = kpis.findIndex((each) => each.name === name) < i;
    if (isTwice) throw rangeError(ACTION, `kpis[${i}].name`, "differ from those before it", name);
  }
  const all = new Map([...there, ...kpis.map((kpi) => [kpi.name, kpi] as const)]);
  if (all.size > KPIS_MAX) throw rangeError(ACTION, "the number of KPIs", `be at most ${KPIS_MAX}`, all.size);
  return all;
}

function checkKpi(path: string, given: unknown): Kpi {
  if (typeof given !== "object" || given === null) throw typeError(ACTION, path, "be an object", given);
  const { name, metric, statistic, direction, target, critical } = given as Readonly<Record<string, unknown>>;
  const kpi: Kpi = Object.freeze({
    name: checkName(`${path}.name`, name),
    metric: checkName(`${path}.metric`, metric),
    statistic: checkWord(ACTION, `${path}.statistic`, STATISTICS, statistic),
    direction: checkWord(ACTION, `${path}.direction`, DIRECTIONS, direction),
    target: checkThreshold(`${path}.target`, target),
    critical: checkThreshold(`${path}.critical`, critical),
  });
  if (!isOrdered(kpi)) {
    throw rangeError(ACTION, `${path}.target`, `be ${kpi.direction} critical, ${kpi.critical}`, kpi.target);
  }
  return kpi;
}

function checkName(field: string, name: unknown): string {
  if (typeof name !== "string") throw typeError(ACTION, field, "be a string", name);
  checkLength(ACTION, field, name, NAME_LENGTH_MAX);
  if (!isName(name)) throw rangeError(ACTION, field, "be text that UTF-8 can write, and not empty", name);
  return name;
}

function checkThreshold(field: string, given: unknown): number | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== "number") throw typeError(ACTION, field, "be a number", given);
  if (!Number.isFinite(given)) throw rangeError(ACTION, field, "be finite", given);
  return given;
}

/** Whether a target is reached before what is critical is; so is one without the other. */
export function isOrdered({ direction, target, critical }: Pick<Kpi, "direction" | "target" | "critical">): boolean {
  if (target === undefined || critical === undefined) return true;
  return direction === "below" ? target < critical : target > critical;
}

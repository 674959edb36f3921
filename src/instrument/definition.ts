/**
 * Turns the options of an instrument into its definition: checked, with defaults and exposed names.
 *
 * @module
 */

import { checkBoolean, checkOneOf, checkString, checkWhole } from "../check/checks.ts";
import { rangeError } from "../check/errors.ts";
import { checkOptionNames } from "../check/options.ts";
import type { Place } from "../check/place.ts";
import {
  type Definition,
  type GaugeAggregator,
  type InstrumentDefaults,
  type InstrumentType,
  SCHEMA_MAX,
  SCHEMA_MIN,
  type SketchName,
} from "../model/model.ts";
import { checkBuckets } from "./buckets.ts";
import { checkLabelNames, checkLength, checkMetricName, checkUnit, NAME_LENGTH_MAX } from "./labels.ts";
import { checkSlo } from "./slo.ts";
import { checkSummary } from "./summary.ts";

/** Classic bounds for durations: 1 µs to 10 s. */
const BUCKETS_SECONDS: readonly number[] = [
  ...[1e-6, 5e-6, 1e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 0.001, 0.0025, 0.005],
  ...[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
];
/** Classic bounds for sizes: 64 bytes to 64 MiB. */
const BUCKETS_BYTES: readonly number[] = Array.from({ length: 11 }, (_, i) => 64 * 4 ** i);
/** Classic bounds for other units, as in other Prometheus clients. */
const BUCKETS_OTHER: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const checkAggregator = checkOneOf<GaugeAggregator>("sum", "last", "min", "max", "average");
const checkSketch = checkOneOf<SketchName>("exponential", "tdigest");
const checkSchema = checkWhole(SCHEMA_MIN, SCHEMA_MAX);

const TOTAL = "_total";
const HELP_LENGTH_MAX = 4_096;
const SCHEMA_DEFAULT = 6;

const OPTIONS: Readonly<Record<InstrumentType, readonly string[]>> = {
  counter: ["help", "unit", "labels"],
  gauge: ["help", "unit", "labels", "collect", "aggregator"],
  histogram: ["help", "unit", "labels", "buckets", "schema", "sketch", "critical"],
  timer: ["help", "labels", "buckets", "schema", "sketch", "critical", "slo"],
  summary: ["help", "unit", "labels", "window", "quantiles", "sketch", "critical"],
};

type OptionName =
  | "help"
  | "unit"
  | "labels"
  | "buckets"
  | "schema"
  | "sketch"
  | "critical"
  | "collect"
  | "aggregator"
  | "slo"
  | "window"
  | "quantiles";

/** Options of any instrument, before they are checked. */
export type RawOptions = Readonly<Partial<Record<OptionName, unknown>>>;

/**
 * Checks the options of an instrument.
 *
 * @param defaults Defaults of options that are omitted
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If an option is out of range
 */
export function define(
  type: InstrumentType,
  givenName: unknown,
  options: RawOptions,
  defaults: InstrumentDefaults = {},
): Definition {
  const isNameable = typeof givenName === "string" && givenName.length <= NAME_LENGTH_MAX;
  const action = isNameable ? `create ${type} ${givenName}` : `create a ${type}`;
  const at = (path: string): Place => ({ action, path });
  const name = checkMetricName(at("name"), givenName);
  if (type === "counter" && name === TOTAL) {
    throw rangeError(action, "name", `have characters before ${TOTAL}, which OpenMetrics removes`, name);
  }
  checkOptionNames(action, options, OPTIONS[type]);
  const unit = checkUnit(at("unit"), type === "timer" ? "seconds" : options.unit ?? "");
  const labelNames = checkLabelNames(at("labels"), options.labels ?? []);
  const help = checkString(at("help"), options.help ?? "");
  checkLength(at("help"), help, HELP_LENGTH_MAX);
  const sloDefault = type === "timer" ? defaults.sloByTimer?.get(name) : undefined;
  const slo = options.slo === undefined ? sloDefault : checkSlo(at("slo"), options.slo);
  const isScalar = type === "counter" || type === "gauge";
  const hasBuckets = !isScalar && type !== "summary";
  return {
    type,
    name,
    ...exposedNames(type, name, unit, slo !== undefined),
    unit,
    help: help.toWellFormed(),
    labelNames,
    buckets: hasBuckets ? checkBuckets(at("buckets"), options.buckets ?? defaultBuckets(type, unit, defaults)) : [],
    schema: isScalar ? 0 : checkSchema(at("schema"), options.schema ?? SCHEMA_DEFAULT),
    sketch: checkSketch(at("sketch"), options.sketch ?? "exponential"),
    ...(type === "summary" && { summary: checkSummary(action, options) }),
    isCritical: checkBoolean(at("critical"), options.critical ?? false),
    ...(slo !== undefined && { slo }),
    ...(type === "gauge" && { aggregator: checkAggregator(at("aggregator"), options.aggregator ?? "sum") }),
  };
}

/** Whether two definitions describe the same instrument. */
export function isSameDefinition(a: Definition, b: Definition): boolean {
  return a.type === b.type && a.unit === b.unit && a.help === b.help && a.schema === b.schema &&
    a.sketch === b.sketch && a.isCritical === b.isCritical && a.aggregator === b.aggregator &&
    a.slo?.thresholdSeconds === b.slo?.thresholdSeconds && a.slo?.target === b.slo?.target &&
    a.slo?.criticalSeconds === b.slo?.criticalSeconds &&
    a.summary?.window.name === b.summary?.window.name &&
    isSameList(a.summary?.quantiles ?? [], b.summary?.quantiles ?? []) &&
    isSameList(a.labelNames.toSorted(), b.labelNames.toSorted()) && isSameList(a.buckets, b.buckets);
}

function exposedNames(
  type: InstrumentType,
  name: string,
  unit: string,
  hasSlo: boolean,
): Pick<Definition, "exposedName" | "windowName" | "sloName"> {
  const total = type === "counter" ? TOTAL : "";
  const withoutTotal = total !== "" && name.endsWith(total) ? name.slice(0, -total.length) : name;
  const unitEnding = unit === "" ? "" : `_${unit}`;
  const isUnitNamed = unitEnding === "" || withoutTotal === unit || withoutTotal.endsWith(unitEnding);
  const exposedName = (isUnitNamed ? withoutTotal : withoutTotal + unitEnding) + total;
  if (type !== "histogram" && type !== "timer") return { exposedName, windowName: "" };
  const stem = unitEnding !== "" && exposedName.endsWith(unitEnding)
    ? exposedName.slice(0, -unitEnding.length)
    : exposedName;
  return { exposedName, windowName: `${stem}_window${unitEnding}`, ...(hasSlo && { sloName: `${stem}_slo` }) };
}

function defaultBuckets(type: InstrumentType, unit: string, { timerBuckets }: InstrumentDefaults): readonly number[] {
  if (type === "timer" && timerBuckets !== undefined) return timerBuckets;
  if (unit === "seconds") return BUCKETS_SECONDS;
  return unit === "bytes" ? BUCKETS_BYTES : BUCKETS_OTHER;
}

function isSameList(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

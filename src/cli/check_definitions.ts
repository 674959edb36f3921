/**
 * Whether something is what a program has defined: whatever answers at an address may be something else.
 *
 * @module
 */

import type { Definitions } from "../model/definitions.ts";
import { array, checkType, checkWord, object } from "./json_checks.ts";

const UNIT = /^[a-z0-9_]*$/;

/**
 * Checks what rules and dashboards are made from; the rest is taken as it is.
 *
 * @throws {TypeError} If it is something else
 */
export function checkDefinitions(given: unknown): Definitions {
  const { instruments, kpis, windows, health, hasSelfMetrics } = object(given, "it");
  for (const [i, each] of array(instruments, "instruments").entries()) checkInstrument(each, `instruments[${i}]`);
  for (const [i, each] of array(kpis, "kpis").entries()) checkKpi(each, `kpis[${i}]`);
  checkTexts(windows, "windows");
  for (const [check, limits] of Object.entries(object(health, "health"))) {
    for (const limit of Object.values(object(limits, `each of health`))) {
      checkNumber(limit, `each of health.${known(check)}`);
    }
  }
  checkType(hasSelfMetrics, "boolean", "hasSelfMetrics");
  return given as Definitions;
}

/** A key is quoted only if it is one there is. */
function known(check: string): string {
  return /^[a-zA-Z]{1,20}$/.test(check) ? check : "…";
}

function checkInstrument(given: unknown, path: string): void {
  const { type, labelNames, buckets, slo, sloName, summary, ...fields } = object(given, path);
  checkWord(type, ["counter", "gauge", "histogram", "timer", "summary"], `${path}.type`);
  for (const name of ["name", "exposedName", "help", "unit", "sketch"]) checkText(fields[name], `${path}.${name}`);
  if (!UNIT.test(fields.unit as string)) throw new TypeError(`${path}.unit must be a unit`);
  checkTexts(labelNames, `${path}.labelNames`);
  for (const bound of array(buckets, `${path}.buckets`)) checkNumber(bound, `each of ${path}.buckets`);
  if (slo !== undefined) {
    const { thresholdSeconds, target } = object(slo, `${path}.slo`);
    checkNumber(thresholdSeconds, `${path}.slo.thresholdSeconds`);
    checkNumber(target, `${path}.slo.target`);
    checkText(sloName, `${path}.sloName`);
  }
  if (summary === undefined) return;
  const { quantiles } = object(summary, `${path}.summary`);
  for (const quantile of array(quantiles, `${path}.summary.quantiles`)) {
    checkNumber(quantile, `each of ${path}.summary.quantiles`);
  }
}

function checkKpi(given: unknown, path: string): void {
  const { name, metric, statistic, direction, target, critical } = object(given, path);
  checkText(name, `${path}.name`);
  checkText(metric, `${path}.metric`);
  checkWord(statistic, ["p99", "rate", "value"], `${path}.statistic`);
  checkWord(direction, ["below", "above"], `${path}.direction`);
  if (target !== undefined) checkNumber(target, `${path}.target`);
  if (critical !== undefined) checkNumber(critical, `${path}.critical`);
}

function checkTexts(given: unknown, path: string): void {
  for (const each of array(given, path)) checkText(each, `each of ${path}`);
}

function checkText(given: unknown, path: string): void {
  checkType(given, "string", path);
}

function checkNumber(given: unknown, path: string): void {
  checkType(given, "number", path);
}

/**
 * Whether something is a snapshot: whatever answers at an address may be something else.
 *
 * @module
 */

import type { Snapshot } from "../model/snapshot.ts";
import { array, checkType, checkWord, type Fields, object } from "./json_checks.ts";

const WINDOW_NAME = /^\d+(\.\d+)?(us|ms|s|m|h)$/;

/**
 * Checks what a report is written from; the rest is taken as it is. No message quotes what was
 * given: it could hold anything, and goes to a terminal.
 *
 * @throws {TypeError} If it is no snapshot
 */
export function checkSnapshot(given: unknown): Snapshot {
  const { timestamp, uptimeSeconds, meta, metrics } = object(given, "it");
  checkType(timestamp, "string", "timestamp");
  checkType(uptimeSeconds, "number", "uptimeSeconds");
  const totals = object(meta, "meta");
  for (const name of ["recorded", "dropped"]) checkType(totals[name], "number", `meta.${name}`);
  for (const [i, metric] of array(metrics, "metrics").entries()) checkMetric(metric, `metrics[${i}]`);
  return given as Snapshot;
}

function checkMetric(given: unknown, path: string): void {
  const { name, type, unit, series } = object(given, path);
  checkType(name, "string", `${path}.name`);
  checkType(unit, "string", `${path}.unit`);
  checkWord(type, ["counter", "gauge", "histogram", "summary"], `${path}.type`);
  const isScalar = type === "counter" || type === "gauge";
  for (const [i, each] of array(series, `${path}.series`).entries()) {
    const at = `${path}.series[${i}]`;
    const fields = object(each, at);
    const labels = object(fields.labels, `${at}.labels`);
    for (const value of Object.values(labels)) checkType(value, "string", `each of ${at}.labels`);
    if (isScalar) checkType(fields.value, "number", `${at}.value`);
    else checkDistribution(fields, at);
  }
}

function checkDistribution({ count, quantiles, windows, slo }: Fields, path: string): void {
  checkType(count, "number", `${path}.count`);
  for (const value of Object.values(object(quantiles, `${path}.quantiles`))) {
    checkNumberOrNull(value, `each of ${path}.quantiles`);
  }
  for (const [name, window] of Object.entries(object(windows, `${path}.windows`))) {
    if (!WINDOW_NAME.test(name)) throw new TypeError(`each of ${path}.windows must be named by a duration`);
    checkType(object(window, `each of ${path}.windows`).rate, "number", `the rate of each of ${path}.windows`);
  }
  if (slo !== undefined) checkSlo(object(slo, `${path}.slo`), `${path}.slo`);
}

function checkSlo(slo: Fields, path: string): void {
  for (const name of ["thresholdSeconds", "target", "violations"]) checkType(slo[name], "number", `${path}.${name}`);
  checkNumberOrNull(slo.compliance, `${path}.compliance`);
}

function checkNumberOrNull(value: unknown, path: string): void {
  if (value !== null) checkType(value, "number", path);
}

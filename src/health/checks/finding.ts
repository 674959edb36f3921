/**
 * Outcome of a check, and the wording of its reason.
 *
 * @module
 */

import type { Health, HealthCheckResult } from "../../model/health_status.ts";
import type { Labels } from "../../model/model.ts";
import { statusAbove, type Thresholds } from "./thresholds.ts";

/** Outcome of a check at one moment. */
export interface Finding extends Omit<HealthCheckResult, "name"> {
  /** Members that the check adds to the health. */
  readonly details?: Pick<Health, "eventLoop">;
}

/** Finding of a check with limits; `NOT_MEASURED` without a value. */
export function compare(
  value: number | undefined,
  limits: Thresholds,
  reasonOf: (value: number) => string,
): Finding {
  if (value === undefined) return { status: "NOT_MEASURED" };
  const status = statusAbove(value, limits);
  return status === "HEALTHY" ? { status, value } : { status, value, reason: reasonOf(value) };
}

/** Finding of a check without limits: `DEGRADED` while there is a reason. */
export function degradedBy(reason: string | undefined, value: number): Finding {
  return reason === undefined ? { status: "HEALTHY", value } : { status: "DEGRADED", value, reason };
}

/** A number with three significant digits. */
export function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A share in percent. */
export function percent(share: number): string {
  return `${rounded(share * 100)} %`;
}

/** Label set in PromQL notation; empty without labels. */
export function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

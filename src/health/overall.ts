/**
 * Overall health: the status of the worst check, with the reason of each check that is not `HEALTHY`.
 *
 * @module
 */

import type { CheckStatus, HealthCheckResult, HealthState, HealthStatus } from "../model/health_status.ts";

const STATUSES: readonly HealthStatus[] = ["HEALTHY", "DEGRADED", "UNHEALTHY", "CRITICAL"];

/** Whether a value is a status. */
export function isHealthStatus(given: unknown): given is HealthStatus {
  return STATUSES.some((status) => status === given);
}

/** Severity of a status, 0 to 3; an unmeasured check counts as `HEALTHY`. */
export function severityOf(status: CheckStatus): number {
  return status === "NOT_MEASURED" ? 0 : STATUSES.indexOf(status);
}

/** Worst of several statuses; `HEALTHY` if there are none. */
export function worstOf(statuses: Iterable<CheckStatus>): HealthStatus {
  let severity = 0;
  for (const status of statuses) severity = Math.max(severity, severityOf(status));
  return STATUSES[severity];
}

/** Joins the results of all checks. */
export function overall(checks: readonly HealthCheckResult[]): HealthState {
  const ill = checks.filter(({ status }) => severityOf(status) > 0);
  return {
    status: worstOf(ill.map(({ status }) => status)),
    reasons: ill.map(({ name, status, reason = `${name} is ${status}` }) => reason),
  };
}

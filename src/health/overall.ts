/**
 * The whole from its parts: the worst check is the status, and each that is not well is a reason.
 *
 * @module
 */

import type { CheckStatus, HealthCheckResult, HealthState, HealthStatus } from "../model/health_status.ts";

const STATUSES: readonly HealthStatus[] = ["HEALTHY", "DEGRADED", "UNHEALTHY", "CRITICAL"];

/** Whether something is the word for a status. */
export function isHealthStatus(given: unknown): given is HealthStatus {
  return STATUSES.some((status) => status === given);
}

/** 0 for the best status, 3 for the worst; what was not measured is nothing to worry about. */
export function severityOf(status: CheckStatus): number {
  return status === "NOT_MEASURED" ? 0 : STATUSES.indexOf(status);
}

/** The worst of some statuses, `HEALTHY` if there are none. */
export function worstOf(statuses: Iterable<CheckStatus>): HealthStatus {
  let severity = 0;
  for (const status of statuses) severity = Math.max(severity, severityOf(status));
  return STATUSES[severity];
}

/** What some checks come to together. */
export function overall(checks: readonly HealthCheckResult[]): HealthState {
  const ill = checks.filter(({ status }) => severityOf(status) > 0);
  return {
    status: worstOf(ill.map(({ status }) => status)),
    reasons: ill.map(({ name, status, reason = `${name} is ${status}` }) => reason),
  };
}

/**
 * Latest reports of the checks that the program added. An overdue report is `UNHEALTHY`: a blocked program runs no
 * checks, and its last report may have been `HEALTHY`.
 *
 * @module
 */

import type { CheckReport, HealthCheckResult } from "../model/health_status.ts";
import { worstOf } from "./overall.ts";
import { rounded } from "./checks/finding.ts";

/** A report and the time of its arrival. */
interface Received {
  readonly report: CheckReport;
  readonly atMs: number;
}

/** Reports by check. */
export class CheckReports {
  readonly #received: Map<string, Received> = new Map();

  /** Replaces the report of a check. */
  take(report: CheckReport, nowMs: number): void {
    this.#received.set(report.name, { report, atMs: nowMs });
  }

  /** Removes a check. */
  retract(name: string): void {
    this.#received.delete(name);
  }

  /** Returns the results at a time, in the order in which the checks were added. */
  results(nowMs: number): HealthCheckResult[] {
    return Array.from(this.#received.values(), (received) => resultOf(received, nowMs));
  }
}

function resultOf({ report: { name, status, reason, quietMaxMs }, atMs }: Received, nowMs: number): HealthCheckResult {
  const quietMs = nowMs - atMs;
  if (quietMs > quietMaxMs) {
    const quiet = `has not reported for ${rounded(quietMs / 1_000)} s`;
    return { name, status: worstOf([status, "UNHEALTHY"]), reason: `${name}: ${quiet}` };
  }
  return { name, status, ...(reason !== undefined && { reason: `${name}: ${reason}` }) };
}

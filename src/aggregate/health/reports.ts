/**
 * What the program has last said about its own checks, and whether that is too long ago: a program that is blocked runs
 * no checks, and the last thing that it said may have been that all is well.
 *
 * @module
 */

import type { CheckReport, HealthCheckResult } from "../../model/health_status.ts";
import { worstOf } from "../../health/overall.ts";
import { rounded } from "../../health/thresholds.ts";

/** A report, and when it came. */
interface Heard {
  readonly report: CheckReport;
  readonly atMs: number;
}

/** The reports, by name. */
export class CheckReports {
  readonly #heard: Map<string, Heard> = new Map();

  /** Takes a report; the one before counts no more. */
  take(report: CheckReport, nowMs: number): void {
    this.#heard.set(report.name, { report, atMs: nowMs });
  }

  /** There is no such check any more. */
  retract(name: string): void {
    this.#heard.delete(name);
  }

  /** What the checks come to at this moment, in the order they were added. */
  results(nowMs: number): HealthCheckResult[] {
    return Array.from(this.#heard.values(), (heard) => resultOf(heard, nowMs));
  }
}

function resultOf({ report: { name, status, reason, quietMaxMs }, atMs }: Heard, nowMs: number): HealthCheckResult {
  const quietMs = nowMs - atMs;
  if (quietMs > quietMaxMs) {
    const quiet = `has not been heard of for ${rounded(quietMs / 1_000)} s`;
    return { name, status: worstOf([status, "UNHEALTHY"]), reason: `${name}: ${quiet}` };
  }
  return { name, status, ...(reason !== undefined && { reason: `${name}: ${reason}` }) };
}

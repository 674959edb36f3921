/**
 * Results of the checks that the program adds, and their meaning.
 *
 * @module
 */

import { show } from "../check/errors.ts";
import type { HealthStatus } from "../model/health_status.ts";
import { isHealthStatus } from "./overall.ts";

/** Result of a check: a status with or without a reason, or a boolean; `false` is `UNHEALTHY`. */
export type HealthVerdict = HealthStatus | boolean | { readonly status: HealthStatus; readonly reason?: string };

/** Check that a program adds; one that throws or rejects is `UNHEALTHY`. */
export type HealthCheck = () => HealthVerdict | Promise<HealthVerdict>;

/** Result in normalized form. */
export interface Verdict {
  /** Status. */
  readonly status: HealthStatus;
  /** Reason, if the check has one. */
  readonly reason?: string;
}

/** Maximum UTF-16 units of a reason, which is sent between threads every second. */
const REASON_LENGTH_MAX = 256;

/** Verdict of a result; an invalid result is `UNHEALTHY`. */
export function verdictOf(answer: unknown): Verdict {
  if (typeof answer === "boolean") return { status: answer ? "HEALTHY" : "UNHEALTHY" };
  if (isHealthStatus(answer)) return { status: answer };
  const { status, reason } = (answer ?? {}) as { status?: unknown; reason?: unknown };
  if (!isHealthStatus(status)) return unhealthy(`the check must return a status or a boolean, got ${show(answer)}`);
  return typeof reason === "string" && reason !== "" ? { status, reason: shortened(reason) } : { status };
}

/** Verdict of a failure. */
export function verdictOfError(error: unknown): Verdict {
  const message: unknown = error instanceof Error ? error.message : undefined;
  return unhealthy(typeof message === "string" ? message : show(error));
}

function unhealthy(reason: string): Verdict {
  return { status: "UNHEALTHY", reason: shortened(reason) };
}

function shortened(reason: string): string {
  return reason.slice(0, REASON_LENGTH_MAX).toWellFormed();
}

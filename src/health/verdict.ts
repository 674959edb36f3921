/**
 * What a check of the program's own may answer, and what that means.
 *
 * @module
 */

import { show } from "../check/errors.ts";
import type { HealthStatus } from "../model/health_status.ts";
import { isHealthStatus } from "./overall.ts";

/** What a check answers: a status, with or without a reason, or whether all is well; `false` is `UNHEALTHY`. */
export type HealthVerdict = HealthStatus | boolean | { readonly status: HealthStatus; readonly reason?: string };

/** A check of the program's own; one that throws or rejects is `UNHEALTHY`. */
export type HealthCheck = () => HealthVerdict | Promise<HealthVerdict>;

/** A verdict in one form. */
export interface Verdict {
  /** The status. */
  readonly status: HealthStatus;
  /** Why, if it says so. */
  readonly reason?: string;
}

/** UTF-16 units of a reason: it goes from thread to thread each second. */
const REASON_LENGTH_MAX = 256;

/** What an answer means; one that is no verdict is `UNHEALTHY`. */
export function verdictOf(answer: unknown): Verdict {
  if (typeof answer === "boolean") return { status: answer ? "HEALTHY" : "UNHEALTHY" };
  if (isHealthStatus(answer)) return { status: answer };
  const { status, reason } = (answer ?? {}) as { status?: unknown; reason?: unknown };
  if (!isHealthStatus(status)) return unhealthy(`the check must give a status or a boolean, got ${show(answer)}`);
  return typeof reason === "string" && reason !== "" ? { status, reason: shortened(reason) } : { status };
}

/** What a failure means. */
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

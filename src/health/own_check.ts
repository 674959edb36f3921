/**
 * Health check that the program added, run periodically on the program's thread, independently of requests for the
 * health. Runs never overlap: the next one begins an interval after the last has settled. A run that does not settle is
 * reported at each interval, which distinguishes a hanging check from a hanging thread.
 *
 * @module
 */

import type { CheckReport } from "../model/health_status.ts";
import { unrefTimer } from "../platform/unref_timer.ts";
import { type HealthCheck, type Verdict, verdictOf, verdictOfError } from "./verdict.ts";

/** Parts of a check. */
export interface OwnCheckParts {
  /** Name in the results. */
  readonly name: string;
  /** Function of the program. */
  readonly check: HealthCheck;
  /** Milliseconds from the end of one run to the start of the next. */
  readonly intervalMs: number;
  /** Milliseconds that a run may take to settle. */
  readonly timeoutMs: number;
  /** Milliseconds that a report may be overdue. */
  readonly staleAfterMs: number;
  /** Called after each run, and at each interval while one does not settle. */
  readonly report: (report: CheckReport) => void;
}

/** Runs a check until it is stopped. */
export class OwnCheck {
  readonly #parts: OwnCheckParts;
  readonly #quietMaxMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  /** Begins the first run in a microtask. */
  constructor(parts: OwnCheckParts) {
    this.#parts = parts;
    this.#quietMaxMs = parts.intervalMs + Math.max(parts.timeoutMs, parts.staleAfterMs);
    const { name } = parts;
    parts.report({ name, status: "NOT_MEASURED", quietMaxMs: this.#quietMaxMs });
    queueMicrotask(() => this.#run());
  }

  /** Stops the check; a pending run is not reported. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    if (this.#isStopped) return;
    const { check, intervalMs, timeoutMs } = this.#parts;
    this.#after(timeoutMs, () => this.#noteOverdue());
    const verdict = await outcomeOf(check);
    if (this.#isStopped) return;
    this.#report(verdict);
    this.#after(intervalMs, () => this.#run());
  }

  #noteOverdue(): void {
    const { intervalMs, timeoutMs } = this.#parts;
    this.#report({ status: "UNHEALTHY", reason: `has not settled within ${timeoutMs / 1_000} s` });
    this.#after(intervalMs, () => this.#noteOverdue());
  }

  #report(verdict: Verdict): void {
    const { name, report } = this.#parts;
    report({ name, ...verdict, quietMaxMs: this.#quietMaxMs });
  }

  /** Replaces the timer, which does not keep the program alive. */
  #after(delayMs: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, delayMs);
    unrefTimer(this.#timer);
  }
}

async function outcomeOf(check: HealthCheck): Promise<Verdict> {
  try {
    return verdictOf(await check());
  } catch (error) {
    return verdictOfError(error);
  }
}

/**
 * One check of the program's own, run again and again on the thread of the program, whoever asks for the health or not.
 * It never overlaps itself: the next run begins an interval after the last has settled. While one does not settle, that
 * is reported at each interval, so that a check that hangs is told from a thread that does.
 *
 * @module
 */

import type { CheckReport } from "../model/health_status.ts";
import { unrefTimer } from "../platform/unref_timer.ts";
import { type HealthCheck, type Verdict, verdictOf, verdictOfError } from "./verdict.ts";

/** How one is run. */
export interface OwnCheckParts {
  /** Its name. */
  readonly name: string;
  /** What it does. */
  readonly check: HealthCheck;
  /** Milliseconds from the end of one run to the start of the next. */
  readonly intervalMs: number;
  /** Milliseconds that it may take to settle. */
  readonly timeoutMs: number;
  /** Milliseconds that a report may be overdue. */
  readonly staleAfterMs: number;
  /** Told after each run, and while one does not settle. */
  readonly report: (report: CheckReport) => void;
}

/** A check that is run until it is stopped. */
export class OwnCheck {
  readonly #parts: OwnCheckParts;
  readonly #quietMaxMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  /** Starts it; the first run comes right after what runs now. */
  constructor(parts: OwnCheckParts) {
    this.#parts = parts;
    this.#quietMaxMs = parts.intervalMs + Math.max(parts.timeoutMs, parts.staleAfterMs);
    const { name } = parts;
    parts.report({ name, status: "NOT_MEASURED", quietMaxMs: this.#quietMaxMs });
    queueMicrotask(() => this.#run());
  }

  /** Runs it no more, and reports nothing any more, not even what is under way. */
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

  /** Has one timer at most; it does not keep the program alive. */
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

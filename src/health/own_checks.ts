/**
 * The checks of the program's own, by name.
 *
 * @module
 */

import { type Duration, parseDuration } from "../check/duration.ts";
import { checkOptionNames, rangeError, typeError } from "../check/errors.ts";
import type { CheckReport } from "../model/health_status.ts";
import { isName } from "../model/names.ts";
import { OwnCheck } from "./own_check.ts";
import { BUILT_IN_CHECKS } from "./settings.ts";
import type { HealthCheck } from "./verdict.ts";

/** When a check is run. */
export interface HealthCheckOptions {
  /** From the end of one run to the start of the next, 10 ms to 1 h; `"1s"` by default. */
  readonly interval?: Duration;
  /** How long it may take to settle before it is `UNHEALTHY`, 10 ms to 1 h; `"5s"` by default. */
  readonly timeout?: Duration;
}

const ACTION = "add a health check";
const CHECKS_MAX = 100;
const NAME_LENGTH_MAX = 100;
const DURATION_MIN_MS = 10;
const DURATION_MAX_MS = 3_600_000;

/** Where reports go. */
export interface ReportSink {
  /** Takes what a check came to. */
  report(report: CheckReport): void;
  /** There is no such check any more. */
  retract(name: string): void;
}

/** The checks there are. */
export class OwnChecks {
  readonly #sink: ReportSink;
  readonly #staleAfterMs: number;
  readonly #checks: Map<string, OwnCheck> = new Map();
  #isClosed = false;

  /** Has no checks yet. */
  constructor(sink: ReportSink, staleAfterMs: number) {
    this.#sink = sink;
    this.#staleAfterMs = staleAfterMs;
  }

  /**
   * Adds one; does nothing once they are closed.
   *
   * @returns Takes it away again
   * @throws {TypeError} If something has the wrong type
   * @throws {RangeError} If a check of that name is there already, or something is out of range
   */
  add(name: string, check: HealthCheck, options: HealthCheckOptions = {}): () => void {
    this.#checkName(name);
    if (typeof check !== "function") throw typeError(ACTION, "check", "be a function", check);
    checkOptionNames(ACTION, options, ["interval", "timeout"]);
    const intervalMs = checkDuration("interval", options.interval ?? "1s");
    const timeoutMs = checkDuration("timeout", options.timeout ?? "5s");
    if (this.#isClosed) return () => {};
    const report = (each: CheckReport) => this.#sink.report(each);
    const running = new OwnCheck({ name, check, intervalMs, timeoutMs, staleAfterMs: this.#staleAfterMs, report });
    this.#checks.set(name, running);
    return () => this.#remove(name, running);
  }

  /** Runs none any more. */
  close(): void {
    this.#isClosed = true;
    for (const check of this.#checks.values()) check.stop();
    this.#checks.clear();
  }

  #remove(name: string, check: OwnCheck): void {
    check.stop();
    // Removed twice, it must not take the next one of its name away.
    if (this.#checks.get(name) !== check) return;
    this.#checks.delete(name);
    this.#sink.retract(name);
  }

  #checkName(name: unknown): void {
    if (typeof name !== "string") throw typeError(ACTION, "name", "be a string", name);
    if (name === "" || name.length > NAME_LENGTH_MAX) {
      throw rangeError(ACTION, "name", `have 1 to ${NAME_LENGTH_MAX} characters`, name);
    }
    if (!isName(name)) throw rangeError(ACTION, "name", "be text that UTF-8 can write", name);
    if (this.#checks.has(name) || BUILT_IN_CHECKS.includes(name)) {
      throw rangeError(ACTION, "name", "differ from those there are", name);
    }
    if (this.#checks.size >= CHECKS_MAX) throw rangeError(ACTION, "name", `be one of ${CHECKS_MAX} at most`, name);
  }
}

function checkDuration(field: string, given: unknown): number {
  const durationMs = parseDuration(given, ACTION, field);
  if (durationMs < DURATION_MIN_MS || durationMs > DURATION_MAX_MS) {
    throw rangeError(ACTION, field, "be from 10ms to 1h", given);
  }
  return durationMs;
}

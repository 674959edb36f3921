/**
 * Health checks that the program adds, by name.
 *
 * @module
 */

import { checkFunction, checkString, orDefault } from "../check/checks.ts";
import { checkDuration, type Duration } from "../check/duration.ts";
import { rangeError } from "../check/errors.ts";
import { checkOptions } from "../check/options.ts";
import type { CheckReport } from "../model/health_status.ts";
import { isName } from "../model/names.ts";
import { OwnCheck } from "./own_check.ts";
import { BUILT_IN_CHECKS } from "./settings.ts";
import type { HealthCheck } from "./verdict.ts";

/** Schedule of a check. */
export interface HealthCheckOptions {
  /**
   * Time from the end of one run to the start of the next, 10 ms to 1 h.
   *
   * @default {"1s"}
   */
  readonly interval?: Duration;
  /**
   * Time that a run may take to settle before the check is `UNHEALTHY`, 10 ms to 1 h.
   *
   * @default {"5s"}
   */
  readonly timeout?: Duration;
}

const ACTION = "add a health check";
const CHECKS_MAX = 100;
const NAME_LENGTH_MAX = 100;
const checkTime = checkDuration("10ms", "1h");
const OPTIONS = { interval: orDefault(checkTime, 1_000), timeout: orDefault(checkTime, 5_000) };
/** Names in the results that added checks may not have. */
const TAKEN_NAMES: readonly string[] = ["aggregator", "serving", ...BUILT_IN_CHECKS.map(([name]) => name)];

/** Receiver of reports. */
export interface ReportSink {
  /** Takes the outcome of a run. */
  report(report: CheckReport): void;
  /** Removes a check. */
  retract(name: string): void;
}

/** Added checks of one program. */
export class OwnChecks {
  readonly #sink: ReportSink;
  readonly #staleAfterMs: number;
  readonly #checks: Map<string, OwnCheck> = new Map();
  #isClosed = false;

  constructor(sink: ReportSink, staleAfterMs: number) {
    this.#sink = sink;
    this.#staleAfterMs = staleAfterMs;
  }

  /**
   * Adds a check; does nothing once closed.
   *
   * @returns Function that removes the check
   * @throws {TypeError} If an argument has the wrong type
   * @throws {RangeError} If the name is taken, or an argument is out of range
   */
  add(name: string, check: HealthCheck, options: HealthCheckOptions = {}): () => void {
    this.#checkName(name);
    checkFunction({ action: ACTION, path: "check" }, check);
    const { interval: intervalMs, timeout: timeoutMs } = checkOptions(ACTION, options, OPTIONS);
    if (this.#isClosed) return () => {};
    const report = (each: CheckReport) => this.#sink.report(each);
    const running = new OwnCheck({ name, check, intervalMs, timeoutMs, staleAfterMs: this.#staleAfterMs, report });
    this.#checks.set(name, running);
    return () => this.#remove(name, running);
  }

  /** Stops all checks. */
  close(): void {
    this.#isClosed = true;
    for (const check of this.#checks.values()) check.stop();
    this.#checks.clear();
  }

  #remove(name: string, check: OwnCheck): void {
    check.stop();
    // A second call must not remove a later check of the same name.
    if (this.#checks.get(name) !== check) return;
    this.#checks.delete(name);
    this.#sink.retract(name);
  }

  #checkName(given: unknown): void {
    const name = checkString({ action: ACTION, path: "name" }, given);
    if (name === "" || name.length > NAME_LENGTH_MAX) {
      throw rangeError(ACTION, "name", `have 1 to ${NAME_LENGTH_MAX} characters`, name);
    }
    if (!isName(name)) throw rangeError(ACTION, "name", "be text that UTF-8 can encode", name);
    if (this.#checks.has(name) || TAKEN_NAMES.includes(name)) {
      throw rangeError(ACTION, "name", "differ from the names in use", name);
    }
    if (this.#checks.size >= CHECKS_MAX) {
      throw rangeError(ACTION, "the number of checks", `be at most ${CHECKS_MAX}`, CHECKS_MAX + 1);
    }
  }
}

/**
 * The program's side of the health: it asks the aggregator, runs checks of its own, tells of changes, and knows what to
 * say when there is no aggregator.
 *
 * @module
 */

import type { Health, HealthChange, HealthCheckResult, HealthState } from "../model/health_status.ts";
import { type HealthCheckOptions, OwnChecks, type ReportSink } from "./own_checks.ts";
import type { HealthSettings } from "./settings.ts";
import type { HealthCheck } from "./verdict.ts";
import { HealthWatch, withTroubles } from "./watch.ts";

/** The health: called it gives what it is now, and the program can add checks of its own. */
export interface MetricsHealth {
  /** How well things go now, and why. */
  (): Promise<Health>;
  /**
   * Adds a check of the program's own. It is run on this thread, again and again, never inside of a request: what it
   * has last said is what counts, also while this thread is busy. If nothing is heard of it for `health.staleAfter` more
   * than its interval, it is `UNHEALTHY`, as it is when it throws, rejects, or does not settle in time. The timer does
   * not keep the program alive. Once the metrics are closed, nothing is added.
   *
   * @param name What it is called in the results; no two have the same name
   * @param check Gives a status, a status with a reason, or whether all is well
   * @param options When it is run
   * @returns Takes the check away again
   * @throws {TypeError} If something has the wrong type
   * @throws {RangeError} If there is a check of that name already, or something is out of range
   *
   * @example A queue that must not grow
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics();
   * const queue = new Array(1_200);
   * const remove = metrics.health.add("queue", () => {
   *   if (queue.length <= 1_000) return "HEALTHY";
   *   return { status: "DEGRADED", reason: `${queue.length} events wait` };
   * }, { interval: "500ms" });
   * await metrics.flush();
   * const { status, reasons } = await metrics.health();
   * assertEquals([status, reasons], ["DEGRADED", ["queue: 1200 events wait"]]);
   * remove();
   * assertEquals((await metrics.health()).status, "HEALTHY");
   * ```
   */
  add(name: string, check: HealthCheck, options?: HealthCheckOptions): () => void;
}

/** What is needed of the line to the aggregator. */
export interface HealthLine extends ReportSink {
  /** What is wrong that the aggregator does not know, one sentence each. */
  readonly troubles: readonly string[];
  /** Tells whenever the status has changed, at least. */
  watchHealth(tell: (state: HealthState) => void): void;
}

/** What it is made from. */
export interface ProgramHealthParts {
  /** The line to the aggregator. */
  readonly line: HealthLine;
  /** What it is judged by. */
  readonly settings: HealthSettings;
  /** The clock of windows, in milliseconds. */
  readonly nowMs: () => number;
  /** Asks the aggregator. */
  readonly ask: () => Promise<Health>;
  /** Told of changes, once it is listened to. */
  readonly tell: (change: HealthChange) => void;
}

/** The health as a program sees it. */
export class ProgramHealth {
  /** What the program gets to see. */
  readonly surface: MetricsHealth;
  readonly #parts: ProgramHealthParts;
  readonly #checks: OwnChecks;
  #watch: HealthWatch | undefined;
  #isClosed = false;

  /** Without checks, and without listeners. */
  constructor(parts: ProgramHealthParts) {
    this.#parts = parts;
    this.#checks = new OwnChecks(parts.line, parts.settings.staleAfterMs);
    const add: MetricsHealth["add"] = (name, check, options) => this.#checks.add(name, check, options);
    this.surface = Object.assign(() => this.#read(), { add });
  }

  /** Tells of changes from now on. */
  listen(): void {
    if (this.#watch !== undefined || this.#isClosed) return;
    const { line, settings: { recoverAfterMs }, nowMs, tell } = this.#parts;
    const watch = this.#watch = new HealthWatch({ recoverAfterMs, nowMs, troubles: () => line.troubles, tell });
    line.watchHealth((state) => watch.note(state));
  }

  /** Runs no checks and tells nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#checks.close();
    this.#watch?.close();
  }

  async #read(): Promise<Health> {
    const { ask, line } = this.#parts;
    try {
      return withServing(await ask(), line.troubles);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const checks: HealthCheckResult[] = [{ name: "aggregator", status: "CRITICAL", reason }];
      return { status: "CRITICAL", reasons: [reason], checks, isReady: false, uptimeSeconds: 0 };
    }
  }
}

/** A health, and what the aggregator does not know. */
function withServing(health: Health, troubles: readonly string[]): Health {
  const checks = troubles.map((reason) => ({ name: "serving", status: "DEGRADED", reason }) as const);
  return withTroubles({ ...health, checks: [...health.checks, ...checks] }, troubles);
}

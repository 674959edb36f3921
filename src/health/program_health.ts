/**
 * Health on the program's side: requests it from the aggregator, runs the checks that the program adds, announces
 * changes, and answers when there is no aggregator.
 *
 * @module
 */

import type { CheckReport, Health, HealthChange, HealthState, HealthStatus } from "../model/health_status.ts";
import { CheckReports } from "./check_reports.ts";
import { overall } from "./overall.ts";
import { type HealthCheckOptions, OwnChecks, type ReportSink } from "./own_checks.ts";
import type { HealthSettings } from "./settings.ts";
import type { HealthCheck } from "./verdict.ts";
import { HealthWatch, withTroubles } from "./watch.ts";

/** Health of a program: a call returns its current state, and {@linkcode MetricsHealth.add} adds a check. */
export interface MetricsHealth {
  /** Returns the current health with its reasons. */
  (): Promise<Health>;
  /**
   * Adds a check. It runs periodically on this thread, never inside a request; its latest verdict counts, even while
   * this thread is busy. A check is `UNHEALTHY` if it throws, rejects or does not settle in time, or has not reported
   * for `health.staleAfter` longer than its interval. Its timer does not keep the program alive. On closed metrics the
   * call does nothing.
   *
   * @param name Name in the results, different from all others
   * @param check Function that returns a status, a status with a reason, or a boolean
   * @param options Schedule of the check
   * @returns Function that removes the check
   * @throws {TypeError} If an argument has the wrong type
   * @throws {RangeError} If the name is taken, or an argument is out of range
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

/** Part of the aggregator's client that the health needs. */
export interface HealthClient extends ReportSink {
  /** Whether the aggregator can answer. */
  readonly isAlive: boolean;
  /** Status of the aggregator while it cannot answer. */
  readonly downStatus: HealthStatus;
  /** Problems unknown to the aggregator, one sentence each. */
  readonly troubles: readonly string[];
  /** Calls a listener whenever the status has changed, possibly more often. */
  watchHealth(listener: (state: HealthState) => void): void;
}

/** Parts of the health. */
export interface ProgramHealthParts {
  /** Access to the aggregator. */
  readonly client: HealthClient;
  /** Settings of the health. */
  readonly settings: HealthSettings;
  /** Clock of windows, in milliseconds. */
  readonly nowMs: () => number;
  /** Requests the health from the aggregator. */
  readonly ask: () => Promise<Health>;
  /** Called with each change after {@linkcode ProgramHealth.listen} was called. */
  readonly notify: (change: HealthChange) => void;
}

/** Health as a program uses it. */
export class ProgramHealth {
  /** Public interface. */
  readonly surface: MetricsHealth;
  readonly #parts: ProgramHealthParts;
  readonly #checks: OwnChecks;
  readonly #reports: CheckReports = new CheckReports();
  #watch: HealthWatch | undefined;
  #isClosed = false;

  /** Starts without checks, and without watching for changes. */
  constructor(parts: ProgramHealthParts) {
    this.#parts = parts;
    this.#checks = new OwnChecks({
      report: (report) => this.#report(report),
      retract: (name) => this.#retract(name),
    }, parts.settings.staleAfterMs);
    const add: MetricsHealth["add"] = (name, check, options) => this.#checks.add(name, check, options);
    this.surface = Object.assign(() => this.#read(), { add });
  }

  /** Announces changes from now on. */
  listen(): void {
    if (this.#watch !== undefined || this.#isClosed) return;
    const { client, settings: { recoverAfterMs }, nowMs, notify } = this.#parts;
    const watch = this.#watch = new HealthWatch({ recoverAfterMs, nowMs, troubles: () => client.troubles, notify });
    client.watchHealth((state) => watch.note(client.isAlive ? state : this.#withoutAggregator(state.reasons.join())));
  }

  /** Stops checks and announcements. */
  close(): void {
    this.#isClosed = true;
    this.#checks.close();
    this.#watch?.close();
  }

  #report(report: CheckReport): void {
    this.#reports.take(report, this.#parts.nowMs());
    this.#parts.client.report(report);
  }

  #retract(name: string): void {
    this.#reports.retract(name);
    this.#parts.client.retract(name);
  }

  async #read(): Promise<Health> {
    const { ask, client } = this.#parts;
    try {
      return withServing(await ask(), client.troubles);
    } catch (error) {
      return this.#withoutAggregator(error instanceof Error ? error.message : String(error));
    }
  }

  /** Health as far as this thread knows it. */
  #withoutAggregator(reason: string): Health {
    const { client, nowMs } = this.#parts;
    const aggregator = { name: "aggregator", status: client.downStatus, reason };
    const checks = [aggregator, ...this.#isClosed ? [] : this.#reports.results(nowMs())];
    return { ...overall(checks), checks, isReady: false, uptimeSeconds: 0 };
  }
}

/** Adds problems of serving to a health. */
function withServing(health: Health, troubles: readonly string[]): Health {
  const checks = troubles.map((reason) => ({ name: "serving", status: "DEGRADED", reason }) as const);
  return withTroubles({ ...health, checks: [...health.checks, ...checks] }, troubles);
}

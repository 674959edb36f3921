/**
 * Aggregator on the calling thread, behind the same interface as one in a worker.
 *
 * @module
 */

import { typeError } from "../check/errors.ts";
import type { CheckReport, HealthState, HealthStatus } from "../model/health_status.ts";
import type { Announcement, SloBreach } from "../model/model.ts";
import type { ListenAddress, ListenOptions } from "../model/serving.ts";
import type { SharedSettings } from "../ring/shared_settings.ts";
import { Aggregator } from "../aggregate/aggregator.ts";
import { createSpanSinks } from "../keep/push/sinks.ts";
import type { AggregatorClient } from "./client.ts";
import { HEALTH_INTERVAL_MS } from "./health_sender.ts";
import { type RequestHandlers, requestHandlers } from "./handlers.ts";
import type { RequestName, Requests, ThreadSetup } from "./protocol.ts";

/** Client of an aggregator on the same thread. */
export class InlineClient implements AggregatorClient {
  readonly ready: Promise<void> = Promise.resolve();
  readonly downStatus: HealthStatus = "CRITICAL";
  readonly troubles: readonly string[] = [];
  readonly announce: (announcement: Announcement) => void;
  readonly #aggregator: Aggregator;
  readonly #handlers: RequestHandlers;
  #onBreaches: ((breaches: readonly SloBreach[]) => void) | undefined;
  #onHealth: ((state: HealthState) => void) | undefined;
  readonly #nowMs: () => number;
  #healthDueMs = Number.NEGATIVE_INFINITY;
  #isEnded = false;

  /**
   * Creates the aggregator.
   *
   * @param setup Settings of the aggregator
   * @param ring Ring to drain
   * @param nowMs Clock of windows, in milliseconds
   * @param settings Settings that change at run time
   */
  constructor(setup: ThreadSetup, ring: ArrayBufferLike, nowMs: () => number, settings: SharedSettings) {
    this.#nowMs = nowMs;
    this.#aggregator = new Aggregator(setup, nowMs, { settings, sinks: createSpanSinks(setup) });
    const link = this.#aggregator.intake.connect(ring);
    this.announce = (announcement) => link.state.admit(announcement);
    this.#handlers = requestHandlers(this.#aggregator);
  }

  get isRunning(): boolean {
    return !this.#isEnded;
  }

  get isAlive(): boolean {
    return !this.#isEnded;
  }

  /** Always `false`, because there is no worker. */
  get isUnstartable(): boolean {
    return false;
  }

  /** Throws, because other threads can only reach an aggregator in a worker. */
  connect(): never {
    throw typeError("connect a thread", "aggregation", 'be "worker"', "inline");
  }

  listen(options: ListenOptions): Promise<ListenAddress> {
    return this.request("listen", options);
  }

  async unlisten(): Promise<void> {
    if (!this.#isEnded) await this.request("unlisten", undefined);
  }

  async request<Name extends RequestName>(name: Name, argument: Requests[Name][0]): Promise<Requests[Name][1]> {
    if (this.#isEnded) throw new Error("Cannot reach the aggregator: it is closed");
    const answer = await this.#handlers[name](argument);
    this.#notify();
    return answer;
  }

  /** Does nothing, because an open server keeps its thread alive. */
  hold(): void {}

  /** Does nothing. */
  release(): void {}

  watchBreaches(onBreaches: (breaches: readonly SloBreach[]) => void): void {
    this.#onBreaches = onBreaches;
  }

  watchHealth(onHealth: (state: HealthState) => void): void {
    this.#onHealth = onHealth;
  }

  report(report: CheckReport): void {
    this.#aggregator.takeReport(report);
  }

  retract(name: string): void {
    this.#aggregator.retractReport(name);
  }

  tick(): void {
    this.#aggregator.intake.drainAll();
    this.#notify();
  }

  end(): Promise<void> {
    this.#isEnded = true;
    return Promise.resolve();
  }

  /** Calls the listeners. Called after a drain, not within it, because a listener may cause the next one. */
  #notify(): void {
    if (this.#onBreaches !== undefined) {
      const breaches = this.#aggregator.intake.takeBreaches();
      if (breaches.length > 0) this.#onBreaches(breaches);
    }
    const nowMs = this.#nowMs();
    if (this.#onHealth === undefined || nowMs < this.#healthDueMs) return;
    this.#healthDueMs = nowMs + HEALTH_INTERVAL_MS;
    this.#onHealth(this.#aggregator.judge());
  }
}

/**
 * An aggregator on the calling thread, behind the same line as one in a worker.
 *
 * @module
 */

import { typeError } from "../check/errors.ts";
import type { CheckReport, HealthState } from "../model/health_status.ts";
import type { Announcement, SloBreach } from "../model/model.ts";
import type { ListenAddress, ListenOptions } from "../model/serving.ts";
import type { SharedSettings } from "../ring/shared_settings.ts";
import { Aggregator } from "../aggregate/aggregator.ts";
import { createSpanSinks } from "../keep/push/sinks.ts";
import type { AggregatorClient } from "./client.ts";
import { HEALTH_INTERVAL_MS } from "./health_sender.ts";
import { type RequestHandlers, requestHandlers } from "./handlers.ts";
import type { RequestName, Requests, ThreadSetup } from "./protocol.ts";

/** A line to an aggregator on the same thread. */
export class InlineClient implements AggregatorClient {
  /** See {@linkcode AggregatorClient.ready}. */
  readonly ready: Promise<void> = Promise.resolve();
  /** See {@linkcode AggregatorClient.troubles}. */
  readonly troubles: readonly string[] = [];
  /** See {@linkcode AggregatorClient.announce}. */
  readonly announce: (news: Announcement) => void;
  readonly #aggregator: Aggregator;
  readonly #handlers: RequestHandlers;
  #tellBreaches: ((breaches: readonly SloBreach[]) => void) | undefined;
  #tellHealth: ((state: HealthState) => void) | undefined;
  readonly #nowMs: () => number;
  #healthDueMs = Number.NEGATIVE_INFINITY;
  #isEnded = false;

  /**
   * Starts aggregating.
   *
   * @param setup How
   * @param ring The ring to drain
   * @param nowMs The clock of windows
   * @param settings What can be changed at run time
   */
  constructor(setup: ThreadSetup, ring: ArrayBufferLike, nowMs: () => number, settings: SharedSettings) {
    this.#nowMs = nowMs;
    this.#aggregator = new Aggregator(setup, nowMs, { settings, sinks: createSpanSinks(setup) });
    const link = this.#aggregator.intake.connect(ring);
    this.announce = (news) => link.state.admit(news);
    this.#handlers = requestHandlers(this.#aggregator);
  }

  /** See {@linkcode AggregatorClient.isRunning}. */
  get isRunning(): boolean {
    return !this.#isEnded;
  }

  /** See {@linkcode AggregatorClient.isAlive}. */
  get isAlive(): boolean {
    return !this.#isEnded;
  }

  /** Never: it has no worker. */
  get isUnstartable(): boolean {
    return false;
  }

  /** Not possible: other threads only reach an aggregator that is a thread itself. */
  connect(): never {
    throw typeError("connect a thread", "aggregation", 'be "worker"', "inline");
  }

  /** See {@linkcode AggregatorClient.listen}. */
  listen(options: ListenOptions): Promise<ListenAddress> {
    return this.request("listen", options);
  }

  /** See {@linkcode AggregatorClient.unlisten}. */
  async unlisten(): Promise<void> {
    if (!this.#isEnded) await this.request("unlisten", undefined);
  }

  /** See {@linkcode AggregatorClient.request}. */
  async request<Name extends RequestName>(name: Name, argument: Requests[Name][0]): Promise<Requests[Name][1]> {
    if (this.#isEnded) throw new Error("Cannot reach the aggregator: it is closed");
    const answer = await this.#handlers[name](argument);
    this.#tell();
    return answer;
  }

  /** Nothing to do: an open server keeps the thread it runs on alive. */
  hold(): void {}

  /** Nothing to do. */
  release(): void {}

  /** See {@linkcode AggregatorClient.watchBreaches}. */
  watchBreaches(tell: (breaches: readonly SloBreach[]) => void): void {
    this.#tellBreaches = tell;
  }

  /** See {@linkcode AggregatorClient.watchHealth}. */
  watchHealth(tell: (state: HealthState) => void): void {
    this.#tellHealth = tell;
  }

  /** See {@linkcode AggregatorClient.report}. */
  report(report: CheckReport): void {
    this.#aggregator.takeReport(report);
  }

  /** See {@linkcode AggregatorClient.retract}. */
  retract(name: string): void {
    this.#aggregator.retractReport(name);
  }

  /** See {@linkcode AggregatorClient.tick}. */
  tick(): void {
    this.#aggregator.intake.drainAll();
    this.#tell();
  }

  /** See {@linkcode AggregatorClient.end}. */
  end(): Promise<void> {
    this.#isEnded = true;
    return Promise.resolve();
  }

  /** After a drain, not within: what is told may ask for the next one. */
  #tell(): void {
    if (this.#tellBreaches !== undefined) {
      const breaches = this.#aggregator.intake.takeBreaches();
      if (breaches.length > 0) this.#tellBreaches(breaches);
    }
    const nowMs = this.#nowMs();
    if (this.#tellHealth === undefined || nowMs < this.#healthDueMs) return;
    this.#healthDueMs = nowMs + HEALTH_INTERVAL_MS;
    this.#tellHealth(this.#aggregator.judge());
  }
}

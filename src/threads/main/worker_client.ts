/**
 * Client of an aggregator in a supervised worker. While there is no worker, requests are rejected, except for lasting
 * ones.
 *
 * It keeps the program alive only while a request is pending or the metrics are served.
 *
 * @module
 */

import type { MessagePort } from "node:worker_threads";
import type { CheckReport, HealthState, HealthStatus } from "../../model/health_status.ts";
import type { Announcement, SloBreach } from "../../model/model.ts";
import type { ListenAddress, ListenOptions } from "../../model/serving.ts";
import type { AggregatorClient, ConnectionParts } from "../client.ts";
import type { AggregatorToMain, RequestName, Requests } from "../protocol.ts";
import { RequestChannel } from "../request_channel.ts";
import { Serving } from "./serving.ts";
import { isReading, SharedReads } from "./shared_reads.ts";
import { reportOnce } from "./start_failure.ts";
import { type OpenChannel, ThreadConnections } from "./thread_connections.ts";
import type { Run } from "./worker_run.ts";
import { type RunParts, WorkerSupervisor } from "./worker_supervisor.ts";

/** Failures in a row from which on the aggregator counts as dead: the third follows the first after 300 ms or more. */
const FAILURES_CRITICAL = 3;

/** Parts of a {@linkcode WorkerClient}. */
export interface WorkerClientParts extends RunParts {
  /** Called with an instrument of the main thread that another thread has removed. */
  readonly noteRemoved: (instrument: number) => void;
  /** Opens the channels of attached threads; `new MessageChannel()` by default. */
  readonly openChannel?: OpenChannel;
}

/** Client of an aggregator in a worker. */
export class WorkerClient implements AggregatorClient {
  readonly ready: Promise<void>;
  readonly #noteRemoved: (instrument: number) => void;
  readonly #channel: RequestChannel<Requests, AggregatorToMain>;
  readonly #connections: ThreadConnections;
  readonly #supervisor: WorkerSupervisor;
  readonly #reads: SharedReads;
  readonly #serving: Serving;
  readonly #settleReady: PromiseWithResolvers<void> = Promise.withResolvers();
  #holds = 0;
  /** Number of holds since the start. */
  #holdsEver = 0;
  #onBreaches: ((breaches: readonly SloBreach[]) => void) | undefined;
  #onHealth: ((state: HealthState) => void) | undefined;
  /** Last results of the program's own checks, by name. */
  readonly #reports: Map<string, CheckReport> = new Map();

  /** Starts the worker. */
  constructor(parts: WorkerClientParts) {
    this.#noteRemoved = parts.noteRemoved;
    const { openChannel } = parts;
    this.#connections = new ThreadConnections((message, ports) => this.#channel.send(message, ports), openChannel);
    this.#supervisor = new WorkerSupervisor(parts, this.#connections, {
      onStarted: () => this.#settleReady.resolve(),
      onFailed: (reason) => this.#suspend(reason),
      onRestarted: (port) => this.#resume(port),
      onUnstartable: (reason) => this.#endUnstartable(reason),
    });
    this.#channel = new RequestChannel(this.#supervisor.start(), (message: AggregatorToMain) => this.#receive(message));
    this.#reads = new SharedReads((name, argument) => this.#channel.request(name, argument as never));
    this.#serving = new Serving(this.#channel);
    this.ready = this.#settleReady.promise;
    // A program that does not await `ready` must not fail with an unhandled rejection.
    this.ready.catch(() => {});
  }

  get isRunning(): boolean {
    return this.#supervisor.isStarted && this.isAlive;
  }

  get isAlive(): boolean {
    return this.#channel.failure === undefined;
  }

  get isUnstartable(): boolean {
    return this.#supervisor.startFailure !== undefined;
  }

  /** `CRITICAL` only if restarts do not help: a load balancer need not act on an outage of a moment. */
  get downStatus(): HealthStatus {
    return this.#channel.hasEnded || this.#supervisor.failures >= FAILURES_CRITICAL ? "CRITICAL" : "DEGRADED";
  }

  get troubles(): readonly string[] {
    const { trouble } = this.#serving;
    return trouble === undefined ? [] : [trouble];
  }

  announce(announcement: Announcement): void {
    if (announcement.kind === "undefine") this.#supervisor.clashing.delete(announcement.instrument);
    this.#channel.send({ type: "announce", announcement });
  }

  connect(ringCapacity: number): ConnectionParts | undefined {
    if (this.#channel.failure !== undefined && this.#channel.hasEnded) {
      if (this.isUnstartable) return undefined;
      throw this.#channel.failure;
    }
    return this.#connections.connect(ringCapacity);
  }

  async request<Name extends RequestName>(name: Name, argument: Requests[Name][0]): Promise<Requests[Name][1]> {
    if (isReading(name)) return await this.#reads.read(name, argument as never) as Requests[Name][1];
    if (name !== "close" && name !== "flush") return await this.#channel.request(name, argument);
    if (name === "close") this.#hurryToClose();
    this.hold();
    try {
      return await this.#channel.request(name, argument, true);
    } catch (error) {
      // The failure is not reported to the program.
      const { startFailure } = this.#supervisor;
      if (startFailure !== undefined) reportOnce(startFailure);
      throw error;
    } finally {
      this.release();
    }
  }

  async listen(options: ListenOptions): Promise<ListenAddress> {
    this.hold();
    try {
      return await this.#serving.listen(options);
    } finally {
      this.release();
    }
  }

  unlisten(): Promise<void> {
    return this.#serving.unlisten();
  }

  hold(): void {
    this.#channel.hold();
    this.#holds += 1;
    this.#holdsEver += 1;
    this.#keepAlive();
  }

  release(): void {
    this.#channel.release();
    this.#holds -= 1;
    this.#keepAlive();
  }

  watchBreaches(onBreaches: (breaches: readonly SloBreach[]) => void): void {
    this.#onBreaches = onBreaches;
    this.#channel.send({ type: "awaitBreaches" });
  }

  watchHealth(onHealth: (state: HealthState) => void): void {
    this.#onHealth = onHealth;
    this.#channel.send({ type: "awaitHealth" });
    if (!this.isAlive) queueMicrotask(() => this.#notifyDown());
  }

  report(report: CheckReport): void {
    this.#reports.set(report.name, report);
    this.#channel.send({ type: "report", report });
  }

  retract(name: string): void {
    this.#reports.delete(name);
    this.#channel.send({ type: "retract", name });
  }

  /** Does nothing, because the worker drains by itself. */
  tick(): void {}

  async end(): Promise<void> {
    const run = this.#endForGood("it is closed");
    this.#channel.close();
    await run?.terminate();
  }

  #receive(message: AggregatorToMain): void {
    switch (message.type) {
      case "ready":
        return this.#supervisor.noteStarted();
      case "unstarted":
        return this.#supervisor.noteUnstarted(message.message);
      case "failed":
        return this.#supervisor.noteFailed(message.message);
      case "clash":
        if (message.thread === undefined) this.#supervisor.clashing.add(message.instrument);
        else this.#connections.noteClash(message.thread, message.instrument);
        return;
      case "removed":
        if (message.thread === undefined) this.#noteRemoved(message.instrument);
        else this.#connections.noteRemoved(message.thread, message.instrument);
        return;
      case "departed":
      case "forgotten":
        return this.#connections.settle(message);
      case "breaches":
        this.#onBreaches?.(message.breaches);
        return this.#channel.send({ type: "awaitBreaches" });
      case "health":
        // The worker may have failed meanwhile.
        if (!this.#supervisor.hasRun) return;
        this.#onHealth?.(message.state);
        return this.#channel.send({ type: "awaitHealth" });
    }
  }

  #suspend(reason: string): void {
    this.#channel.suspend(reason);
    this.#notifyDown();
  }

  #resume(port: MessagePort): void {
    this.#channel.resume(port);
    if (this.#onBreaches !== undefined) this.#channel.send({ type: "awaitBreaches" });
    for (const report of this.#reports.values()) this.#channel.send({ type: "report", report });
    if (this.#onHealth !== undefined) this.#channel.send({ type: "awaitHealth" });
    this.#serving.resume();
  }

  #hurryToClose(): void {
    this.#reads.sendAll();
    this.#serving.forget();
    this.#supervisor.hurry();
  }

  #endUnstartable(reason: string): void {
    this.#endForGood(reason);
    // Pending requests are rejected with the reason. A program that has just created the metrics may be about to send
    // one.
    const before = this.#holdsEver;
    if (this.#holds === 0) setTimeout(() => this.#holdsEver === before && reportOnce(reason));
  }

  /** Ends everything but the worker, which is returned if there is one. */
  #endForGood(reason: string): Run | undefined {
    const run = this.#supervisor.stop();
    this.#serving.forget();
    this.#channel.fail(reason);
    this.#connections.end(reason, this.isUnstartable);
    this.#settleReady.reject(this.#channel.failure);
    this.#notifyDown();
    return run;
  }

  /** Reports the health without an aggregator, which cannot report it itself. */
  #notifyDown(): void {
    const { failure } = this.#channel;
    if (failure !== undefined) this.#onHealth?.({ status: this.downStatus, reasons: [failure.message] });
  }

  #keepAlive(): void {
    this.#supervisor.isHeld = this.#holds > 0;
    this.#serving.isHeld = this.#holds > 0;
  }
}

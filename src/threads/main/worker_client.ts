/**
 * Starts the aggregator in a worker, talks to it, and starts it again when it fails.
 *
 * Everything that must not be lost outlives the worker: rings, cells and what the threads have announced. A new worker
 * goes on from there. It waits longer before each start, as long as the worker keeps failing; meanwhile requests are
 * refused. Only if the very first one cannot even load its module, there is no second; and if none of the first few
 * starts, there are no more.
 *
 * Nothing here keeps the program alive, except while a request is under way or something is served.
 *
 * @module
 */

import type { CheckReport, HealthState } from "../../model/health_status.ts";
import type { Announcement, SloBreach } from "../../model/model.ts";
import type { ListenAddress, ListenOptions } from "../../model/serving.ts";
import { Taken } from "../../ring/layout.ts";
import { RingOwner } from "../../ring/ring_owner.ts";
import type { SettingsBuffers } from "../../ring/shared_settings.ts";
import { type OpenChannel, ThreadConnections } from "./thread_connections.ts";
import type { AggregatorClient, ConnectionParts } from "../client.ts";
import { RequestChannel } from "../request_channel.ts";
import { NO_PREVIOUS_RUN, type PreviousRun } from "../../aggregate/series/previous_run.ts";
import type { AggregatorToMain, RequestName, Requests, ThreadSetup } from "../protocol.ts";
import { Retry } from "./retry.ts";
import { Serving } from "./serving.ts";
import { reportOnce, startFailure } from "./start_failure.ts";
import { type Run, type StartRun, startWorker } from "./worker_run.ts";

/** How soon it is looked again whether what the last worker and other threads have said was heard. */
const BEHIND_INTERVAL_MS = 1;
/** How many workers in a row may fail before one has ever started: with the back-off, over a second and a half. */
const FIRST_STARTS_MAX = 5;

/** What a {@linkcode WorkerClient} is made from. */
export interface WorkerClientParts {
  /** How the aggregator works. */
  readonly setup: ThreadSetup;
  /** The main thread's ring. */
  readonly ring: ArrayBufferLike;
  /** What wakes the worker. */
  readonly doorbell: ArrayBufferLike;
  /** What can be changed at run time. */
  readonly settings: SettingsBuffers;
  /** The clock that those go by. */
  readonly settingsMs: () => number;
  /** All that the main thread has announced and that is still so. */
  readonly announcements: () => readonly Announcement[];
  /** Called with an instrument of the main thread's that another has removed. */
  readonly noteRemoved: (instrument: number) => void;
  /** Starts a worker; {@linkcode startWorker} by default. */
  readonly startRun?: StartRun;
  /** Makes the lines of other threads; `new MessageChannel()` by default. */
  readonly openChannel?: OpenChannel;
}

/** A line to an aggregator in a worker. */
export class WorkerClient implements AggregatorClient {
  /** See {@linkcode AggregatorClient.ready}. */
  readonly ready: Promise<void>;
  readonly #parts: WorkerClientParts;
  readonly #bornMs: number = performance.now();
  readonly #ring: RingOwner;
  readonly #threads: ThreadConnections;
  readonly #line: RequestChannel<Requests, AggregatorToMain>;
  readonly #serving: Serving;
  readonly #restart: Retry = new Retry(() => this.#startAgain());
  readonly #settleReady: PromiseWithResolvers<void> = Promise.withResolvers();
  /** The instruments of this thread that others had defined differently before. */
  readonly #clashing: Set<number> = new Set();
  /** `undefined` while there is none. */
  #run: Run | undefined;
  /** The last one that has failed. */
  #failedRun: Run | undefined;
  #isClosing = false;
  #isFirst = true;
  #isStarted = false;
  /** Whether one has ever started. */
  #hasStarted = false;
  #startFailures = 0;
  /** Why no worker can start; `undefined` as long as one may. */
  #startFailure: string | undefined;
  #restarts = 0;
  #recordsLost = 0;
  #lostAtMs = Number.NEGATIVE_INFINITY;
  #holds = 0;
  /** How many there have been. */
  #holdsEver = 0;
  #tellBreaches: ((breaches: readonly SloBreach[]) => void) | undefined;
  #tellHealth: ((state: HealthState) => void) | undefined;
  /** What the program's own checks have last come to. */
  readonly #reports: Map<string, CheckReport> = new Map();

  /** Starts the worker. */
  constructor(parts: WorkerClientParts) {
    this.#parts = parts;
    this.#ring = new RingOwner(parts.ring);
    this.#threads = new ThreadConnections((message, transfer) => this.#line.say(message, transfer), parts.openChannel);
    this.#run = this.#startRun([]);
    this.#line = new RequestChannel(this.#run.port, (message: AggregatorToMain) => this.#receive(message));
    this.#serving = new Serving(this.#line);
    this.ready = this.#settleReady.promise;
    // Whoever awaits it sees the failure; a program that does not care goes on.
    this.ready.catch(() => {});
  }

  /** See {@linkcode AggregatorClient.isRunning}. */
  get isRunning(): boolean {
    return this.#isStarted && this.isAlive;
  }

  /** See {@linkcode AggregatorClient.isAlive}. */
  get isAlive(): boolean {
    return this.#line.failure === undefined;
  }

  /** See {@linkcode AggregatorClient.isUnstartable}. */
  get isUnstartable(): boolean {
    return this.#startFailure !== undefined;
  }

  /** See {@linkcode AggregatorClient.troubles}. */
  get troubles(): readonly string[] {
    const { trouble } = this.#serving;
    return trouble === undefined ? [] : [trouble];
  }

  /** See {@linkcode AggregatorClient.announce}. */
  announce(news: Announcement): void {
    if (news.kind === "undefine") this.#clashing.delete(news.instrument);
    this.#line.say({ type: "announce", news });
  }

  /** See {@linkcode AggregatorClient.connect}. */
  connect(ringCapacity: number): ConnectionParts | undefined {
    if (this.#line.failure !== undefined && this.#line.hasEnded) {
      if (this.isUnstartable) return undefined;
      throw this.#line.failure;
    }
    return this.#threads.connect(ringCapacity);
  }

  /** See {@linkcode AggregatorClient.request}. */
  async request<Name extends RequestName>(name: Name, argument: Requests[Name][0]): Promise<Requests[Name][1]> {
    if (name !== "close" && name !== "flush") return await this.#line.request(name, argument);
    if (name === "close") this.#hurryToClose();
    this.hold();
    try {
      return await this.#line.request(name, argument, true);
    } catch (error) {
      // The program does not see this failure.
      if (this.#startFailure !== undefined) reportOnce(this.#startFailure);
      throw error;
    } finally {
      this.release();
    }
  }

  /** See {@linkcode AggregatorClient.listen}. */
  async listen(options: ListenOptions): Promise<ListenAddress> {
    this.hold();
    try {
      return await this.#serving.listen(options);
    } finally {
      this.release();
    }
  }

  /** See {@linkcode AggregatorClient.unlisten}. */
  unlisten(): Promise<void> {
    return this.#serving.unlisten();
  }

  /** See {@linkcode AggregatorClient.hold}. */
  hold(): void {
    this.#line.hold();
    this.#holds += 1;
    this.#holdsEver += 1;
    this.#keepAlive();
  }

  /** See {@linkcode AggregatorClient.release}. */
  release(): void {
    this.#line.release();
    this.#holds -= 1;
    this.#keepAlive();
  }

  /** See {@linkcode AggregatorClient.watchBreaches}. */
  watchBreaches(tell: (breaches: readonly SloBreach[]) => void): void {
    this.#tellBreaches = tell;
    this.#line.say({ type: "awaitBreaches" });
  }

  /** See {@linkcode AggregatorClient.watchHealth}. */
  watchHealth(tell: (state: HealthState) => void): void {
    this.#tellHealth = tell;
    this.#line.say({ type: "awaitHealth" });
    if (!this.isAlive) queueMicrotask(() => this.#tellDown());
  }

  /** See {@linkcode AggregatorClient.report}. */
  report(report: CheckReport): void {
    this.#reports.set(report.name, report);
    this.#line.say({ type: "report", report });
  }

  /** See {@linkcode AggregatorClient.retract}. */
  retract(name: string): void {
    this.#reports.delete(name);
    this.#line.say({ type: "retract", name });
  }

  /** Nothing to do: the worker drains by itself. */
  tick(): void {}

  /** See {@linkcode AggregatorClient.end}. */
  async end(): Promise<void> {
    const run = this.#run;
    this.#endForGood("it is closed");
    this.#line.close();
    await run?.terminate();
  }

  #receive(message: AggregatorToMain): void {
    switch (message.type) {
      case "ready":
        return this.#noteStarted();
      case "unstarted":
        return this.#noteUnstarted(startFailure(message.message));
      case "failed":
        return this.#noteDeath(this.#run, `its worker failed: ${message.message}`);
      case "clash":
        if (message.thread === undefined) this.#clashing.add(message.instrument);
        else this.#threads.noteClash(message.thread, message.instrument);
        return;
      case "removed":
        if (message.thread === undefined) this.#parts.noteRemoved(message.instrument);
        else this.#threads.noteRemoved(message.thread, message.instrument);
        return;
      case "gone":
      case "forgotten":
        return this.#threads.settle(message);
      case "breaches":
        this.#tellBreaches?.(message.breaches);
        return this.#line.say({ type: "awaitBreaches" });
      case "health":
        // Of one that has failed meanwhile.
        if (this.#run === undefined) return;
        this.#tellHealth?.(message.state);
        return this.#line.say({ type: "awaitHealth" });
    }
  }

  #noteStarted(): void {
    // Of one that was ended before it could say so.
    if (this.#run === undefined) return;
    this.#isStarted = true;
    this.#hasStarted = true;
    this.#startFailure = undefined;
    if (!this.#isFirst) this.#restarts += 1;
    this.#restart.noteSuccess();
    this.#settleReady.resolve();
  }

  #noteUnstarted(reason: string): void {
    if (this.#run === undefined) return;
    if (this.#isFirst) return this.#endUnstartable(reason);
    this.#startFailure = reason;
    reportOnce(reason);
    this.#noteDeath(this.#run, reason);
  }

  #noteDeath(run: Run | undefined, reason: string): void {
    if (run === undefined || run !== this.#run) return;
    this.#run = undefined;
    this.#failedRun = run;
    this.#isStarted = false;
    this.#ring.dismissReader();
    run.terminate();
    if (this.#givesUp(reason)) return;
    const full = `${reason}; it is started again`;
    this.#line.suspend(full);
    this.#threads.suspend(full);
    this.#scheduleRestart();
    this.#tellDown();
  }

  /** The next attempt to start a worker is due later, or now if one is needed to close. */
  #scheduleRestart(): void {
    this.#restart.noteFailure();
    if (this.#isClosing) this.#restart.wait(BEHIND_INTERVAL_MS);
  }

  #startAgain(): void {
    // What a worker has known, the next one must know, or counters would be gone for a while.
    if (this.#failedRun?.isOver === false || this.#threads.isBehind) return this.#restart.wait(BEHIND_INTERVAL_MS);
    this.#isFirst = false;
    this.#noteLosses();
    try {
      this.#run = this.#startRun(this.#parts.announcements());
    } catch (error) {
      if (!this.#givesUp(`its worker failed: ${error}`)) this.#scheduleRestart();
      return;
    }
    this.#line.resume(this.#run.port);
    this.#threads.resume();
    if (this.#tellBreaches !== undefined) this.#line.say({ type: "awaitBreaches" });
    for (const report of this.#reports.values()) this.#line.say({ type: "report", report });
    if (this.#tellHealth !== undefined) this.#line.say({ type: "awaitHealth" });
    this.#serving.resume();
  }

  /** Whether that was the last of the first starts, all of which have failed. */
  #givesUp(reason: string): boolean {
    if (this.#hasStarted || ++this.#startFailures < FIRST_STARTS_MAX) return false;
    this.#endUnstartable(`it failed at each of ${FIRST_STARTS_MAX} starts, at last because ${reason}`);
    return true;
  }

  #startRun(news: readonly Announcement[]): Run {
    const { setup, doorbell, settings, settingsMs, ring, startRun = startWorker } = this.#parts;
    const run: Run = startRun({
      setup,
      doorbell,
      settings,
      settingsMs: settingsMs(),
      previous: this.#previous(),
      main: { ring, reader: this.#ring.reader, news, clashing: this.#clashing },
      threads: this.#threads.starts(),
    }, (reason) => this.#noteDeath(run, reason));
    return run;
  }

  #previous(): PreviousRun {
    const uptimeMs = performance.now() - this.#bornMs;
    if (this.#isFirst) return { ...NO_PREVIOUS_RUN, uptimeMs };
    const { counts, taken } = this.#threads.departed;
    return {
      restarts: this.#restarts + 1,
      lostAgoMs: performance.now() - this.#lostAtMs,
      uptimeMs,
      counts,
      taken,
      departed: this.#threads.departed.left(),
    };
  }

  /** Everything that was ever recorded was in distributions that are gone now; the aggregator counts it. */
  #noteLosses(): void {
    const rings = [this.#ring, ...this.#threads.owners()];
    const left = this.#threads.departed.taken[Taken.recorded];
    const recorded = rings.reduce((total, { taken }) => total + taken.at(Taken.recorded), left);
    if (recorded > this.#recordsLost) this.#lostAtMs = performance.now();
    this.#recordsLost = recorded;
  }

  /** If there is no worker to take what is left, one is started for it at once. */
  #hurryToClose(): void {
    this.#serving.forget();
    this.#isClosing = true;
    this.#restart.hurry();
  }

  #endUnstartable(reason: string): void {
    this.#startFailure = reason;
    this.#endForGood(reason);
    // Whoever waits is refused with the reason. A program that has just created the metrics may be about to.
    const before = this.#holdsEver;
    if (this.#holds === 0) setTimeout(() => this.#holdsEver === before && reportOnce(reason));
  }

  #endForGood(reason: string): void {
    this.#run = undefined;
    this.#restart.cancel();
    this.#serving.forget();
    this.#line.fail(reason);
    this.#threads.end(reason, this.isUnstartable);
    this.#settleReady.reject(this.#line.failure);
    this.#tellDown();
  }

  /** Without an aggregator nobody else can tell that there is none. */
  #tellDown(): void {
    const { failure } = this.#line;
    if (failure !== undefined) this.#tellHealth?.({ status: "CRITICAL", reasons: [failure.message] });
  }

  #keepAlive(): void {
    this.#restart.isHeld = this.#holds > 0;
    this.#serving.isHeld = this.#holds > 0;
  }
}

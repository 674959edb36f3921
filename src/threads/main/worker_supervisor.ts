/**
 * Starts the aggregator's worker, and restarts it when it fails.
 *
 * Everything that must not be lost outlives the worker: rings, cells and the announcements of all threads. The next run
 * continues with them. It is started after a delay that grows while workers keep failing. If the first worker cannot
 * load its module, or none of the first few workers starts, no further one is tried.
 *
 * @module
 */

import type { MessagePort } from "node:worker_threads";
import { NO_PREVIOUS_RUN, type PreviousRun } from "../../aggregate/series/previous_run.ts";
import type { Announcement } from "../../model/model.ts";
import { Taken } from "../../ring/layout.ts";
import { RingOwner } from "../../ring/ring_owner.ts";
import type { SettingsBuffers } from "../../ring/shared_settings.ts";
import type { ThreadSetup } from "../protocol.ts";
import { Retry } from "./retry.ts";
import { reportOnce, startFailure } from "./start_failure.ts";
import type { ThreadConnections } from "./thread_connections.ts";
import { type Run, type StartRun, startWorker } from "./worker_run.ts";

/** Milliseconds between checks whether all messages of the last worker and of other threads have arrived. */
const BEHIND_INTERVAL_MS = 1;
/** Number of workers in a row that may fail before any has ever started; with the back-off, this takes over 1.5 s. */
const FIRST_STARTS_MAX = 5;

/** Parts of a supervisor, which every run receives. */
export interface RunParts {
  /** Settings of the worker. */
  readonly setup: ThreadSetup;
  /** The main thread's ring. */
  readonly ring: ArrayBufferLike;
  /** Doorbell that wakes the worker. */
  readonly doorbell: ArrayBufferLike;
  /** Settings that change at run time. */
  readonly settings: SettingsBuffers;
  /** Clock of the settings, in milliseconds. */
  readonly settingsMs: () => number;
  /** Returns all announcements of the main thread that an aggregator without state needs. */
  readonly announcements: () => readonly Announcement[];
  /** Starts a worker; {@linkcode startWorker} by default. */
  readonly startRun?: StartRun;
}

/** Listener of a {@linkcode WorkerSupervisor}. */
export interface SupervisorListener {
  /** Called when a worker has started. */
  onStarted(): void;
  /** Called when the worker has failed and another one will be started. */
  onFailed(reason: string): void;
  /** Called with the port to the new worker when another worker was started. */
  onRestarted(port: MessagePort): void;
  /** Called when no worker can start. */
  onUnstartable(reason: string): void;
}

/** Supervises the workers of one aggregator, one at a time. */
export class WorkerSupervisor {
  /** Instruments of the main thread that other threads had already defined differently. */
  readonly clashing: Set<number> = new Set();
  readonly #parts: RunParts;
  readonly #connections: ThreadConnections;
  readonly #listener: SupervisorListener;
  readonly #ring: RingOwner;
  readonly #restart: Retry = new Retry(() => this.#startAgain());
  readonly #bornMs: number = performance.now();
  #run: Run | undefined;
  #failedRun: Run | undefined;
  #isFirst = true;
  #isClosing = false;
  #isStarted = false;
  /** Whether any worker has ever started. */
  #hasStarted = false;
  #startFailures = 0;
  #startFailure: string | undefined;
  #restarts = 0;
  #recordsLost = 0;
  #lostAtMs = Number.NEGATIVE_INFINITY;

  /** Creates a supervisor, which starts nothing before {@linkcode WorkerSupervisor.start}. */
  constructor(parts: RunParts, connections: ThreadConnections, listener: SupervisorListener) {
    this.#parts = parts;
    this.#connections = connections;
    this.#listener = listener;
    this.#ring = new RingOwner(parts.ring);
  }

  /** Whether there is a worker, started or not. */
  get hasRun(): boolean {
    return this.#run !== undefined;
  }

  /** Whether the worker has started. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Reason why workers cannot start; `undefined` while that is unknown. */
  get startFailure(): string | undefined {
    return this.#startFailure;
  }

  /** Number of workers that have failed since the last that ran well. */
  get failures(): number {
    return this.#restart.failures;
  }

  /** Whether the program stays alive for the next attempt. */
  set isHeld(isHeld: boolean) {
    this.#restart.isHeld = isHeld;
  }

  /** Starts the first worker and returns the port to it. */
  start(): MessagePort {
    this.#run = this.#startRun([]);
    return this.#run.port;
  }

  /** Notes that the worker has started. */
  noteStarted(): void {
    // The message of a terminated worker may arrive later.
    if (this.#run === undefined) return;
    this.#isStarted = true;
    this.#hasStarted = true;
    this.#startFailure = undefined;
    if (!this.#isFirst) this.#restarts += 1;
    this.#restart.noteSuccess();
    this.#listener.onStarted();
  }

  /** Notes that the worker could not start. */
  noteUnstarted(message: string): void {
    if (this.#run === undefined) return;
    const reason = startFailure(message);
    if (this.#isFirst) return this.#giveUp(reason);
    this.#startFailure = reason;
    reportOnce(reason);
    this.#noteEnd(this.#run, reason);
  }

  /** Notes that the worker has failed. */
  noteFailed(message: string): void {
    this.#noteEnd(this.#run, `its worker failed: ${message}`);
  }

  /** If there is no worker, starts the next one at once, because the metrics are closing. */
  hurry(): void {
    this.#isClosing = true;
    this.#restart.hurry();
  }

  /** Starts no more workers, and returns the running one, if any. */
  stop(): Run | undefined {
    const run = this.#run;
    this.#run = undefined;
    this.#restart.cancel();
    return run;
  }

  #noteEnd(run: Run | undefined, reason: string): void {
    if (run === undefined || run !== this.#run) return;
    this.#run = undefined;
    this.#failedRun = run;
    this.#isStarted = false;
    this.#ring.dismissReader();
    run.terminate();
    if (this.#givesUp(reason)) return;
    const full = `${reason}; it is being restarted`;
    this.#connections.suspend(full);
    this.#scheduleRestart();
    this.#listener.onFailed(full);
  }

  /** Schedules the next start, which is due at once if a worker is needed to close. */
  #scheduleRestart(): void {
    this.#restart.noteFailure();
    if (this.#isClosing) this.#restart.wait(BEHIND_INTERVAL_MS);
  }

  #startAgain(): void {
    // The next worker must know everything that the last one knew, or counters would be missing for a while.
    if (this.#failedRun?.isOver === false || this.#connections.isBehind) return this.#restart.wait(BEHIND_INTERVAL_MS);
    this.#isFirst = false;
    this.#noteLosses();
    try {
      this.#run = this.#startRun(this.#parts.announcements());
    } catch (error) {
      if (!this.#givesUp(`its worker failed: ${error}`)) this.#scheduleRestart();
      return;
    }
    this.#listener.onRestarted(this.#run.port);
    this.#connections.resume();
  }

  /** Gives up after the last of the first starts, if all have failed, and returns whether it does. */
  #givesUp(reason: string): boolean {
    if (this.#hasStarted || ++this.#startFailures < FIRST_STARTS_MAX) return false;
    this.#giveUp(`it failed at each of ${FIRST_STARTS_MAX} starts, the last time because ${reason}`);
    return true;
  }

  #giveUp(reason: string): void {
    this.#startFailure = reason;
    this.#listener.onUnstartable(reason);
  }

  #startRun(announcements: readonly Announcement[]): Run {
    const { setup, doorbell, settings, settingsMs, ring, startRun = startWorker } = this.#parts;
    const run: Run = startRun({
      setup,
      doorbell,
      settings,
      settingsMs: settingsMs(),
      previous: this.#previous(),
      main: { ring, reader: this.#ring.reader, announcements, clashing: this.clashing },
      threads: this.#connections.starts(),
    }, (reason) => this.#noteEnd(run, reason));
    return run;
  }

  #previous(): PreviousRun {
    const uptimeMs = performance.now() - this.#bornMs;
    if (this.#isFirst) return { ...NO_PREVIOUS_RUN, uptimeMs };
    const { departed } = this.#connections;
    return {
      restarts: this.#restarts + 1,
      lostAgoMs: performance.now() - this.#lostAtMs,
      uptimeMs,
      counts: departed.counts,
      taken: departed.taken,
      departed: departed.counted(),
    };
  }

  /** Notes when records were last lost: those that a failed worker had taken are lost with its distributions. */
  #noteLosses(): void {
    const rings = [this.#ring, ...this.#connections.owners()];
    const departed = this.#connections.departed.taken[Taken.recorded];
    const recorded = rings.reduce((total, { taken }) => total + taken.at(Taken.recorded), departed);
    if (recorded > this.#recordsLost) this.#lostAtMs = performance.now();
    this.#recordsLost = recorded;
  }
}

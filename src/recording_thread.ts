/**
 * A recording thread: the recorder with its instruments, tracer and collectors. The main thread and each attached
 * thread have one.
 *
 * @module
 */

import { Registry } from "./instrument/registry.ts";
import { startCollectors, type ThreadCollectors } from "./instrumentation/runtime/collectors.ts";
import type { RuntimeChoice } from "./model/runtime_choice.ts";
import type { RecordSettings } from "./model/settings.ts";
import { Recorder, type RecorderParts } from "./record/recorder.ts";
import { createTracer, type ThreadTracer } from "./trace/tracer.ts";

/** Parts of a {@linkcode RecordingThread}. */
export interface RecordingThreadParts extends RecorderParts, Pick<RecordSettings, "defaults" | "tracer"> {
  /** Runtime metrics to collect. */
  readonly runtime: RuntimeChoice;
  /** Name of the thread: the label `thread` of its runtime metrics. */
  readonly thread: string;
}

/** Recorder, instruments, tracer and collectors of one thread; `Last` is the result of its end. */
export class RecordingThread<Last> {
  readonly recorder: Recorder;
  readonly registry: Registry;
  readonly trace: ThreadTracer;
  readonly #collectors: ThreadCollectors | undefined;
  #closing: Promise<Last> | undefined;
  #hasStopped = false;

  /** Starts the collectors. */
  constructor(parts: RecordingThreadParts) {
    this.recorder = new Recorder(parts);
    this.registry = new Registry(this.recorder, parts.defaults);
    this.trace = createTracer(this.recorder, this.registry, parts.tracer);
    this.#collectors = startCollectors(parts.runtime, this.registry, parts.thread);
  }

  /** Whether {@linkcode RecordingThread.close} was called. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Pending end, which a read must wait for; `undefined` before {@linkcode RecordingThread.close}, and inside of a
   * gauge's callback that the end waits for.
   */
  get closing(): Promise<Last> | undefined {
    return this.#isWaitingForCallback ? undefined : this.#closing;
  }

  /** Calls collectors and gauges' callbacks for a read, and returns what must be waited for, if anything. */
  collect(): Promise<void> | undefined {
    if (this.#hasStopped) return undefined;
    this.#collectors?.collect();
    return this.registry.collectToRead();
  }

  /** Publishes everything recorded so far. */
  publish(): void {
    this.trace.look();
    this.recorder.publish();
  }

  /** Calls the gauges' callbacks that are due, and publishes. */
  tick(): void {
    this.registry.collect();
    this.publish();
  }

  /**
   * Ends recording; further calls return the same promise.
   *
   * @param finish Called after the last callbacks of gauges; must call {@linkcode RecordingThread.stop}
   * @returns Its result; `undefined` inside of a gauge's callback that the end waits for
   */
  close(finish: () => Promise<Last>): Promise<Last> | undefined {
    if (this.#closing !== undefined) return this.closing;
    // Set before anything else, because a gauge's callback may close the metrics too and must not wait for itself.
    const { promise, resolve } = Promise.withResolvers<Last>();
    this.#closing = promise;
    resolve(this.#finish(finish));
    return promise;
  }

  /** Publishes for the last time; from now on nothing is recorded. */
  stop(): void {
    this.#hasStopped = true;
    this.registry.endCollect();
    this.#collectors?.close();
    this.recorder.close();
  }

  get #isWaitingForCallback(): boolean {
    return !this.#hasStopped && this.registry.isInsideCollect;
  }

  async #finish(finish: () => Promise<Last>): Promise<Last> {
    const collecting = this.registry.collectToRead();
    if (collecting !== undefined) await collecting;
    return await finish();
  }
}

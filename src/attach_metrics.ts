/**
 * Metrics on an attached thread: its instruments, ring and cells, and a direct channel to the aggregator, so that it
 * records and flushes while the main thread is busy.
 *
 * @module
 */

import { checkFilled, optional, orDefault } from "./check/checks.ts";
import { typeError } from "./check/errors.ts";
import { checkOptions } from "./check/options.ts";
import { checkRuntime } from "./config/kinds/runtime.ts";
import { CLOCK, type Clocked } from "./api/clocked.ts";
import type { Registry } from "./instrument/registry.ts";
import type { AttachedMetrics, AttachOptions } from "./api/attached_metrics.ts";
import { REGISTRY, withInstruments } from "./api/instruments.ts";
import type { MetricsPort } from "./api/metrics_port.ts";
import { noopMetrics } from "./noop_metrics.ts";
import { chooseClock, type Clock } from "./record/clock.ts";
import { laneOf } from "./ring/control.ts";
import { RecordingThread } from "./recording_thread.ts";
import type { Tracer } from "./trace/tracer.ts";
import { NO_RUNTIME, type RuntimeChoice } from "./model/runtime_choice.ts";
import { unrefTimer } from "./platform/unref_timer.ts";
import { checkConnection, type Connection, takeConnection } from "./threads/connection.ts";
import { UnreachableError } from "./threads/request_channel.ts";
import { AttachedClient } from "./threads/attached/attached_client.ts";

const ACTION = "attach metrics";
const OPTIONS = {
  runtime: orDefault(checkRuntime, {}),
  name: optional(checkFilled("have at least one character")),
};

/** Milliseconds between heartbeats. */
const HEARTBEAT_INTERVAL_MS = 1_000;

/**
 * Attaches this thread to the metrics of another one. Instruments with the same name and definition are combined:
 * counters are added up, distributions merged, gauges combined by their `aggregator`.
 *
 * @param port Connection from `metrics.connect()` on the other thread, received by `postMessage`
 * @param options Options of this thread
 * @returns Metrics of this thread, whose instruments may be used at once
 * @throws {TypeError} If the port is not a connection, or an option has the wrong type or is unknown
 * @throws {Error} If the port is already in use or was posted to another thread, or the metrics are closed
 *
 * @example A worker that counts
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { attachMetrics, createMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics();
 * const port = metrics.connect();
 * // On another thread, after worker.postMessage({ port }, port.transfer):
 * await using attached = await attachMetrics(port);
 * attached.counter("orders_total").inc(2);
 * await attached.flush();
 *
 * metrics.counter("orders_total").inc();
 * assertStringIncludes(await metrics.scrape(), "orders_total 3");
 * ```
 */
export async function attachMetrics(port: MetricsPort, options: AttachOptions = {}): Promise<AttachedMetrics> {
  const { runtime, name } = resolveOptions(options);
  const connection = checkConnection(port);
  if (connection === undefined) return noopMetrics;
  const taken = { ...connection, transfer: takeConnection(connection) };
  const metrics = new ThreadMetrics(taken, runtime, name ?? `worker-${connection.thread}`);
  await metrics.join();
  return metrics;
}

function resolveOptions(options: AttachOptions): { runtime: RuntimeChoice; name: string | undefined } {
  const { runtime, name } = checkOptions(ACTION, options, OPTIONS);
  if (runtime.process && options.runtime !== true) {
    throw typeError(ACTION, "runtime.process", "be an option of createMetrics", true);
  }
  return { runtime: { ...NO_RUNTIME, ...runtime }, name };
}

class ThreadMetrics extends withInstruments(Object) implements AttachedMetrics, Clocked {
  readonly [CLOCK]: Clock;
  readonly trace: Tracer;
  readonly #client: AttachedClient;
  readonly #thread: RecordingThread<void>;
  readonly #timers: readonly ReturnType<typeof setInterval>[];

  constructor({ transfer, ring, cells, seed, thread, shared }: Connection, runtime: RuntimeChoice, name: string) {
    super();
    this.#client = new AttachedClient(transfer, {
      onEnded: () => this.#stop(),
      onRemoved: (instrument) => this.#thread.registry.noteRemoved(instrument),
    });
    // An injected clock cannot be posted to another thread, and permissions may differ between threads.
    this[CLOCK] = chooseClock(shared.clock === "performance" ? "performance" : "auto").clock;
    this.#thread = new RecordingThread({
      ...shared,
      clock: this[CLOCK],
      memory: shared,
      lane: laneOf(thread),
      seed,
      ring,
      cells,
      announce: (announcement) => this.#client.announce(announcement),
      isAttached: true,
      runtime,
      thread: name,
    });
    this.trace = this.#thread.trace;
    this.#timers = [
      setInterval(() => this.#thread.tick(), shared.drainIntervalMs),
      setInterval(() => this.#client.sendHeartbeat(), HEARTBEAT_INTERVAL_MS),
    ];
    this.#timers.forEach(unrefTimer);
  }

  override [REGISTRY](): Registry {
    return this.#thread.registry;
  }

  /** Resolves once the aggregator knows this thread, or is about to be restarted and will then know it. */
  async join(): Promise<void> {
    try {
      await this.#client.request("flush");
    } catch (error) {
      if (this.#client.hasEnded || !(error instanceof UnreachableError)) throw error;
    }
  }

  async flush(): Promise<void> {
    const collecting = this.#thread.collect();
    if (collecting !== undefined) await collecting;
    const { closing } = this.#thread;
    if (closing !== undefined) return await closing;
    this.#thread.publish();
    await this.#client.request("flush", true);
  }

  async close(): Promise<void> {
    await this.#thread.close(() => this.#leave());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #leave(): Promise<void> {
    this.#stop();
    try {
      await this.#client.request("leave");
    } catch (error) {
      // If the metrics were closed first, published records are aggregated and the rest is lost. An aggregator that is
      // restarted reads everything from the memory of this thread.
      if (!(error instanceof UnreachableError)) throw error;
    } finally {
      this.#client.close();
    }
  }

  #stop(): void {
    this.#timers.forEach(clearInterval);
    this.#thread.stop();
    this.#thread.registry.freeze();
    this.#thread.recorder.release();
  }
}

/**
 * Metrics of another thread's: its instruments, a ring and cells of its own, and a line straight to
 * the aggregator, so that it records also while the thread that made the metrics is busy.
 *
 * @module
 */

import { checkFilled, optional, orDefault } from "./check/checks.ts";
import { typeError } from "./check/errors.ts";
import { checkOptions } from "./check/options.ts";
import { checkRuntime } from "./config/kinds/runtime.ts";
import { CLOCK, type Clocked } from "./api/clocked.ts";
import type { Counter, CounterFamily, CounterOptions } from "./instrument/counter.ts";
import type { Gauge, GaugeFamily, GaugeFamilyOptions, GaugeOptions } from "./instrument/gauge.ts";
import type { Histogram, HistogramFamily, HistogramOptions } from "./instrument/histogram.ts";
import { Registry } from "./instrument/registry.ts";
import type { Summary, SummaryFamily, SummaryOptions } from "./instrument/summary.ts";
import type { Timer, TimerFamily, TimerOptions } from "./instrument/timer.ts";
import type { Kpi } from "./model/kpi.ts";
import type { AttachedMetrics, AttachOptions } from "./api/attached_metrics.ts";
import type { MetricsPort } from "./api/metrics_port.ts";
import type { Instrument } from "./api/metrics.ts";
import { noopMetrics } from "./noop_metrics.ts";
import { chooseClock, type Clock } from "./record/clock.ts";
import { Recorder } from "./record/recorder.ts";
import { laneOf } from "./ring/control.ts";
import { createTracer, type ThreadTracer } from "./trace/tracer.ts";
import { NO_RUNTIME, type RuntimeChoice } from "./model/runtime_choice.ts";
import { startCollectors, type ThreadCollectors } from "./instrumentation/runtime/collectors.ts";
import { unrefTimer } from "./platform/unref_timer.ts";
import { checkConnection, type Connection, takeConnection } from "./threads/connection.ts";
import { UnreachableError } from "./threads/request_channel.ts";
import { AttachedClient } from "./threads/attached/attached_client.ts";

const ACTION = "attach metrics";
const OPTIONS = {
  runtime: orDefault(checkRuntime, {}),
  name: optional(checkFilled("have at least one character")),
};

/** How often a thread tells that it is there. */
const BEAT_INTERVAL_MS = 1_000;

/**
 * Joins this thread to the metrics of another. Instruments of the same name and definition are the
 * same: counters add up, distributions are one, gauges go by their `aggregator`.
 *
 * @param port What `metrics.connect()` gave on the other thread, as it came by `postMessage`
 * @param options What else is collected of this thread
 * @returns Instruments; they may be used at once
 * @throws {TypeError} If the port is none, or an option has the wrong type or is unknown
 * @throws {Error} If the port is in use already or was posted to another thread, or the metrics are closed
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
    throw typeError(ACTION, "runtime.process", "be asked of createMetrics", true);
  }
  return { runtime: { ...NO_RUNTIME, ...runtime }, name };
}

class ThreadMetrics implements AttachedMetrics, Clocked {
  readonly [CLOCK]: Clock;
  readonly trace: ThreadTracer;
  readonly #line: AttachedClient;
  readonly #recorder: Recorder;
  readonly #registry: Registry;
  readonly #collectors: ThreadCollectors | undefined;
  readonly #timers: readonly ReturnType<typeof setInterval>[];
  #closing: Promise<void> | undefined;
  #hasStopped = false;

  constructor({ transfer, ring, cells, seed, thread, shared }: Connection, runtime: RuntimeChoice, name: string) {
    this.#line = new AttachedClient(transfer, {
      onEnded: () => this.#stop(),
      onRemoved: (instrument) => this.#registry.noteRemoved(instrument),
    });
    // A clock that the caller brought is a function and stays behind; permissions may differ, too.
    this[CLOCK] = chooseClock(shared.clock === "performance" ? "performance" : "auto").clock;
    this.#recorder = new Recorder({
      clock: this[CLOCK],
      memory: shared,
      lane: laneOf(thread),
      seed,
      ring,
      cells,
      overflow: shared.overflow,
      seriesMax: shared.seriesMax,
      labelValueMax: shared.labelValueMax,
      announce: (announcement) => this.#line.announce(announcement),
      isAttached: true,
    });
    this.#registry = new Registry(this.#recorder, shared.defaults);
    this.trace = createTracer(this.#recorder, this.#registry, shared.tracer);
    this.#collectors = startCollectors(runtime, this.#registry, name);
    this.#timers = [
      setInterval(() => this.#tick(), shared.drainIntervalMs),
      setInterval(() => this.#line.sendHeartbeat(), BEAT_INTERVAL_MS),
    ];
    this.#timers.forEach(unrefTimer);
  }

  counter(name: string, options: CounterOptions = {}): Counter & CounterFamily<string> {
    return this.#registry.getOrCreate("counter", name, options) as Counter & CounterFamily<string>;
  }

  gauge(name: string, options: GaugeOptions | GaugeFamilyOptions<string> = {}): Gauge & GaugeFamily<string> {
    return this.#registry.getOrCreate("gauge", name, options) as Gauge & GaugeFamily<string>;
  }

  histogram(name: string, options: HistogramOptions = {}): Histogram & HistogramFamily<string> {
    return this.#registry.getOrCreate("histogram", name, options) as Histogram & HistogramFamily<string>;
  }

  timer(name: string, options: TimerOptions = {}): Timer & TimerFamily<string> {
    return this.#registry.getOrCreate("timer", name, options) as Timer & TimerFamily<string>;
  }

  summary(name: string, options: SummaryOptions = {}): Summary & SummaryFamily<string> {
    return this.#registry.getOrCreate("summary", name, options) as Summary & SummaryFamily<string>;
  }

  find(name: string): Instrument | undefined {
    return this.#registry.find(name) as Instrument | undefined;
  }

  remove(name: string): boolean {
    return this.#registry.remove(name);
  }

  declareKpis(kpis: readonly Kpi[]): void {
    this.#registry.declareKpis(kpis);
  }

  /** Waits until the aggregator knows this thread; one that is about to be started again will learn of it. */
  async join(): Promise<void> {
    try {
      await this.#line.request("flush");
    } catch (error) {
      if (this.#line.hasEnded || !(error instanceof UnreachableError)) throw error;
    }
  }

  async flush(): Promise<void> {
    const collecting = this.#collect();
    if (collecting !== undefined) await collecting;
    // A callback that close() waits for must not wait for close().
    const isLast = this.#hasStopped || (this.#closing !== undefined && !this.#registry.isInsideCollect);
    if (isLast && this.#closing !== undefined) return await this.#closing;
    this.#publish();
    await this.#line.request("flush", true);
  }

  async close(): Promise<void> {
    if (this.#closing === undefined) {
      // Before anything else, because a gauge's callback may close the metrics, too; it must not wait for itself.
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#closing = promise;
      resolve(this.#leave());
    } else if (!this.#hasStopped && this.#registry.isInsideCollect) return;
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #collect(): Promise<void> | undefined {
    if (this.#hasStopped) return undefined;
    this.#collectors?.collect();
    return this.#registry.collectToRead();
  }

  #publish(): void {
    this.trace.look();
    this.#recorder.publish();
  }

  #tick(): void {
    this.#registry.collect();
    this.#publish();
  }

  async #leave(): Promise<void> {
    const collecting = this.#registry.collectToRead();
    if (collecting !== undefined) await collecting;
    this.#stop();
    try {
      await this.#line.request("leave");
    } catch (error) {
      // Metrics that were closed first have taken what was published, and nobody is left to take the rest; an aggregator
      // that is started again finds everything where this thread has left it.
      if (!(error instanceof UnreachableError)) throw error;
    } finally {
      this.#line.close();
    }
  }

  /** Publishes for the last time; from now on nothing is recorded. */
  #stop(): void {
    this.#hasStopped = true;
    this.#timers.forEach(clearInterval);
    this.#registry.endCollect();
    this.#collectors?.close();
    this.#recorder.close();
    this.#registry.freeze();
    this.#recorder.release();
  }
}

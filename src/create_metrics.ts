/**
 * The main thread's composition root: joins instruments, recorder and the line to the aggregator,
 * and looks after their life.
 *
 * @module
 */

import { ADJUSTABLE } from "./model/adjustable_settings.ts";
import { CLOCK, type Clocked } from "./api/clocked.ts";
import { checkShare } from "./check/checks.ts";
import { typeError } from "./check/errors.ts";
import { encodeReport } from "./encode/report.ts";
import { HealthChangeEvent } from "./health/health_change_event.ts";
import { type MetricsHealth, ProgramHealth } from "./health/program_health.ts";
import { CallCostMeter } from "./instrument/call_cost.ts";
import { isFollowing } from "./model/sampling_plan.ts";
import type { ServeValues } from "./config/layers.ts";
import { revealTraceExport } from "./config/traces.ts";
import type { Counter, CounterFamily, CounterOptions } from "./instrument/counter.ts";
import type { Gauge, GaugeFamily, GaugeFamilyOptions, GaugeOptions } from "./instrument/gauge.ts";
import type { Histogram, HistogramFamily, HistogramOptions } from "./instrument/histogram.ts";
import { GuardedListeners } from "./instrument/guarded_listeners.ts";
import { Registry } from "./instrument/registry.ts";
import { REJECTED_REASONS } from "./instrument/rejected.ts";
import { SloBreachEvent } from "./instrument/slo_breach_event.ts";
import type { Summary, SummaryFamily, SummaryOptions } from "./instrument/summary.ts";
import type { Timer, TimerFamily, TimerOptions } from "./instrument/timer.ts";
import type { Kpi } from "./model/kpi.ts";
import type { Exposition } from "./model/source.ts";
import { LIVE, type LiveAnswer, type LiveReader, type LiveRequest } from "./model/live_request.ts";
import { type MainSettings, type MetricsOptions, type ResolvedOptions, resolveOptions } from "./config/options.ts";
import { Control } from "./ring/control.ts";
import type { Clock } from "./record/clock.ts";
import { guardedClock, SteadyClock } from "./record/guarded_clock.ts";
import { Recorder } from "./record/recorder.ts";
import { createThreadMemory } from "./record/thread_memory.ts";
import { Count, createRing } from "./ring/layout.ts";
import { createSettingsBuffer } from "./ring/settings_memory.ts";
import { SharedSettings, sinceEpoch } from "./ring/shared_settings.ts";
import { processNumbers } from "./aggregate/process/process_numbers.ts";
import { startCollectors, type ThreadCollectors } from "./instrumentation/runtime/collectors.ts";
import type { AggregatorClient } from "./threads/client.ts";
import type { MetricsPort } from "./api/metrics_port.ts";
import { READ, ReadableMetrics } from "./api/readable_metrics.ts";
import {
  type LastState,
  type Reading,
  type ReadingArgument,
  type ReadingName,
  type ReadingResult,
  READINGS,
} from "./api/readings.ts";
import { CONFIG, SERVABLE, type Servable, type ServableMetrics } from "./api/servable.ts";
import type { Connection, SharedState } from "./threads/connection.ts";
import { InlineClient } from "./threads/inline.ts";
import type { RequestName, Requests, ThreadSetup } from "./threads/protocol.ts";
import type { Instrument, Metrics, MetricsEvents, MetricsListener, ScrapeOptions } from "./api/metrics.ts";
import { createTracer, type ThreadTracer } from "./trace/tracer.ts";
import { unrefTimer } from "./platform/unref_timer.ts";
import { WorkerClient } from "./threads/main/worker_client.ts";
import { wallMs } from "./platform/wall_clock.ts";

/**
 * Makes metrics. What the options leave open comes from the environment, where that may be read
 * without a prompt, then from a configuration file (`config`), then from the defaults.
 *
 * @param options How they are recorded and aggregated
 * @throws {TypeError} If a setting has the wrong type or is unknown
 * @throws {RangeError} If a setting is out of range
 * @throws {Error} If the `ffi` clock is asked for and cannot be had
 *
 * @example Record, then read
 * ```ts
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics();
 * metrics.counter("orders_total", { help: "Orders sent" }).inc();
 * assertStringIncludes(await metrics.scrape(), "orders_total 1");
 * assertEquals((await metrics.snapshot()).meta.dropped, 0);
 * ```
 */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  return new HotpathMetrics(resolveOptions(options));
}

/** How long the end of a program waits for the aggregator at most. */
const UNLOAD_TIMEOUT_MS = 1_000;
/** How long a step of learning what calls cost holds up a program that runs. */
const MEASURE_STEP_MS = 10;

class HotpathMetrics extends ReadableMetrics implements ServableMetrics, LiveReader, Clocked {
  readonly [CLOCK]: Clock;
  readonly [CONFIG]: ServeValues;
  readonly [ADJUSTABLE]: SharedSettings;
  readonly trace: ThreadTracer;
  readonly health: MetricsHealth;
  readonly #client: AggregatorClient;
  readonly #control: Control;
  #callCostMeter: CallCostMeter | undefined;
  /** What every thread is told that connects. */
  readonly #shared: SharedState;
  readonly #ringCapacity: number;
  /** The seed of the last thread that was connected. */
  #seed: number;
  /** How many threads were connected. */
  #threads = 0;
  readonly #recorder: Recorder;
  readonly #registry: Registry;
  readonly #collectors: ThreadCollectors | undefined;
  readonly #ticker: ReturnType<typeof setInterval>;
  readonly #health: ProgramHealth;
  readonly #listeners: GuardedListeners = new GuardedListeners(
    () => this.#recorder.counts[Count.listenerFailed] += 1,
  );
  #isWatchingBreaches = false;
  #closing: Promise<LastState> | undefined;
  /** Whether nothing is recorded any more. */
  #hasStopped = false;

  /** At the end of the program: keeps it alive once more if there are records that nobody has taken. */
  readonly #holdExit = (event: Event): void => {
    if (this.#recorder.producer.pending === 0 || !this.#client.isAlive) return;
    event.preventDefault();
    // A failure ends the program too, and then there is nobody left to tell.
    this.flush().catch(() => {});
  };

  /** At the very end, also of `Deno.exit`: waits for what was recorded after the last chance to hold it. */
  readonly #drainAtUnload = (): void => {
    if (!this.#client.isRunning) return;
    this.#recorder.publish();
    // Inline, this drains; a worker drains by itself.
    this.#client.tick();
    this.#recorder.producer.drainBlocking(UNLOAD_TIMEOUT_MS);
  };

  constructor(options: ResolvedOptions) {
    super();
    const { record, aggregate } = options;
    const { aggregation, clock, enabled, sampling, ringCapacity, runtime } = options.main;
    this[CLOCK] = guardedClock(clock);
    // A program may replace `performance.now` too, as tests with fake timers do.
    const windowClock = new SteadyClock(isStamped(options.main) ? this[CLOCK] : { now: () => performance.now() });
    const nowMs = () => windowClock.now();
    this[CONFIG] = options.serve;
    const shared = aggregation === "worker";
    const ring = createRing(ringCapacity, shared);
    const memory = createThreadMemory(shared);
    this.#control = new Control(memory.control);
    const buffers = { control: memory.control, kept: createSettingsBuffer(shared) };
    const settingsMs = sinceEpoch(nowMs);
    this[ADJUSTABLE] = new SharedSettings(buffers, settingsMs);
    this[ADJUSTABLE].begin(enabled, sampling.rate, sampling.budget);
    if (isFollowing(aggregate.samplingPlan) || this[ADJUSTABLE].needsCallCost) this.#measureCalls();
    this.#seed = sampling.seed;
    this.#shared = { ...record, ...memory, clock: clock.name };
    this.#ringCapacity = ringCapacity;
    this.#client = this.#startAggregator(options, ring, memory.doorbell, nowMs, settingsMs);
    this.#recorder = new Recorder({
      clock: this[CLOCK],
      stampClock: isStamped(options.main) ? windowClock : undefined,
      memory,
      seed: sampling.seed,
      ring,
      overflow: record.overflow,
      seriesMax: record.seriesMax,
      labelValueMax: record.labelValueMax,
      announce: (announcement) => this.#client.announce(announcement),
    });
    this.#registry = new Registry(this.#recorder, record.defaults);
    this.trace = createTracer(this.#recorder, this.#registry, record.tracer);
    this.#collectors = startCollectors(runtime, this.#registry, "main");
    if (runtime.process) { for (const { definition } of processNumbers()) this.#registry.reserve(definition); }
    this.#health = new ProgramHealth({
      line: this.#client,
      settings: aggregate.health,
      nowMs,
      ask: () => this.#ask("health", undefined),
      notify: (change) => this.dispatchEvent(new HealthChangeEvent(change)),
    });
    this.health = this.#health.surface;
    this.#ticker = setInterval(() => this.#tick(), record.drainIntervalMs);
    unrefTimer(this.#ticker);
    globalThis.addEventListener?.("beforeunload", this.#holdExit);
    globalThis.addEventListener?.("unload", this.#drainAtUnload);
  }

  get enabled(): boolean {
    return this.#control.enabled;
  }

  set enabled(enabled: boolean) {
    if (typeof enabled !== "boolean") throw typeError("set enabled", "it", "be a boolean", enabled);
    this[ADJUSTABLE].adjust({ enabled });
  }

  get samplingRate(): number {
    return this.#control.samplingRate;
  }

  set samplingRate(rate: number) {
    this[ADJUSTABLE].adjust({ samplingRate: checkShare({ action: "set samplingRate", path: "it" }, rate) });
  }

  get ready(): Promise<void> {
    this.#client.hold();
    const ready = this.#client.ready.finally(() => this.#client.release());
    // Who looks at it without awaiting it has not asked to fail.
    ready.catch(() => {});
    return ready;
  }

  get [SERVABLE](): Servable {
    return this.#client;
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

  override addEventListener<Type extends keyof MetricsEvents>(
    type: Type,
    listener: MetricsListener<MetricsEvents[Type]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, this.#listeners.of(listener as EventListener | null), options);
    if (type === "slobreach") this.#watchBreaches();
    else if (type === "healthchange") this.#health.listen();
  }

  override removeEventListener<Type extends keyof MetricsEvents>(
    type: Type,
    listener: MetricsListener<MetricsEvents[Type]> | null,
    options?: boolean | EventListenerOptions,
  ): void {
    super.removeEventListener(type, this.#listeners.of(listener as EventListener | null), options);
  }

  connect(): MetricsPort {
    if (this.#closing !== undefined) throw new Error("Cannot connect a thread: the metrics are closed");
    const end = this.#client.connect(this.#ringCapacity);
    // As of metrics that do nothing: there will be no aggregator that could read what the thread records.
    if (end === undefined) return { transfer: [] };
    const { ports, ring, cells } = end;
    const [seed, thread] = [++this.#seed, ++this.#threads];
    const connection: Connection = { transfer: ports, ring, cells, seed, thread, shared: this.#shared };
    return connection;
  }

  async flush(): Promise<void> {
    await this.#unlessUnstartable(this.#ask("flush", undefined, () => undefined));
  }

  scrape(): Promise<string>;
  scrape(options: ScrapeOptions): Promise<Exposition>;
  async scrape(options?: ScrapeOptions): Promise<string | Exposition> {
    const exposition = await this.expose(options === undefined ? {} : options);
    return options === undefined ? new TextDecoder().decode(exposition.body) : exposition;
  }

  async report(): Promise<string> {
    return encodeReport(await this.snapshot());
  }

  override async [READ]<Name extends ReadingName>(
    name: Name,
    argument: ReadingArgument<Name>,
  ): Promise<ReadingResult<Name>> {
    const { check, afterClose }: Reading<Name> = READINGS[name];
    const checked = check === undefined ? argument : check(argument);
    return await this.#ask(name, checked, afterClose) as ReadingResult<Name>;
  }

  /** See {@linkcode LiveReader}. */
  async [LIVE](request: LiveRequest): Promise<LiveAnswer | undefined> {
    return this.#closing === undefined ? await this.#ask("live", request) : undefined;
  }

  async close(): Promise<void> {
    if (this.#closing === undefined) {
      // Before anything else, because a gauge's callback may close the metrics, too; it must not wait for itself.
      const { promise, resolve } = Promise.withResolvers<LastState>();
      this.#closing = promise;
      resolve(this.#shutDown());
    } else if (!this.#hasStopped && this.#registry.isInsideCollect) return;
    await this.#unlessUnstartable(this.#closing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #startAggregator(
    options: ResolvedOptions,
    ring: ArrayBufferLike,
    bell: ArrayBufferLike,
    nowMs: () => number,
    settingsMs: () => number,
  ): AggregatorClient {
    const { aggregation, clock } = options.main;
    const { traceExport } = options.push;
    const setup: ThreadSetup = {
      ...options.aggregate,
      traceExport: traceExport && revealTraceExport(traceExport),
      aggregation,
      clock: clock.name,
      createdMs: wallMs(),
      isStamped: isStamped(options.main),
      rejectedReasons: REJECTED_REASONS,
    };
    if (aggregation === "worker") {
      const { buffers: settings } = this[ADJUSTABLE];
      const noteRemoved = (instrument: number) => this.#registry.noteRemoved(instrument);
      const announcements = () => this.#registry.announcements();
      return new WorkerClient({ setup, ring, doorbell: bell, settings, settingsMs, announcements, noteRemoved });
    }
    return new InlineClient(setup, ring, nowMs, this[ADJUSTABLE]);
  }

  #watchBreaches(): void {
    if (this.#isWatchingBreaches) return;
    this.#isWatchingBreaches = true;
    this.#client.watchBreaches((breaches) => {
      for (const breach of breaches) this.dispatchEvent(new SloBreachEvent(breach));
    });
  }

  /**
   * Asks the aggregator, once gauges' callbacks have given their values or taken too long.
   *
   * @param last Gives the answer of metrics that are closed; the aggregator's refusal unless there is one
   */
  async #ask<Name extends RequestName>(
    name: Name,
    argument: Requests[Name][0],
    last?: (state: LastState) => Requests[Name][1],
  ): Promise<Requests[Name][1]> {
    const collecting = this.#collect();
    if (collecting !== undefined) await collecting;
    // A callback that close() waits for must not wait for close().
    const isLast = this.#hasStopped || (this.#closing !== undefined && !this.#registry.isInsideCollect);
    if (isLast && this.#closing !== undefined && last !== undefined) return last(await this.#closing);
    this.#publish();
    return await this.#client.request(name, argument);
  }

  #collect(): Promise<void> | undefined {
    if (this.#hasStopped) return undefined;
    this.#collectors?.collect();
    return this.#registry.collectToRead();
  }

  /** That nothing takes what was recorded has been reported by then; it is not for the program to fail by. */
  async #unlessUnstartable(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!this.#client.isUnstartable) throw error;
    }
  }

  #publish(): void {
    this.trace.look();
    this.#recorder.publish();
  }

  /** What calls cost is told by a thread that has the clock; while the program runs it is learnt step by step. */
  #measureCalls(forMs?: number): void {
    this.#callCostMeter ??= new CallCostMeter(this[CLOCK]);
    const cost = this.#callCostMeter.step(forMs);
    if (cost === undefined) return;
    this[ADJUSTABLE].callCost = cost;
    this.#callCostMeter = undefined;
  }

  #tick(): void {
    if (this[ADJUSTABLE].needsCallCost) this.#measureCalls(MEASURE_STEP_MS);
    this.#registry.collect();
    this.#publish();
    this.#client.tick();
  }

  async #shutDown(): Promise<LastState> {
    clearInterval(this.#ticker);
    const collecting = this.#registry.collectToRead();
    if (collecting !== undefined) await collecting;
    this.#hasStopped = true;
    this.#registry.endCollect();
    this.#health.close();
    globalThis.removeEventListener?.("beforeunload", this.#holdExit);
    globalThis.removeEventListener?.("unload", this.#drainAtUnload);
    this.#collectors?.close();
    this.#recorder.close();
    try {
      return await this.#client.request("close", undefined);
    } finally {
      await this.#client.end();
    }
  }
}

/** Whether the windows run by the caller's own clock: then every record has to carry its time. */
function isStamped({ aggregation, clock }: MainSettings): boolean {
  return aggregation === "inline" && clock.name === "injected";
}

/**
 * Metrics on the thread that creates them: starts, connects and stops the recording thread, the client of the
 * aggregator and the program's health.
 *
 * @module
 */

import { ADJUSTABLE } from "./model/adjustable_settings.ts";
import { CLOCK, type Clocked } from "./api/clocked.ts";
import { checkBoolean, checkShare } from "./check/checks.ts";
import { encodeReport } from "./encode/report.ts";
import { HealthChangeEvent } from "./health/health_change_event.ts";
import { type MetricsHealth, ProgramHealth } from "./health/program_health.ts";
import { CallCostMeter } from "./instrument/call_cost.ts";
import { isFollowing } from "./model/sampling_plan.ts";
import type { ServeValues } from "./config/layers.ts";
import { GuardedListeners } from "./instrument/guarded_listeners.ts";
import type { Registry } from "./instrument/registry.ts";
import { SloBreachEvent } from "./instrument/slo_breach_event.ts";
import type { Exposition } from "./model/source.ts";
import { LIVE, type LiveAnswer, type LiveReader, type LiveRequest } from "./model/live_request.ts";
import { type MainSettings, type MetricsOptions, type ResolvedOptions, resolveOptions } from "./config/options.ts";
import { Control } from "./ring/control.ts";
import type { Clock } from "./record/clock.ts";
import { guardedClock, SteadyClock } from "./record/guarded_clock.ts";
import { createThreadMemory } from "./record/thread_memory.ts";
import { Count, createRing } from "./ring/layout.ts";
import { createSettingsBuffer } from "./ring/settings_memory.ts";
import { SharedSettings, sinceEpoch } from "./ring/shared_settings.ts";
import { processNumbers } from "./aggregate/process/process_numbers.ts";
import type { AggregatorClient } from "./threads/client.ts";
import type { MetricsPort } from "./api/metrics_port.ts";
import { REGISTRY, withInstruments } from "./api/instruments.ts";
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
import type { RequestName, Requests } from "./threads/protocol.ts";
import type { Metrics, MetricsEvents, MetricsListener, ScrapeOptions } from "./api/metrics.ts";
import { ExitHandling } from "./exit_handling.ts";
import { startAggregator } from "./start_aggregator.ts";
import { RecordingThread } from "./recording_thread.ts";
import type { Tracer } from "./trace/tracer.ts";
import { unrefTimer } from "./platform/unref_timer.ts";

/**
 * Creates metrics. Omitted options are read from the environment, if that is permitted without a prompt, then from a
 * configuration file (`config`); otherwise they have their defaults.
 *
 * @param options Options of recording and aggregation
 * @throws {TypeError} If a setting has the wrong type or is unknown
 * @throws {RangeError} If a setting is out of range
 * @throws {Error} If the `ffi` clock is requested and not available
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

/** Duration of one step of measuring the cost of calls while the program runs, in milliseconds. */
const MEASURE_STEP_MS = 10;

class HotpathMetrics extends withInstruments(ReadableMetrics) implements ServableMetrics, LiveReader, Clocked {
  readonly [CLOCK]: Clock;
  readonly [CONFIG]: ServeValues;
  readonly [ADJUSTABLE]: SharedSettings;
  readonly trace: Tracer;
  readonly health: MetricsHealth;
  readonly #client: AggregatorClient;
  readonly #control: Control;
  #callCostMeter: CallCostMeter | undefined;
  /** State for threads that connect. */
  readonly #shared: SharedState;
  readonly #ringCapacity: number;
  /** Seed of the last thread that was connected. */
  #seed: number;
  /** Number of threads that were connected. */
  #threads = 0;
  readonly #thread: RecordingThread<LastState>;
  readonly #ticker: ReturnType<typeof setInterval>;
  readonly #health: ProgramHealth;
  readonly #exit: ExitHandling;
  readonly #listeners: GuardedListeners = new GuardedListeners(
    () => this.#thread.recorder.counts[Count.listenerFailed] += 1,
  );
  #isWatchingBreaches = false;

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
    this.#client = startAggregator(options, {
      ring,
      doorbell: memory.doorbell,
      settings: this[ADJUSTABLE],
      settingsMs,
      nowMs,
      isStamped: isStamped(options.main),
      announcements: () => this.#thread.registry.announcements(),
      noteRemoved: (instrument) => this.#thread.registry.noteRemoved(instrument),
    });
    this.#thread = new RecordingThread({
      ...record,
      clock: this[CLOCK],
      stampClock: isStamped(options.main) ? windowClock : undefined,
      memory,
      seed: sampling.seed,
      ring,
      announce: (announcement) => this.#client.announce(announcement),
      runtime,
      thread: "main",
    });
    this.trace = this.#thread.trace;
    if (runtime.process) {
      for (const { definition } of processNumbers()) this.#thread.registry.reserve(definition);
    }
    this.#health = new ProgramHealth({
      client: this.#client,
      settings: aggregate.health,
      nowMs,
      ask: () => this.#ask("health", undefined),
      notify: (change) => this.dispatchEvent(new HealthChangeEvent(change)),
    });
    this.health = this.#health.surface;
    this.#ticker = setInterval(() => this.#tick(), record.drainIntervalMs);
    unrefTimer(this.#ticker);
    this.#exit = new ExitHandling(this.#thread.recorder, this.#client, () => this.flush());
  }

  get enabled(): boolean {
    return this.#control.enabled;
  }

  set enabled(enabled: boolean) {
    this[ADJUSTABLE].adjust({ enabled: checkBoolean({ action: "set enabled", path: "it" }, enabled) });
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
    // A program that does not await `ready` must not fail with an unhandled rejection.
    ready.catch(() => {});
    return ready;
  }

  get [SERVABLE](): Servable {
    return this.#client;
  }

  override [REGISTRY](): Registry {
    return this.#thread.registry;
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
    if (this.#thread.isClosing) throw new Error("Cannot connect a thread: the metrics are closed");
    const parts = this.#client.connect(this.#ringCapacity);
    // No aggregator could be started, so the other thread attaches to metrics that record nothing.
    if (parts === undefined) return { transfer: [] };
    const { ports, ring, cells } = parts;
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

  async [LIVE](request: LiveRequest): Promise<LiveAnswer | undefined> {
    return this.#thread.isClosing ? undefined : await this.#ask("live", request);
  }

  async close(): Promise<void> {
    const closing = this.#thread.close(() => this.#shutDown());
    if (closing !== undefined) await this.#unlessUnstartable(closing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #watchBreaches(): void {
    if (this.#isWatchingBreaches) return;
    this.#isWatchingBreaches = true;
    this.#client.watchBreaches((breaches) => {
      for (const breach of breaches) this.dispatchEvent(new SloBreachEvent(breach));
    });
  }

  /**
   * Sends a request to the aggregator, after the gauges' callbacks have returned their values or timed out.
   *
   * @param last Returns the result from the last state of closed metrics, which otherwise reject the request
   */
  async #ask<Name extends RequestName>(
    name: Name,
    argument: Requests[Name][0],
    last?: (state: LastState) => Requests[Name][1],
  ): Promise<Requests[Name][1]> {
    const collecting = this.#thread.collect();
    if (collecting !== undefined) await collecting;
    const { closing } = this.#thread;
    if (closing !== undefined && last !== undefined) return last(await closing);
    this.#thread.publish();
    return await this.#client.request(name, argument);
  }

  /** Awaits work, and ignores its failure if no aggregator could be started, because `ready` has reported that. */
  async #unlessUnstartable(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!this.#client.isUnstartable) throw error;
    }
  }

  /** Measures the cost of calls with this thread's clock, in steps while the program runs. */
  #measureCalls(forMs?: number): void {
    this.#callCostMeter ??= new CallCostMeter(this[CLOCK]);
    const cost = this.#callCostMeter.step(forMs);
    if (cost === undefined) return;
    this[ADJUSTABLE].callCost = cost;
    this.#callCostMeter = undefined;
  }

  #tick(): void {
    if (this[ADJUSTABLE].needsCallCost) this.#measureCalls(MEASURE_STEP_MS);
    this.#thread.tick();
    this.#client.tick();
  }

  async #shutDown(): Promise<LastState> {
    clearInterval(this.#ticker);
    this.#exit.close();
    this.#health.close();
    this.#thread.stop();
    try {
      return await this.#client.request("close", undefined);
    } finally {
      await this.#client.end();
    }
  }
}

/** Whether the windows use an injected clock, in which case every record has to carry its time. */
function isStamped({ aggregation, clock }: MainSettings): boolean {
  return aggregation === "inline" && clock.name === "injected";
}

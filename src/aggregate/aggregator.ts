/**
 * The aggregator: joins rings, series and encoders, and knows nothing of threads. It runs in a
 * worker or on the calling thread, see `main.ts` and `inline.ts`.
 *
 * @module
 */

import { ADJUSTABLE, type AdjustableSettings } from "../model/adjustable_settings.ts";
import type { Definitions } from "../model/definitions.ts";
import { DrainRoom } from "./drain/drain_room.ts";
import { Drainer } from "./drain/drainer.ts";
import { ThreadState } from "./drain/thread_state.ts";
import { ThreadTime } from "./drain/thread_time.ts";
import { TraceReader } from "./drain/trace_reader.ts";
import type { MetricFamily } from "../model/families.ts";
import { healthLimits } from "./health/limits.ts";
import type { CheckReport, Health } from "../model/health_status.ts";
import { Feeds } from "./live/feeds.ts";
import { LIVE, type LiveAnswer, type LiveReader, type LiveRequest } from "../model/live_request.ts";
import type { InstrumentDiagnostics, PerformanceDiagnostics } from "../model/diagnostics.ts";
import type { SloBreach } from "../model/model.ts";
import type { SpanSink } from "../model/sink.ts";
import { SelfFamilies, type SelfMeasured } from "../model/self_metrics.ts";
import type { Snapshot, SnapshotMeta } from "../model/snapshot.ts";
import type { ExposeRequest, Exposition, MetricsSource } from "../model/source.ts";
import { Consumer } from "../ring/consumer.ts";
import { Control, createControlBuffer } from "../ring/control.ts";
import { Count, Taken } from "../ring/layout.ts";
import type { SharedSettings } from "../ring/shared_settings.ts";
import { SeriesStore } from "./series/store.ts";
import type { Span, TraceDetail, TraceList, TraceQuery } from "../model/spans.ts";
import { Traces } from "./traces/traces.ts";
import { ADJUST_INTERVAL_MS } from "./sampling/controller.ts";
import { NO_PLAN } from "../model/sampling_plan.ts";
import { WallOrigin, wallTimestamp } from "../platform/wall_clock.ts";
import { planWindows, type WindowPlan } from "../sketch/sliding_window.ts";
import { AdaptiveSampling } from "./sampling/adaptive_sampling.ts";
import type { AggregatorContext, AggregatorSetup } from "./aggregator_setup.ts";
import { type Exposable, Exposer } from "./exposer.ts";
import { HealthMonitor, type Judgement } from "./health/health_monitor.ts";
import { statusMetric } from "./health/status_metric.ts";
import { LiveReading } from "./live/live_reading.ts";
import { NO_PREVIOUS_RUN, type PreviousRun, restartMetrics } from "./series/previous_run.ts";
import { ProcessMetrics } from "./process/process_metrics.ts";
import { type ThreadLink, ThreadLinks } from "./thread_links.ts";
import { RecordCounts } from "./record_counts.ts";
import { SeriesCounts } from "./series_counts.ts";
import { WorkTimes } from "./work_times.ts";

/** Share of a ring that is drained before anything else gets a turn. */
const BATCH_SHARE = 1 / 4;
/** What a record's series is announced by was sent before the record was written; only so that a lost one ends the wait. */
const ANNOUNCEMENT_PATIENCE_MS = 1_000;
const ANNOUNCEMENT_INTERVAL_MS = 1;

/** What is left after a drain. */
export interface Leftover {
  /** Whether there are records that could be drained at once. */
  readonly isMore: boolean;
  /** Whether a ring waits for an announcement. */
  readonly isWaiting: boolean;
}

/** A recording thread, as {@linkcode Aggregator.connect} adds it. */
export interface ThreadOptions {
  /** Whether it is a thread that may go, and shows by {@linkcode Aggregator.hear} that it is there; `false` by default. */
  readonly sendsHeartbeats?: boolean;
  /** What it is called; `"main"` by default. */
  readonly thread?: string;
  /** Where its control word is, see `laneOf`; 0 by default. */
  readonly lane?: number;
  /** The aggregator's number as a reader of the ring, see `Consumer`. */
  readonly reader?: number;
}

/** Aggregates what producers record. */
export class Aggregator implements MetricsSource, LiveReader, Exposable {
  /** What can be changed at run time, if anything can. */
  readonly [ADJUSTABLE]: AdjustableSettings | undefined;
  /** The traces of all threads. */
  readonly traces: Traces;
  readonly #setup: AggregatorSetup;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  readonly #store: SeriesStore;
  readonly #process: ProcessMetrics | undefined;
  readonly #sinks: readonly SpanSink[];
  readonly #previous: PreviousRun;
  readonly #settings: SharedSettings | undefined;
  readonly #onBroken: (error: unknown) => void;
  /** When it began itself. */
  readonly #bornMs: number;
  /** What its clock counts from. */
  readonly #origin: WallOrigin;
  readonly #links: ThreadLinks;
  readonly #room: DrainRoom = new DrainRoom();
  readonly #drainTimes: WorkTimes = new WorkTimes(
    "hotpath_drain_duration_seconds",
    "Duration of drains that found records",
  );
  readonly #records: RecordCounts;
  readonly #series: SeriesCounts;
  /** What exposes something about itself, in the order of the exposition. */
  readonly #selfMeasured: readonly SelfMeasured[];
  readonly #exposer: Exposer;
  readonly #monitor: HealthMonitor;
  /** What threads are told. */
  readonly #controls: ArrayBufferLike;
  readonly #sampling: AdaptiveSampling;
  readonly #feeds: Feeds;
  #drains = 0;

  /** Starts without producers, on a monotonic clock in milliseconds. */
  constructor(
    setup: AggregatorSetup,
    nowMs: () => number,
    { previous = NO_PREVIOUS_RUN, settings, sinks = [], onBroken = () => {}, onForgotten, onRemoved = () => {} }:
      AggregatorContext = {},
  ) {
    this[ADJUSTABLE] = this.#settings = settings;
    this.#setup = setup;
    this.#nowMs = nowMs;
    this.#previous = previous;
    this.#onBroken = onBroken;
    this.#bornMs = nowMs();
    this.#origin = new WallOrigin(nowMs);
    this.#startMs = this.#bornMs - previous.uptimeMs;
    this.#exposer = new Exposer(this, setup.bucketLimit);
    this.#links = new ThreadLinks(previous);
    const plan = planWindows(setup.windows);
    this.#store = new SeriesStore(plan, setup.seriesMax, setup.idleTtlMs, onForgotten, (family) => {
      for (const link of this.#links.all) {
        for (const instrument of link.state.instrumentsOf(family)) onRemoved(link, instrument);
      }
    });
    this.#records = new RecordCounts(this.#links, setup.rejectedReasons);
    this.#series = new SeriesCounts(this.#store, this.#links);
    this.#monitor = new HealthMonitor({
      store: this.#store,
      windows: plan.windows,
      previous,
      recordsLost: () => this.#links.recordsLost,
      bornMs: this.#bornMs,
      offered: () => this.#links.taken(Taken.recorded) + this.#links.counted(Count.dropped),
      dropped: () => this.#links.counted(Count.dropped),
      occupancyRatio: () => this.#links.occupancyRatio,
      clashes: () => this.#links.clashes,
    }, setup.health);
    this.#controls = settings?.buffers.control ?? createControlBuffer(false);
    this.#sampling = new AdaptiveSampling({
      plan: setup.samplingPlan ?? NO_PLAN,
      budget: () => settings?.budget,
      threads: () => this.#links.all,
      control: this.#controls,
      nowMs,
    });
    this.#sinks = sinks;
    const onSpan = (span: Span) => this.#export(span);
    this.traces = new Traces(nowMs, setup.drainIntervalMs, setup.traceLimits, onSpan, () => this.#origin.ms);
    if (setup.hasProcessMetrics) this.#process = new ProcessMetrics(this.#store);
    this.#feeds = new Feeds(this.#liveReading(plan));
    this.#selfMeasured = [
      this.#records,
      this.#drainTimes,
      this.#series,
      this.#exposer.times,
      restartMetrics(previous, () => this.#links.recordsLost),
      this.traces,
      ...sinks,
      this.#sampling,
      statusMetric(() => this.judge()),
      this.#feeds,
    ];
  }

  /** Takes over what threads had counted that have gone before it began; after all definitions. */
  restoreDeparted(): void {
    for (const series of this.#previous.departed) this.#store.restore(series);
  }

  /** Adds a recording thread. */
  connect(
    ring: ArrayBufferLike,
    { sendsHeartbeats = false, thread = "main", lane = 0, reader }: ThreadOptions = {},
  ): ThreadLink {
    const consumer = new Consumer(ring, reader);
    const state = new ThreadState(this.#store, this.#nowMs, consumer.taken);
    const own = { nowMs: this.#nowMs, originMs: () => this.#origin.ms };
    const time = new ThreadTime(consumer.facts, own, this.#setup.isStamped);
    const traceReader = new TraceReader(state, consumer.facts, time, thread, this.traces);
    const drainer = new Drainer(consumer, state, this.#nowMs, this.#setup.isStamped, traceReader, this.#room);
    const control = new Control(this.#controls, lane);
    const lastSeenMs = sendsHeartbeats ? this.#nowMs() : undefined;
    const link: ThreadLink = { consumer, state, drainer, thread, control, lastSeenMs, time };
    this.#links.add(link);
    return link;
  }

  /** Notes that a thread which sends heartbeats is alive. */
  noteHeartbeat(link: ThreadLink): void {
    link.lastSeenMs = this.#nowMs();
  }

  /** Takes the last records of a thread that has gone; its counts stay, its shares of gauges go. */
  disconnect(link: ThreadLink): void {
    if (!this.#links.all.includes(link)) return;
    this.drainAll();
    this.#links.remove(link);
  }

  /** Takes one bounded batch from each ring. */
  drain(): Leftover {
    return this.#drainRings(({ capacity }) => capacity * BATCH_SHARE);
  }

  /** Takes everything that is published now; stops short only at a series that is not announced yet. */
  drainAll(): Leftover {
    return this.#drainRings((consumer) => consumer.available());
  }

  /** The same, and waits for announcements that are on their way by another line than the request for it. */
  async settle(): Promise<void> {
    const endMs = performance.now() + ANNOUNCEMENT_PATIENCE_MS;
    while (this.drainAll().isWaiting && performance.now() < endMs) {
      await new Promise<void>((resolve) => setTimeout(resolve, ANNOUNCEMENT_INTERVAL_MS));
    }
  }

  /** Whether a ring is so full that the next drain should not wait. */
  isWorkLeft(): boolean {
    return this.#links.all.some(({ consumer }) => consumer.available() >= consumer.capacity / 2);
  }

  /** How long the thread that drains may sleep at most, given how long it would. */
  sleepMs(intervalMs: number): number {
    return this.#sampling.isActive ? Math.min(intervalMs, ADJUST_INTERVAL_MS) : intervalMs;
  }

  /** What objectives were violated since it was last asked. */
  takeBreaches(): SloBreach[] {
    return this.#store.breaches.take(this.#nowMs());
  }

  /** See {@linkcode MetricsSource.snapshot}. */
  snapshot(): Promise<Snapshot> {
    return Promise.resolve(this.snapshotNow());
  }

  /** Everything at this moment. */
  snapshotNow(): Snapshot {
    this.drainAll();
    this.#links.notePresence(this.#nowMs());
    this.#process?.read();
    const nowMs = this.#nowMs();
    return {
      timestamp: wallTimestamp(),
      uptimeSeconds: (nowMs - this.#startMs) / 1_000,
      metrics: this.#store.snapshot(nowMs),
      meta: this.#meta(),
    };
  }

  /** See {@linkcode MetricsSource.expose}. */
  expose(request: ExposeRequest): Promise<Exposition> {
    return this.#exposer.expose(request);
  }

  /** See {@linkcode MetricsSource.reuse}. */
  reuse(exposition: Exposition): void {
    this.#exposer.reuse(exposition);
  }

  *families(): Generator<MetricFamily> {
    this.#records.noteOccupancy();
    this.drainAll();
    this.#links.notePresence(this.#nowMs());
    this.#process?.read();
    yield* this.#store.families(this.#nowMs());
    if (this.#setup.selfMetrics === false) return;
    const families = new SelfFamilies(this.#setup.createdMs);
    // All of one moment, whatever is drained while they are written.
    yield* this.#selfMeasured.flatMap((part) => [...part.selfMetrics(families)]);
  }

  /** See {@linkcode MetricsSource.health}. */
  health(): Promise<Health> {
    return Promise.resolve({
      ...this.judge(),
      isReady: this.#links.all.length > 0,
      uptimeSeconds: (this.#nowMs() - this.#startMs) / 1_000,
    });
  }

  /** What the checks of the health come to. */
  judge(): Judgement {
    this.#links.notePresence(this.#nowMs());
    return this.#monitor.judge(this.#nowMs());
  }

  /** Takes what a check of the program's own came to. */
  takeReport(report: CheckReport): void {
    this.#monitor.reports.take(report, this.#nowMs());
  }

  /** The program has such a check no more. */
  retractReport(name: string): void {
    this.#monitor.reports.retract(name);
  }

  /** See {@linkcode MetricsSource.instruments}. */
  instruments(): Promise<readonly InstrumentDiagnostics[]> {
    this.#process?.read();
    const missing = this.#process?.missing();
    const instruments = this.#store.instruments();
    return Promise.resolve(
      missing === undefined ? instruments : instruments.map((each) => ({ ...each, needs: missing.get(each.name) })),
    );
  }

  /** See {@linkcode MetricsSource.definitions}. */
  definitions(): Promise<Definitions> {
    this.#process?.read();
    const missing = this.#process?.missing();
    const { windows, health, selfMetrics } = this.#setup;
    return Promise.resolve({
      instruments: Array.from(this.#store.all, ({ definition }) => definition).filter(({ name }) =>
        missing?.has(name) !== true
      ),
      kpis: this.#store.kpis,
      windows: windows.map(({ name }) => name),
      health: healthLimits(health),
      hasSelfMetrics: selfMetrics !== false,
    });
  }

  /** See {@linkcode MetricsSource.performance}. */
  performance(): Promise<PerformanceDiagnostics> {
    const sampling = this.#sampling.diagnostics();
    return Promise.resolve({
      aggregation: this.#setup.aggregation,
      clock: this.#setup.clock,
      ringCapacity: this.#links.all[0]?.consumer.capacity ?? 0,
      ringOccupancyRatio: this.#links.occupancyRatio,
      drainIntervalMs: this.#setup.drainIntervalMs,
      drains: this.#drains,
      drainDurationSeconds: this.#drainTimes.quantiles,
      scrapeDurationSeconds: this.#exposer.times.quantiles,
      meta: this.#meta(),
      rejected: this.#records.rejected,
      aggregatorRestarts: this.#previous.restarts,
      histogramRecordsLost: this.#links.recordsLost,
      ...(sampling !== undefined && { sampling }),
      ...Object.assign({}, ...this.#sinks.map(({ diagnostics }) => diagnostics)) as Partial<PerformanceDiagnostics>,
    });
  }

  /** See {@linkcode MetricsSource.listTraces}. */
  listTraces(query?: TraceQuery): Promise<TraceList> {
    this.drainAll();
    return Promise.resolve(this.traces.list(query));
  }

  /** See {@linkcode MetricsSource.findTrace}. */
  findTrace(traceId: string): Promise<TraceDetail | undefined> {
    this.drainAll();
    return Promise.resolve(this.traces.find(traceId));
  }

  /** See {@linkcode LiveReader}. */
  [LIVE](request: LiveRequest): Promise<LiveAnswer | undefined> {
    return Promise.try(() => this.#feeds.answer(request));
  }

  /** Takes what is left, and exports it; resolves once that is delivered or given up, after some seconds at most. */
  async finish(): Promise<void> {
    await this.settle();
    await Promise.all(this.#sinks.map((sink) => sink.close()));
  }

  #liveReading({ windows }: WindowPlan): LiveReading {
    return new LiveReading({
      store: this.#store,
      windows: windows.map(({ spec }) => spec.name),
      nowMs: this.#nowMs,
      drain: () => {
        const occupancyRatio = this.#links.occupancyRatio;
        this.drainAll();
        return occupancyRatio;
      },
      readProcess: () => this.#process?.read(),
      health: () => this.judge(),
      self: () => ({
        meta: this.#meta(),
        samplingRate: this.#settings?.read().samplingRate ?? 1,
        overheadRatio: this.#sampling.diagnostics()?.overheadRatio ?? null,
        drainSecondsP99: this.#drainTimes.quantiles["0.99"],
        scrapeSecondsP99: this.#exposer.times.quantiles["0.99"],
      }),
    });
  }

  #drainRings(recordsMax: (consumer: Consumer) => number): Leftover {
    try {
      return this.#drainEach(recordsMax);
    } catch (error) {
      this.#onBroken(error);
      throw error;
    }
  }

  #drainEach(recordsMax: (consumer: Consumer) => number): Leftover {
    this.#settings?.step();
    this.#origin.check();
    const startMs = performance.now();
    let records = 0;
    let isMore = false;
    let isWaiting = false;
    /** Whether there may be records left that were published before. */
    let isBehind = false;
    this.#sampling.noteOccupancy();
    for (const link of this.#links.all) {
      link.time.look();
      const max = recordsMax(link.consumer);
      const result = link.drainer.drain(max);
      records += result.records;
      if (result.records > 0 && link.lastSeenMs !== undefined) link.lastSeenMs = this.#nowMs();
      isWaiting ||= result.isWaiting;
      const isLeft = link.consumer.available() > 0;
      isMore ||= !result.isWaiting && isLeft;
      isBehind ||= isLeft && (result.isWaiting || result.records >= max);
      this.#giveBackIds(link);
    }
    if (records > 0) this.#noteDrain(startMs);
    this.#monitor.note(this.#nowMs());
    this.#store.sweep(this.#nowMs());
    this.traces.sweep(isBehind);
    this.#sampling.adjustIfDue();
    return { isMore, isWaiting };
  }

  #export(span: Span): void {
    if (this.#settings?.isExporting === false) return;
    for (const sink of this.#sinks) sink.add(span);
  }

  #giveBackIds({ state, consumer }: ThreadLink): void {
    const freed = state.takeFreed(consumer.tail);
    if (freed.length > 0) consumer.free(freed.length);
  }

  #noteDrain(startMs: number): void {
    this.#drains += 1;
    this.#drainTimes.record((performance.now() - startMs) / 1_000);
  }

  #meta(): SnapshotMeta {
    return { ...this.#records.totals, ...this.#series.totals };
  }
}

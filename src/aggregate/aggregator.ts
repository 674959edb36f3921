/**
 * Aggregator: joins rings, series, traces and encoders, and does not depend on threads. It runs in a worker or on the
 * calling thread.
 *
 * Its owner drains the rings at intervals, and before every reading.
 *
 * @module
 */

import { ADJUSTABLE, type AdjustableSettings } from "../model/adjustable_settings.ts";
import type { Definitions } from "../model/definitions.ts";
import type { InstrumentDiagnostics, PerformanceDiagnostics } from "../model/diagnostics.ts";
import type { MetricFamily } from "../model/families.ts";
import type { CheckReport, Health } from "../model/health_status.ts";
import { LIVE, type LiveAnswer, type LiveReader, type LiveRequest } from "../model/live_request.ts";
import { SelfFamilies, type SelfMeasured } from "../model/self_metrics.ts";
import type { SpanSink } from "../model/sink.ts";
import type { Snapshot, SnapshotMeta } from "../model/snapshot.ts";
import type { ExposeRequest, Exposition, MetricsSource } from "../model/source.ts";
import type { TraceDetail, TraceList, TraceQuery } from "../model/spans.ts";
import { wallTimestamp } from "../platform/wall_clock.ts";
import { Count, Taken } from "../ring/layout.ts";
import type { SharedSettings } from "../ring/shared_settings.ts";
import { nearestWindow } from "../sketch/nearest_window.ts";
import { planWindows, type WindowPlan, type WindowSpec } from "../sketch/sliding_window.ts";
import type { AggregatorContext, AggregatorSetup } from "./aggregator_setup.ts";
import { Exposer } from "./exposer.ts";
import { HealthMonitor, type Judgement } from "./health/health_monitor.ts";
import { healthLimits } from "./health/limits.ts";
import { statusMetric } from "./health/status_metric.ts";
import { Intake } from "./intake.ts";
import { Feeds } from "./live/feeds.ts";
import { AggregatorSource } from "./live/aggregator_source.ts";
import { ProcessMetrics } from "./process/process_metrics.ts";
import { RecordCounts } from "./record_counts.ts";
import { NO_PREVIOUS_RUN, type PreviousRun, restartMetrics } from "./series/previous_run.ts";
import { SeriesCounts } from "./series_counts.ts";

/** Length in milliseconds that the window exposed by default is nearest to. */
const EXPOSED_MS = 60_000;

/** Reader of everything that recording threads have recorded, in all forms. */
export class Aggregator implements MetricsSource, LiveReader {
  readonly [ADJUSTABLE]: AdjustableSettings | undefined;
  /** Entry of all recorded data. */
  readonly intake: Intake;
  readonly #setup: AggregatorSetup;
  readonly #exposedWindows: readonly string[];
  readonly #nowMs: () => number;
  readonly #startMs: number;
  readonly #previous: PreviousRun;
  readonly #settings: SharedSettings | undefined;
  readonly #sinks: readonly SpanSink[];
  readonly #records: RecordCounts;
  readonly #series: SeriesCounts;
  readonly #process: ProcessMetrics | undefined;
  readonly #monitor: HealthMonitor;
  readonly #feeds: Feeds;
  readonly #exposer: Exposer;
  /** Parts with self-metrics, in the order of exposition. */
  readonly #selfMeasured: readonly SelfMeasured[];

  /**
   * Creates an aggregator without recording threads.
   *
   * @param nowMs Monotonic clock in milliseconds
   */
  constructor(setup: AggregatorSetup, nowMs: () => number, context: AggregatorContext = {}) {
    const { previous = NO_PREVIOUS_RUN, settings, sinks = [] } = context;
    this[ADJUSTABLE] = this.#settings = settings;
    this.#setup = setup;
    this.#nowMs = nowMs;
    this.#previous = previous;
    this.#sinks = sinks;
    const bornMs = nowMs();
    this.#startMs = bornMs - previous.uptimeMs;
    const plan = planWindows(setup.windows);
    this.#exposedWindows = setup.exposedWindows ?? exposedByDefault(setup.windows);
    const onDrained = () => this.#monitor.note(nowMs());
    this.intake = new Intake(setup, plan, nowMs, context, onDrained);
    const { links, store, traces, sampling } = this.intake;
    this.#records = new RecordCounts(links, setup.rejectedReasons);
    this.#series = new SeriesCounts(store, links);
    if (setup.hasProcessMetrics) this.#process = new ProcessMetrics(store);
    this.#exposer = new Exposer(
      { families: () => this.#families(), drain: () => this.intake.drain() },
      setup.bucketLimit,
    );
    const parts = [
      links,
      this.#records,
      this.intake.times,
      this.#series,
      this.#exposer.times,
      restartMetrics(previous, () => links.recordsLost),
      traces,
      ...sinks,
      sampling,
    ];
    this.#monitor = new HealthMonitor({
      store,
      parts,
      windows: plan.windows,
      previous,
      recordsLost: () => links.recordsLost,
      bornMs,
      offered: () => links.taken(Taken.recorded) + links.counted(Count.dropped),
      dropped: () => links.counted(Count.dropped),
      occupancyRatio: () => links.occupancyRatio,
      clashes: () => links.clashes,
    }, setup.health);
    this.#feeds = new Feeds(this.#liveSource(plan));
    this.#selfMeasured = [...parts, statusMetric(() => this.judge()), this.#feeds];
  }

  /** Stores the result of a health check that the program added. */
  takeReport(report: CheckReport): void {
    this.#monitor.reports.take(report, this.#nowMs());
  }

  /** Removes a health check that the program added. */
  retractReport(name: string): void {
    this.#monitor.reports.retract(name);
  }

  /** Returns the results of the health checks at this moment. */
  judge(): Judgement {
    this.intake.links.notePresence(this.#nowMs());
    return this.#monitor.judge(this.#nowMs());
  }

  health(): Promise<Health> {
    return Promise.resolve({
      ...this.judge(),
      isReady: this.intake.links.all.length > 0,
      uptimeSeconds: this.#uptimeSeconds(),
    });
  }

  snapshot(): Promise<Snapshot> {
    return Promise.resolve(this.snapshotNow());
  }

  /** Returns a snapshot of this moment. */
  snapshotNow(): Snapshot {
    this.#refresh();
    return {
      timestamp: wallTimestamp(),
      uptimeSeconds: this.#uptimeSeconds(),
      metrics: this.intake.store.snapshot(this.#nowMs()),
      meta: this.#meta(),
    };
  }

  expose(request: ExposeRequest): Promise<Exposition> {
    return this.#exposer.expose(request);
  }

  reuse(exposition: Exposition): void {
    this.#exposer.reuse(exposition);
  }

  instruments(): Promise<readonly InstrumentDiagnostics[]> {
    this.#process?.read();
    const missing = this.#process?.missing();
    const instruments = this.intake.store.instruments();
    return Promise.resolve(
      missing === undefined ? instruments : instruments.map((each) => ({ ...each, needs: missing.get(each.name) })),
    );
  }

  definitions(): Promise<Definitions> {
    this.#process?.read();
    const missing = this.#process?.missing();
    const { windows, health, selfMetrics } = this.#setup;
    return Promise.resolve({
      instruments: Array.from(this.intake.store.all, ({ definition }) => definition).filter(({ name }) =>
        missing?.has(name) !== true
      ),
      kpis: this.intake.store.kpis,
      windows: windows.map(({ name }) => name),
      health: healthLimits(health),
      hasSelfMetrics: selfMetrics,
    });
  }

  performance(): Promise<PerformanceDiagnostics> {
    const sampling = this.intake.sampling.diagnostics();
    return Promise.resolve({
      aggregation: this.#setup.aggregation,
      clock: this.#setup.clock,
      ringCapacity: this.intake.links.all[0]?.consumer.capacity ?? 0,
      ringOccupancyRatio: this.intake.links.occupancyRatio,
      drainIntervalMs: this.#setup.drainIntervalMs,
      drains: this.intake.times.count,
      drainDurationSeconds: this.intake.times.quantiles,
      scrapeDurationSeconds: this.#exposer.times.quantiles,
      meta: this.#meta(),
      rejected: this.#records.rejected,
      aggregatorRestarts: this.#previous.restarts,
      histogramRecordsLost: this.intake.links.recordsLost,
      ...(sampling !== undefined && { sampling }),
      ...Object.assign({}, ...this.#sinks.map(({ diagnostics }) => diagnostics)) as Partial<PerformanceDiagnostics>,
    });
  }

  listTraces(query?: TraceQuery): Promise<TraceList> {
    this.intake.drainAll();
    return Promise.resolve(this.intake.traces.list(query));
  }

  findTrace(traceId: string): Promise<TraceDetail | undefined> {
    this.intake.drainAll();
    return Promise.resolve(this.intake.traces.find(traceId));
  }

  [LIVE](request: LiveRequest): Promise<LiveAnswer | undefined> {
    return Promise.try(() => this.#feeds.answer(request));
  }

  *#families(): Generator<MetricFamily> {
    this.#records.noteOccupancy();
    this.#refresh();
    yield* this.intake.store.families(this.#nowMs(), this.#exposedWindows);
    if (!this.#setup.selfMetrics) return;
    const families = new SelfFamilies(this.#setup.createdMs);
    // Copied, so that all of them show one moment, whatever is drained while they are written.
    yield* this.#selfMeasured.flatMap((part) => [...part.selfMetrics(families)]);
  }

  /** Updates series before all of them are read. */
  #refresh(): void {
    this.intake.drainAll();
    this.intake.links.notePresence(this.#nowMs());
    this.#process?.read();
  }

  #uptimeSeconds(): number {
    return (this.#nowMs() - this.#startMs) / 1_000;
  }

  #meta(): SnapshotMeta {
    return { ...this.#records.totals, ...this.#series.totals };
  }

  #liveSource({ windows }: WindowPlan): AggregatorSource {
    return new AggregatorSource({
      store: this.intake.store,
      windows: windows.map(({ spec }) => spec.name),
      nowMs: this.#nowMs,
      drain: () => {
        const occupancyRatio = this.intake.links.occupancyRatio;
        this.intake.drainAll();
        return occupancyRatio;
      },
      readProcess: () => this.#process?.read(),
      health: () => this.judge(),
      self: () => ({
        meta: this.#meta(),
        samplingRate: this.#settings?.read().samplingRate ?? 1,
        overheadRatio: this.intake.sampling.diagnostics()?.overheadRatio ?? null,
        drainSecondsP99: this.intake.times.quantiles["0.99"],
        scrapeSecondsP99: this.#exposer.times.quantiles["0.99"],
      }),
    });
  }
}

/** Returns the names of the windows that are exposed unless an option names them. */
function exposedByDefault(windows: readonly WindowSpec[]): string[] {
  const nearest = nearestWindow(windows, ({ lengthMs }) => lengthMs, EXPOSED_MS);
  return nearest === undefined ? [] : [nearest.name];
}

/**
 * Interface of metrics: instruments, switches, and readings of what was recorded.
 *
 * @module
 */

import type { HealthChangeEvent } from "../health/health_change_event.ts";
import type { MetricsHealth } from "../health/program_health.ts";
import type { Counter, CounterFamily, CounterOptions } from "../instrument/counter.ts";
import type { Gauge, GaugeFamily, GaugeFamilyOptions, GaugeOptions } from "../instrument/gauge.ts";
import type { Histogram, HistogramFamily, HistogramOptions } from "../instrument/histogram.ts";
import type { InfoOptions } from "../instrument/info.ts";
import type { LabelSet } from "../instrument/labels.ts";
import type { SloBreachEvent } from "../instrument/slo_breach_event.ts";
import type { Summary, SummaryFamily, SummaryOptions } from "../instrument/summary.ts";
import type { Timer, TimerFamily, TimerOptions } from "../instrument/timer.ts";
import type { Kpi } from "../model/kpi.ts";
import type { MetricsPort } from "./metrics_port.ts";
import type { ExposeRequest, Exposition, MetricsSource } from "../model/source.ts";
import type { Tracer } from "../trace/tracer.ts";

/** An instrument of any type, with or without labels. */
export type Instrument =
  | Counter
  | CounterFamily<string>
  | Gauge
  | GaugeFamily<string>
  | Histogram
  | HistogramFamily<string>
  | Timer
  | TimerFamily<string>
  | Summary
  | SummaryFamily<string>;

/** Options of a scrape. */
export type ScrapeOptions = ExposeRequest;

/** Events of metrics, by type. */
export interface MetricsEvents {
  /** An objective of a timer was violated. */
  readonly slobreach: SloBreachEvent;
  /** The health has changed. */
  readonly healthchange: HealthChangeEvent;
}

/** Listener of an event: a function, or an object with a `handleEvent` method. */
export type MetricsListener<Kind extends Event> = ((event: Kind) => void) | { handleEvent(event: Kind): void };

/**
 * Instruments, and readings of what was recorded with them.
 *
 * Creating an instrument twice with the same definition returns the same instrument, and the last `collect` callback is
 * the one that is called. Another definition of the same name throws a `TypeError`, unless the first was removed.
 */
export interface Metrics extends MetricsSource, AsyncDisposable {
  /** Whether calls are recorded. A change applies from the next call on, on all threads. */
  enabled: boolean;
  /**
   * Share of calls of histograms, timers and summaries that are recorded, 0 to 1. A change applies from the next call on,
   * on all threads. Counts stay exact, sums and quantiles become estimates; counters, gauges and critical records are never
   * sampled. Setting it ends a rollout that was started over HTTP. The value read is the rate of this thread, which
   * adaptive sampling may lower.
   *
   * @throws {TypeError} If it is set to a value that is not a number
   * @throws {RangeError} If it is set to a number outside 0 to 1
   */
  samplingRate: number;
  /** Tracer that joins the timings of one operation, across functions, promises and threads. */
  readonly trace: Tracer;
  /**
   * Resolves when the aggregator runs; rejects if it could not be started. If the program does not await it, one line on
   * stderr reports the failure. Recording works either way.
   */
  readonly ready: Promise<void>;
  /** Health of the program, by built-in checks and by those that the program adds. */
  readonly health: MetricsHealth;
  /** Creates a counter, or returns the one of that name. */
  counter(name: string, options?: CounterOptions & { readonly labels?: undefined }): Counter;
  /** Creates a counter with labels, or returns the one of that name. */
  counter<const Label extends string>(
    name: string,
    options: CounterOptions & { readonly labels: readonly Label[] },
  ): CounterFamily<Label>;
  /** Creates a gauge, or returns the one of that name. */
  gauge(name: string, options?: GaugeOptions & { readonly labels?: undefined }): Gauge;
  /** Creates a gauge with labels, or returns the one of that name. */
  gauge<const Label extends string>(name: string, options: GaugeFamilyOptions<Label>): GaugeFamily<Label>;
  /** Creates a histogram, or returns the one of that name. */
  histogram(name: string, options?: HistogramOptions & { readonly labels?: undefined }): Histogram;
  /** Creates a histogram with labels, or returns the one of that name. */
  histogram<const Label extends string>(
    name: string,
    options: HistogramOptions & { readonly labels: readonly Label[] },
  ): HistogramFamily<Label>;
  /** Creates a timer, or returns the one of that name. */
  timer(name: string, options?: TimerOptions & { readonly labels?: undefined }): Timer;
  /** Creates a timer with labels, or returns the one of that name. */
  timer<const Label extends string>(
    name: string,
    options: TimerOptions & { readonly labels: readonly Label[] },
  ): TimerFamily<Label>;
  /** Creates a summary, or returns the one of that name. */
  summary(name: string, options?: SummaryOptions & { readonly labels?: undefined }): Summary;
  /** Creates a summary with labels, or returns the one of that name. */
  summary<const Label extends string>(
    name: string,
    options: SummaryOptions & { readonly labels: readonly Label[] },
  ): SummaryFamily<Label>;
  /**
   * Exposes facts about the program as labels of a gauge whose value is 1. Another call with the same name and label
   * names replaces the facts of this thread; threads with the same facts share one series.
   *
   * @param name Name of the info. `_info` is appended if it is missing; `find` and `remove` expect the full name
   * @param labels Facts, by label name
   * @throws {TypeError} If the label names differ from those of an earlier call, or an argument has the wrong type
   * @throws {RangeError} If a name is invalid
   *
   * @example Expose the version
   * ```ts
   * import { assertStringIncludes } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics({ aggregation: "inline" });
   * metrics.info("build", { version: "1.2.3" }, { help: "Build of the program" });
   * assertStringIncludes(await metrics.scrape(), 'build_info{version="1.2.3"} 1');
   * ```
   */
  info(name: string, labels: LabelSet<string>, options?: InfoOptions): void;
  /**
   * Finds an instrument of this thread by name; returns `undefined` if there is none. {@linkcode Metrics.instruments} lists
   * those of all threads.
   *
   * @param name Name that the instrument was created with
   */
  find(name: string): Instrument | undefined;
  /**
   * Removes an instrument: its series of all threads are no longer exposed, and its name may get another definition.
   * Handles that are still held record nothing; on the thread that has removed the instrument, and on others once they
   * yield to the event loop, their calls are counted in `hotpath_records_rejected_total` as `removed`. Instrumentation such
   * as `httpMetrics` holds such handles and does not create their instruments again.
   *
   * @param name Name that the instrument was created with
   * @returns Whether this thread had such an instrument
   *
   * @example Another definition
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics();
   * metrics.counter("jobs").inc();
   * assertEquals(metrics.remove("jobs"), true);
   * metrics.gauge("jobs", { labels: ["queue"] }).with({ queue: "in" }).set(3);
   * const { metrics: [jobs] } = await metrics.snapshot();
   * assertEquals([jobs.type, jobs.series], ["gauge", [{ labels: { queue: "in" }, value: 3 }]]);
   * ```
   */
  remove(name: string): boolean;
  /**
   * Declares key performance indicators of the program, for dashboards and alerts. An indicator of the same name is
   * replaced; the metric may be created later.
   *
   * @throws {TypeError} If a member has the wrong type
   * @throws {RangeError} If a name is invalid or declared twice, or a threshold is not finite or on the wrong side of the
   * other
   *
   * @example A queue that must not grow
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics();
   * metrics.gauge("queue_backlog").set(3);
   * const thresholds = { target: 1_000, critical: 10_000 };
   * metrics.declareKpis([
   *   { name: "backlog", metric: "queue_backlog", statistic: "value", direction: "below", ...thresholds },
   * ]);
   * assertEquals((await metrics.definitions()).kpis.map(({ name }) => name), ["backlog"]);
   * ```
   */
  declareKpis(kpis: readonly Kpi[]): void;
  /**
   * Adds a listener of an event. Events are dispatched from the event loop, never inside of a recording call, and do
   * not keep the program alive. If a listener throws, or returns a promise that rejects, the error is reported as an
   * `error` event of the global scope and counted in `hotpath_records_rejected_total` as `listener_failed`; the program
   * continues.
   *
   * - `slobreach`, a {@linkcode SloBreachEvent}: an objective was violated. Each drain raises one event for each series
   *   that has violated its timer's objective since its last event, so at most a drain interval after the records were
   *   published. While this thread is busy, events wait and their counts are added up. Events of records before a
   *   `flush`, `snapshot` or `close` are dispatched before it resolves. The first event of a series includes the
   *   violations before there was a listener.
   * - `healthchange`, a {@linkcode HealthChangeEvent}: the health has changed, noticed within about a second. A change for
   *   the worse is dispatched at once, one for the better once it has held for `health.recoverAfter`. If the health is not
   *   `HEALTHY` when the first listener is added, it is notified of that.
   *
   * @param type Type of the event
   * @param listener Function, or object with a `handleEvent` method
   * @param options Options of `EventTarget.addEventListener`, such as `once` and `signal`
   *
   * @example Report breaches
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics();
   * const breaches: string[] = [];
   * metrics.addEventListener("slobreach", ({ metric, violations, worstSeconds }) => {
   *   breaches.push(`${metric} ${violations} times, up to ${worstSeconds} s`);
   * });
   * const execution = metrics.timer("order_execution", { slo: { threshold: "5ms", target: 0.999 } });
   * for (const seconds of [0.004, 0.02, 0.006]) execution.observe(seconds);
   * await metrics.flush();
   * assertEquals(breaches, ["order_execution_seconds 2 times, up to 0.02 s"]);
   * ```
   */
  addEventListener<Type extends keyof MetricsEvents>(
    type: Type,
    listener: MetricsListener<MetricsEvents[Type]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /**
   * Removes a listener.
   *
   * @param type Type of the event
   * @param listener Listener that was added
   * @param options Options of `EventTarget.removeEventListener`, such as `capture`
   */
  removeEventListener<Type extends keyof MetricsEvents>(
    type: Type,
    listener: MetricsListener<MetricsEvents[Type]> | null,
    options?: boolean | EventListenerOptions,
  ): void;
  /**
   * Creates a connection for another thread, a web Worker or one of `node:worker_threads`. Send it with
   * `worker.postMessage({ port }, port.transfer)`, and call {@linkcode attachMetrics} there. Each thread needs its own
   * connection, which has its own ring.
   *
   * @throws {TypeError} If aggregation is inline, because other threads only reach an aggregator in a worker
   * @throws {Error} If the metrics are closed
   */
  connect(): MetricsPort;
  /**
   * Resolves when everything recorded so far on this thread, and published on others, is aggregated. If the aggregator
   * has failed, it resolves once the aggregator is restarted; if none could be started, it resolves at once.
   *
   * @throws {TypeError} If another thread has already defined an instrument of this thread differently; the instrument
   * records nothing on this thread, and the health is `DEGRADED`
   */
  flush(): Promise<void>;
  /**
   * Returns everything recorded so far as Prometheus text. Any number of equal readings may be requested at once: those
   * that wait share one answer, of which each receives a copy. Of different readings, flushes included, at most 1,000
   * may be pending; further ones are rejected.
   */
  scrape(): Promise<string>;
  /** Returns an exposition in the accepted format; rejects with a `TypeError` if an option has the wrong type. */
  scrape(options: ScrapeOptions): Promise<Exposition>;
  /**
   * Returns a human-readable table of everything recorded so far: count, rate, quantiles and SLO, counters and gauges.
   */
  report(): Promise<string>;
  /**
   * Aggregates everything recorded so far and stops. Afterwards recording does nothing, and snapshots and scrapes
   * return the last state. If the aggregator has failed, it is restarted first. Rejects only if ten aggregators fail
   * one after another, because then records are lost. Resolves if none could ever be started, which
   * {@linkcode Metrics.ready} reports.
   */
  close(): Promise<void>;
}

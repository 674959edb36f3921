/**
 * What metrics offer their users: instruments, switches, and ways to read what was recorded.
 *
 * @module
 */

import type { HealthChangeEvent } from "../health/health_change_event.ts";
import type { MetricsHealth } from "../health/program_health.ts";
import type { Counter, CounterFamily, CounterOptions } from "../instrument/counter.ts";
import type { Gauge, GaugeFamily, GaugeFamilyOptions, GaugeOptions } from "../instrument/gauge.ts";
import type { Histogram, HistogramFamily, HistogramOptions } from "../instrument/histogram.ts";
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

/** Which exposition is wanted. */
export type ScrapeOptions = ExposeRequest;

/** The events, by type. */
export interface MetricsEvents {
  /** The objective of a timer was violated. */
  readonly slobreach: SloBreachEvent;
  /** The health has changed. */
  readonly healthchange: HealthChangeEvent;
}

/** What can listen to an event. */
export type MetricsListener<Kind extends Event> = ((event: Kind) => void) | { handleEvent(event: Kind): void };

/**
 * Instruments and what was recorded through them.
 *
 * Creating an instrument twice with the same definition gives the same instrument, and the last `collect` callback is
 * the one that is called; with another definition it throws a `TypeError`, unless the first was removed.
 */
export interface Metrics extends MetricsSource, AsyncDisposable {
  /** Whether anything is recorded. A change acts on the next call, on all threads. */
  enabled: boolean;
  /**
   * The share of calls of histograms, timers and summaries that are recorded, 0 to 1. A change acts on the next call,
   * on all threads. Counts stay exact, sums and quantiles become estimates; counters, gauges and what is `critical` are never
   * sampled. Ends a rollout that was begun over HTTP. Read, it is this thread's rate, which may set itself below.
   *
   * @throws {TypeError} If it is set to something that is no number
   * @throws {RangeError} If it is set to a number that is no share
   */
  samplingRate: number;
  /** Joins what belongs to one operation, across functions, promises and threads. */
  readonly trace: Tracer;
  /**
   * Settles when the aggregator runs; rejects if it could not be started. One line on stderr says so where nobody waits
   * for this. Recording works either way.
   */
  readonly ready: Promise<void>;
  /** How well things go, by checks of Hotpath's own and those that the program adds. */
  readonly health: MetricsHealth;
  /** A counter. */
  counter(name: string, options?: CounterOptions & { readonly labels?: undefined }): Counter;
  /** A counter with labels. */
  counter<const Label extends string>(
    name: string,
    options: CounterOptions & { readonly labels: readonly Label[] },
  ): CounterFamily<Label>;
  /** A gauge. */
  gauge(name: string, options?: GaugeOptions & { readonly labels?: undefined }): Gauge;
  /** A gauge with labels. */
  gauge<const Label extends string>(name: string, options: GaugeFamilyOptions<Label>): GaugeFamily<Label>;
  /** A histogram. */
  histogram(name: string, options?: HistogramOptions & { readonly labels?: undefined }): Histogram;
  /** A histogram with labels. */
  histogram<const Label extends string>(
    name: string,
    options: HistogramOptions & { readonly labels: readonly Label[] },
  ): HistogramFamily<Label>;
  /** A timer. */
  timer(name: string, options?: TimerOptions & { readonly labels?: undefined }): Timer;
  /** A timer with labels. */
  timer<const Label extends string>(
    name: string,
    options: TimerOptions & { readonly labels: readonly Label[] },
  ): TimerFamily<Label>;
  /** A summary. */
  summary(name: string, options?: SummaryOptions & { readonly labels?: undefined }): Summary;
  /** A summary with labels. */
  summary<const Label extends string>(
    name: string,
    options: SummaryOptions & { readonly labels: readonly Label[] },
  ): SummaryFamily<Label>;
  /**
   * The instrument of a name on this thread; `undefined` if there is none. What there is on all threads,
   * {@linkcode Metrics.instruments} lists.
   *
   * @param name The name that it was created with
   */
  find(name: string): Instrument | undefined;
  /**
   * Removes an instrument: its series are exposed no longer, whichever thread they are from, and its name may be given
   * another definition. Handles that are still held record nothing; on the thread that has removed it, and on others
   * once they yield to the event loop, what they are offered is counted in `hotpath_records_rejected_total` as `removed`.
   * Instrumentation, such as `httpMetrics`, holds such handles and does not make their instruments again.
   *
   * @param name The name that it was created with
   * @returns Whether this thread has such an instrument
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
   * Declares what shows how well the program does its work, for dashboards and alerts. A name that was declared before is
   * replaced; a metric need not be there yet.
   *
   * @throws {TypeError} If something has the wrong type
   * @throws {RangeError} If a name is none or there twice, or a threshold is not finite or on the wrong side of the other
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
   * Listens to what happens. Events come by themselves, never inside of a recording call, and do not keep the program
   * alive. A listener that throws, or gives a promise that rejects, does not end the program: it is reported as an `error`
   * event of the global scope, counted in `hotpath_records_rejected_total` as `listener_failed`, and disturbs nothing else.
   *
   * - `slobreach`, a {@linkcode SloBreachEvent}: an objective was violated. Each drain raises one event for each series
   *   that has violated its timer's objective since its last event, so at most a drain interval after the records were
   *   published. While this thread is busy, events wait and their counts are added up. Those of what was recorded
   *   before a `flush`, `snapshot` or `close` come before it resolves. The first event of a series also tells of what
   *   was violated before anybody listened.
   * - `healthchange`, a {@linkcode HealthChangeEvent}: the health has changed, seen within about a second. A change for
   *   the worse is told at once, one for the better once it has held for `health.recoverAfter`. Whoever listens first
   *   while it is not `HEALTHY` is told so.
   *
   * @param type Which of them
   * @param listener A function, or an object with a `handleEvent` method
   * @param options As of any `EventTarget`: `once`, `signal`
   *
   * @example Tell somebody
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics();
   * const told: string[] = [];
   * metrics.addEventListener("slobreach", ({ metric, violations, worstSeconds }) => {
   *   told.push(`${metric} ${violations} times, up to ${worstSeconds} s`);
   * });
   * const execution = metrics.timer("order_execution", { slo: { threshold: "5ms", target: 0.999 } });
   * for (const seconds of [0.004, 0.02, 0.006]) execution.observe(seconds);
   * await metrics.flush();
   * assertEquals(told, ["order_execution_seconds 2 times, up to 0.02 s"]);
   * ```
   */
  addEventListener<Type extends keyof MetricsEvents>(
    type: Type,
    listener: MetricsListener<MetricsEvents[Type]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /**
   * Stops listening.
   *
   * @param type What was listened to
   * @param listener What was added
   * @param options As of any `EventTarget`
   */
  removeEventListener<Type extends keyof MetricsEvents>(
    type: Type,
    listener: MetricsListener<MetricsEvents[Type]> | null,
    options?: boolean | EventListenerOptions,
  ): void;
  /**
   * Makes a connection for another thread, a web Worker or one of `node:worker_threads`: hand it
   * over with `worker.postMessage({ port }, port.transfer)`, and call {@linkcode attachMetrics} there.
   * Each connection is for one thread, and has a ring of its own.
   *
   * @throws {TypeError} If aggregation is inline, because other threads only reach a worker
   * @throws {Error} If the metrics are closed
   */
  connect(): MetricsPort;
  /**
   * Resolves when everything recorded so far on this thread, and published on others, is aggregated. If the aggregator
   * has failed, that is when it was started again; if it could not be started, at once, because then nothing ever is.
   *
   * @throws {TypeError} If an instrument of this thread has another definition on a thread that was
   * faster; it records nothing, and the metrics' health is `DEGRADED`
   */
  flush(): Promise<void>;
  /** The Prometheus text of everything recorded so far. */
  scrape(): Promise<string>;
  /** The exposition in the format that is accepted; rejects with a `TypeError` if an option has the wrong type. */
  scrape(options: ScrapeOptions): Promise<Exposition>;
  /** A table of everything recorded so far, for people: count, rate, quantiles and SLO, counters and gauges. */
  report(): Promise<string>;
  /**
   * Aggregates what is left and stops. Afterwards recording does nothing, and snapshots and scrapes
   * give the last state. If the aggregator has failed, it is started again for that; rejects only if ten fail one after
   * another, because then records are lost. Resolves if it could never be started, as {@linkcode Metrics.ready} says.
   */
  close(): Promise<void>;
}

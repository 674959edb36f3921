/**
 * Histogram, timer or summary with its series. A series exists from the first thread that adds it until the last one
 * removes it; a departed thread removes nothing.
 *
 * @module
 */

import type { MetricFamily } from "../../model/families.ts";
import type { Definition, Labels } from "../../model/model.ts";
import type { DistributionSeriesSnapshot, MetricSnapshot, SummarySeriesSnapshot } from "../../model/snapshot.ts";
import { planWindows, type WindowPlan } from "../../sketch/sliding_window.ts";
import { classicBounds } from "./classic_buckets.ts";
import { Distribution } from "./distribution.ts";
import type { DistributionSpec, PlannedWindow } from "./distribution_spec.ts";
import { type SeriesKey, seriesKeyOf } from "./label_sets.ts";
import { distributionFamilies } from "./metric_families.ts";
import { SeriesPoints } from "./series_points.ts";
import type { BreachLog } from "./slo.ts";

/** Histogram, timer or summary with its series. */
export class DistributionFamily {
  /** Definition of the instrument. */
  readonly definition: Definition;
  readonly #spec: DistributionSpec;
  readonly #series: Map<SeriesKey, Distribution> = new Map();
  /** Number of threads that record in a series; 0 if all have departed. */
  readonly #threads: WeakMap<Distribution, number> = new WeakMap();
  /** Number of reads that have begun. */
  #reads = 0;
  #isEnded = false;

  /**
   * Creates a family without series.
   *
   * @param plan Windows of its series; a summary uses its own window instead
   * @param idleTtlMs Milliseconds without a value after which a series is idle
   * @param log Receives breaches of its objective until they are reported
   */
  constructor(definition: Definition, plan: WindowPlan, idleTtlMs: number, log: BreachLog) {
    this.definition = definition;
    const { schema, sketch, buckets, slo, exposedName, summary } = definition;
    this.#spec = {
      schema,
      sketch,
      classic: classicBounds(buckets, schema),
      plan: summary === undefined ? plan : planWindows([summary.window]),
      idleTtlMs,
      ...(summary !== undefined && { quantiles: summary.quantiles }),
      ...(slo !== undefined && { slo: { objective: slo, metric: exposedName, log } }),
    };
  }

  /** Number of series. */
  get size(): number {
    return this.#series.size;
  }

  /** Whether a label set has a series. */
  has(labels: Labels): boolean {
    return this.#series.has(seriesKeyOf(labels));
  }

  /**
   * Adds a thread to the series of a label set, which is created if there is none.
   *
   * @param createdMs Time of creation of a new series, in milliseconds since the epoch
   */
  add(labels: Labels, nowMs: number, createdMs?: number): Distribution {
    const key = seriesKeyOf(labels);
    const series = this.#series.get(key) ?? new Distribution(labels, this.#spec, nowMs, createdMs, this.#reads);
    if (this.#isEnded) series.end();
    this.#series.set(key, series);
    this.#threads.set(series, this.#threadsOf(series) + 1);
    return series;
  }

  /** Removes a thread, and with the last one the series. The records of one thread cannot be separated. */
  remove(series: Distribution): void {
    this.leave(series);
    if (this.#threadsOf(series) > 0) return;
    series.end();
    const key = seriesKeyOf(series.labels);
    if (this.#series.get(key) === series) this.#series.delete(key);
  }

  /** Removes a departed thread; the series stays. */
  leave(series: Distribution): void {
    this.#threads.set(series, Math.max(0, this.#threadsOf(series) - 1));
  }

  /** Removes all series, including those that threads still record in, and stops reporting their breaches. */
  end(): void {
    this.#isEnded = true;
    for (const series of this.#series.values()) series.end();
    this.#series.clear();
  }

  /** Frees the memory of idle series. */
  sweep(nowMs: number): void {
    for (const series of this.#series.values()) series.sweep(nowMs);
  }

  /** Returns a snapshot of all series that are not idle. */
  snapshot(nowMs: number): MetricSnapshot {
    const { definition } = this;
    const { exposedName: name, unit, help, summary } = definition;
    const all = Array.from(this.current(nowMs), (series) => series.snapshot(nowMs));
    if (summary !== undefined) {
      const window = summary.window.name;
      return { name, type: "summary", unit, help, window, series: all.map((each) => overWindow(each, window)) };
    }
    return {
      name,
      type: "histogram",
      unit,
      help,
      windowName: definition.windowName,
      ...(definition.sloName !== undefined && { sloName: definition.sloName }),
      buckets: definition.buckets,
      series: all,
    };
  }

  /** Returns the families of the exposition, with the quantiles of the named windows, or of all. */
  families(nowMs: number, exposedWindows?: readonly string[]): Iterable<MetricFamily> {
    const { definition } = this;
    const { plan } = this.#spec;
    const isExposed = ({ spec }: PlannedWindow) => exposedWindows === undefined || exposedWindows.includes(spec.name);
    // The only window of a summary is always exposed.
    const windows = definition.summary === undefined ? plan.windows.filter(isExposed) : plan.windows;
    return distributionFamilies(definition, { owner: this, windows, nowMs, series: () => this.current(nowMs) });
  }

  /** Returns a window by its name; for a summary, its only one for any name; `undefined` if there are no windows. */
  windowNamed(name: string): PlannedWindow | undefined {
    const { windows } = this.#spec.plan;
    return windows.find(({ spec }) => spec.name === name) ?? windows.at(0);
  }

  /** Returns the series that are not idle. */
  current(nowMs: number): Iterable<Distribution> {
    return new SeriesPoints(this.#series.values(), this.#reads++, (series) => !series.isIdle(nowMs));
  }

  #threadsOf(series: Distribution): number {
    return this.#threads.get(series) ?? 0;
  }
}

/** Returns the snapshot of a summary's series, with the quantiles of its window. */
function overWindow(
  { labels, count, sum, min, max, mean, windows }: DistributionSeriesSnapshot,
  window: string,
): SummarySeriesSnapshot {
  return { labels, count, sum, min, max, mean, quantiles: windows[window].quantiles, windows };
}

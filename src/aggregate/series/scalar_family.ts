/**
 * Counter or gauge with its series. A series exists from the first thread that adds it until the last one removes it; a
 * departed thread removes nothing of a counter.
 *
 * @module
 */

import type { MetricFamily } from "../../model/families.ts";
import type { Definition, Labels } from "../../model/model.ts";
import type { MetricSnapshot } from "../../model/snapshot.ts";
import { IdleWatch } from "./idle_watch.ts";
import { OVERFLOW_LABELS, type SeriesKey, seriesKeyOf } from "./label_sets.ts";
import { GaugeScalar, Scalar, type ThreadShare } from "./scalar.ts";
import { SeriesPoints } from "./series_points.ts";

/**
 * Called when a counter series is removed together with totals of departed threads.
 *
 * @param labelValues Label values in the order of the sorted names; `undefined` for the overflow series
 */
export type OnForgotten = (name: string, labelValues: readonly string[] | undefined) => void;

/** Counter or gauge with its series. */
export class ScalarFamily {
  /** Definition of the instrument. */
  readonly definition: Definition;
  readonly #idle: IdleWatch;
  readonly #onForgotten: OnForgotten;
  readonly #series: Map<SeriesKey, Scalar> = new Map();
  /** Number of reads that have begun. */
  #reads = 0;

  /** @param idleTtlMs Milliseconds without a change after which a series is idle */
  constructor(definition: Definition, idleTtlMs: number, onForgotten: OnForgotten) {
    this.definition = definition;
    this.#idle = new IdleWatch(idleTtlMs);
    this.#onForgotten = onForgotten;
  }

  /** Number of series. */
  get size(): number {
    return this.#series.size;
  }

  /** Whether a label set has a series. */
  has(labels: Labels): boolean {
    return this.#series.has(seriesKeyOf(labels));
  }

  /** Adds a thread's share to the series of a label set, which is created if there is none. */
  add(labels: Labels, share: ThreadShare): Scalar {
    const series = this.#getOrCreate(labels);
    series.add(share);
    return series;
  }

  /** Adds the total of departed threads to the series of a label set, which is created if there is none. */
  addDeparted(labels: Labels, value: number, sinceMs: number): void {
    this.#getOrCreate(labels).addDeparted(value, sinceMs);
  }

  /** Removes a thread's share, and with the last one the series. */
  remove(series: Scalar, share: ThreadShare): void {
    series.remove(share);
    if (series.isEmpty) this.#forget(series);
  }

  /** Removes the share of a departed thread: a counter keeps its value, a gauge is removed with its last share. */
  leave(series: Scalar, share: ThreadShare): void {
    series.leave(share);
    if (series.isEmpty && this.definition.type === "gauge") this.#forget(series);
  }

  /** Removes all series, including those that threads still have shares in. */
  end(): void {
    for (const series of [...this.#series.values()]) this.#forget(series);
  }

  /** Compares all values, to know later since when they are unchanged. */
  sweep(nowMs: number): void {
    for (const series of this.#series.values()) this.#idle.look(series, nowMs);
  }

  /** Returns a snapshot of all series that are not idle. */
  snapshot(nowMs: number): MetricSnapshot {
    const { definition } = this;
    return {
      name: definition.exposedName,
      type: definition.type === "counter" ? "counter" : "gauge",
      unit: definition.unit,
      help: definition.help,
      series: Array.from(this.current(nowMs), (series) => series.snapshot()),
    };
  }

  /** Yields the families of the exposition. */
  *families(nowMs: number): Generator<MetricFamily> {
    const { exposedName: name, unit, help, type } = this.definition;
    yield { type: type === "counter" ? type : "gauge", name, unit, help, owner: this, points: this.current(nowMs) };
  }

  /** Returns the series that have a value and are not idle. */
  current(nowMs: number): Iterable<Scalar> {
    const all = this.#series.values();
    const read = this.#reads++;
    if (this.definition.type === "counter" && !this.#idle.watches) return new SeriesPoints(all, read);
    return new SeriesPoints(all, read, (series) => series.hasValue && !this.#idle.look(series, nowMs));
  }

  #getOrCreate(labels: Labels): Scalar {
    const key = seriesKeyOf(labels);
    let series = this.#series.get(key);
    if (series === undefined) {
      const { type, aggregator = "sum" } = this.definition;
      const reads = this.#reads;
      series = type === "counter" ? new Scalar(labels, reads) : new GaugeScalar(labels, aggregator, reads);
      this.#series.set(key, series);
    }
    return series;
  }

  #forget(series: Scalar): void {
    const { labels } = series;
    const key = seriesKeyOf(labels);
    if (this.#series.get(key) !== series) return;
    this.#series.delete(key);
    const { type, name, labelNames } = this.definition;
    if (type !== "counter" || !series.hasDeparted) return;
    this.#onForgotten(name, labels === OVERFLOW_LABELS ? undefined : labelNames.toSorted().map((each) => labels[each]));
  }
}

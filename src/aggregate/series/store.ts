/**
 * All families and their series, as the aggregator knows them. A family is an instrument with its
 * label sets. Threads that use the same instrument share its family, and those that use the same
 * label set share its series: a series is there from the first thread that adds it to the last that
 * removes it. A thread that has gone removes nothing.
 *
 * @module
 */

import { typeError } from "../../check/errors.ts";
import type { MetricFamily } from "../../model/families.ts";
import type { Kpi } from "../../model/kpi.ts";
import type { InstrumentDiagnostics } from "../../model/diagnostics.ts";
import type { Definition, Labels } from "../../model/model.ts";
import type { DistributionSeriesSnapshot, MetricSnapshot, SummarySeriesSnapshot } from "../../model/snapshot.ts";
import { sampleNameError, sampleNames } from "../../model/sample_names.ts";
import { planWindows, type WindowPlan } from "../../sketch/sliding_window.ts";
import { classicBounds } from "./classic_buckets.ts";
import { Distribution, type DistributionSpec } from "./distribution.ts";
import { IdleWatch } from "./idle_watch.ts";
import { distributionFamilies } from "./metric_families.ts";
import { SeriesPoints } from "./series_points.ts";
import { GaugeScalar, Scalar, type Share } from "./scalar.ts";
import { BreachLog } from "./slo.ts";

/** The label that marks the series of all label sets past the cap. */
export const OVERFLOW_LABELS: Labels = Object.freeze({ hotpath_overflow: "true" });
const OVERFLOW: unique symbol = Symbol("overflow");

type SeriesKey = string | typeof OVERFLOW;

/** What threads that have gone had counted in one series. */
export interface DepartedSeries {
  /** What is counted. */
  readonly definition: Definition;
  /** The label set, by the values in the order of the names; `undefined` for the overflow series. */
  readonly labelValues: readonly string[] | undefined;
  /** What they had counted. */
  readonly value: number;
  /** Since when, in milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** Told of a series that is forgotten with what gone threads had counted in it. */
export type OnForgotten = (name: string, labelValues: readonly string[] | undefined) => void;

/** Called with a family that is no longer there. */
export type OnRemoved = (family: Family) => void;

/** Looks at all series this many times in the time that they may be idle. */
const SWEEPS_PER_TTL = 10;

/** A counter or gauge and its series. */
export class ScalarFamily {
  /** What it is. */
  readonly definition: Definition;
  readonly #idle: IdleWatch;
  readonly #onForgotten: OnForgotten;
  readonly #series: Map<SeriesKey, Scalar> = new Map();
  /** How many reads have begun. */
  #reads = 0;

  /** Without series. */
  constructor(definition: Definition, idleTtlMs: number, onForgotten: OnForgotten) {
    this.definition = definition;
    this.#idle = new IdleWatch(idleTtlMs);
    this.#onForgotten = onForgotten;
  }

  /** How many series it has. */
  get size(): number {
    return this.#series.size;
  }

  /** Whether there is a series of a label set. */
  has(labels: Labels): boolean {
    return this.#series.has(keyOf(labels));
  }

  /** Adds a thread's share to the series of a label set, which is a new one if there is none. */
  add(labels: Labels, share: Share): Scalar {
    const series = this.#getOrCreate(labels);
    series.add(share);
    return series;
  }

  /** Adds what gone threads had counted to the series of a label set, which is a new one if there is none. */
  addLeft(labels: Labels, value: number, sinceMs: number): void {
    this.#getOrCreate(labels).addLeft(value, sinceMs);
  }

  /** Takes a thread's share away, and forgets the series with the last one. */
  remove(series: Scalar, share: Share): void {
    series.remove(share);
    if (series.isEmpty) this.#forget(series);
  }

  /** Takes the share of a thread away that has gone: counters stay, gauges go with their last share. */
  leave(series: Scalar, share: Share): void {
    series.leave(share);
    if (series.isEmpty && this.definition.type === "gauge") this.#forget(series);
  }

  /** Looks at all values, to know later since when they have not changed. */
  sweep(nowMs: number): void {
    for (const series of this.#series.values()) this.#idle.look(series, nowMs);
  }

  /** All its series at this moment, but for those that are idle. */
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

  /** What the exposition writes of it. */
  *families(nowMs: number): Generator<MetricFamily> {
    const { exposedName: name, unit, help, type } = this.definition;
    yield { type: type === "counter" ? type : "gauge", name, unit, help, owner: this, points: this.current(nowMs) };
  }

  /** The series that have a value and are not idle. */
  current(nowMs: number): Iterable<Scalar> {
    const all = this.#series.values();
    const read = this.#reads++;
    if (this.definition.type === "counter" && !this.#idle.watches) return new SeriesPoints(all, read);
    return new SeriesPoints(all, read, (series) => series.hasValue && !this.#idle.look(series, nowMs));
  }

  /** Forgets all series, also those that threads still have shares in. */
  end(): void {
    for (const series of [...this.#series.values()]) this.#forget(series);
  }

  #getOrCreate(labels: Labels): Scalar {
    const key = keyOf(labels);
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
    const key = keyOf(labels);
    if (this.#series.get(key) !== series) return;
    this.#series.delete(key);
    const { type, name, labelNames } = this.definition;
    if (type !== "counter" || !series.hasLeft) return;
    this.#onForgotten(name, labels === OVERFLOW_LABELS ? undefined : labelNames.map((each) => labels[each]));
  }
}

/** A histogram, timer or summary and its series. */
export class DistributionFamily {
  /** What it is. */
  readonly definition: Definition;
  readonly #spec: DistributionSpec;
  readonly #series: Map<SeriesKey, Distribution> = new Map();
  /** How many threads record in a series; none if all have gone. */
  readonly #threads: WeakMap<Distribution, number> = new WeakMap();
  /** How many reads have begun. */
  #reads = 0;
  #isEnded = false;

  /** Without series. */
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

  /** How many series it has. */
  get size(): number {
    return this.#series.size;
  }

  /** Whether there is a series of a label set. */
  has(labels: Labels): boolean {
    return this.#series.has(keyOf(labels));
  }

  /**
   * Adds a thread to the series of a label set, which is a new and empty one if there is none.
   *
   * @param createdMs When a new one was made, in milliseconds since the epoch
   */
  add(labels: Labels, nowMs: number, createdMs?: number): Distribution {
    const key = keyOf(labels);
    const series = this.#series.get(key) ?? new Distribution(labels, this.#spec, nowMs, createdMs, this.#reads);
    if (this.#isEnded) series.end();
    this.#series.set(key, series);
    this.#threads.set(series, this.#threadsOf(series) + 1);
    return series;
  }

  /** Takes a thread away, and forgets the series with the last one. What the others have recorded cannot be told apart. */
  remove(series: Distribution): void {
    this.leave(series);
    if (this.#threadsOf(series) > 0) return;
    series.end();
    const key = keyOf(series.labels);
    if (this.#series.get(key) === series) this.#series.delete(key);
  }

  /** Takes a thread away that has gone; the series stays. */
  leave(series: Distribution): void {
    this.#threads.set(series, Math.max(0, this.#threadsOf(series) - 1));
  }

  /** Forgets all series, also those that threads still record in; no breach is reported of them any more. */
  end(): void {
    this.#isEnded = true;
    for (const series of this.#series.values()) series.end();
    this.#series.clear();
  }

  /** Frees the series that are idle. */
  sweep(nowMs: number): void {
    for (const series of this.#series.values()) series.sweep(nowMs);
  }

  /** All its series at this moment, but for those that are idle. */
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

  /** What the exposition writes of it. */
  families(nowMs: number): Iterable<MetricFamily> {
    const hasWindows = this.#spec.plan.windows.length > 0;
    return distributionFamilies(this.definition, this, () => this.current(nowMs), nowMs, hasWindows);
  }

  /** A window by its name; of a summary, which has its own, that one. `undefined` if there are none. */
  windowNamed(name: string): WindowPlan["windows"][number] | undefined {
    const { windows } = this.#spec.plan;
    return windows.find(({ spec }) => spec.name === name) ?? windows.at(0);
  }

  /** The series that are not idle. */
  current(nowMs: number): Iterable<Distribution> {
    return new SeriesPoints(this.#series.values(), this.#reads++, (series) => !series.isIdle(nowMs));
  }

  #threadsOf(series: Distribution): number {
    return this.#threads.get(series) ?? 0;
  }
}

/** A summary's series: its quantiles are those of its window. */
function overWindow(
  { labels, count, sum, min, max, mean, windows }: DistributionSeriesSnapshot,
  window: string,
): SummarySeriesSnapshot {
  return { labels, count, sum, min, max, mean, quantiles: windows[window].quantiles, windows };
}

/** A family of either sort. */
export type Family = ScalarFamily | DistributionFamily;

/** All families, in the order they were defined. */
export class SeriesStore {
  /** What objectives were violated and nobody was told yet. */
  readonly breaches: BreachLog = new BreachLog();
  readonly #plan: WindowPlan;
  readonly #families: Map<string, Family> = new Map();
  /** By sample name: the family that writes it. */
  readonly #sampleNames: Map<string, Family> = new Map();
  readonly #kpis: Map<string, Kpi> = new Map();
  readonly #seriesMax: number;
  readonly #idleTtlMs: number;
  readonly #onForgotten: OnForgotten;
  readonly #onRemoved: OnRemoved;
  #sweepAtMs = Number.NEGATIVE_INFINITY;

  /**
   * An empty store.
   *
   * @param plan The windows of its distributions
   * @param seriesMax Series of all threads before label sets go to the overflow series
   * @param idleTtlMs Milliseconds without a change after which a series is idle: it is left out of snapshots until it
   * changes, and a distribution then starts again
   * @param onForgotten Told of counters that gone threads had counted in
   * @param onRemoved Called with each family that a thread removes
   */
  constructor(
    plan: WindowPlan,
    seriesMax: number = Number.POSITIVE_INFINITY,
    idleTtlMs: number = Number.POSITIVE_INFINITY,
    onForgotten: OnForgotten = () => {},
    onRemoved: OnRemoved = () => {},
  ) {
    this.#onRemoved = onRemoved;
    this.#onForgotten = onForgotten;
    this.#plan = plan;
    this.#seriesMax = seriesMax;
    this.#idleTtlMs = idleTtlMs;
  }

  /** All families, in the order they were defined. */
  get all(): Iterable<Family> {
    return this.#families.values();
  }

  /** The key performance indicators, in the order they were first declared. */
  get kpis(): readonly Kpi[] {
    return [...this.#kpis.values()];
  }

  /** How many series there are. */
  get size(): number {
    return this.#sum((family) => family.size);
  }

  /** Whether one more label set can have a series of its own. */
  get hasRoom(): boolean {
    return this.#sum((family) => family.size - (family.has(OVERFLOW_LABELS) ? 1 : 0)) < this.#seriesMax;
  }

  /**
   * The family of a definition: the one there is, or a new one. It must not clash.
   *
   * @param idleTtlMs How long a series of a new one may be idle, if that is not as for all others
   */
  define(definition: Definition, idleTtlMs?: number): Family {
    const existing = this.#families.get(definition.name);
    if (existing !== undefined) return existing;
    const family = this.unlisted(definition, idleTtlMs);
    this.#families.set(definition.name, family);
    for (const name of sampleNames(definition)) this.#sampleNames.set(name, family);
    return family;
  }

  /** Removes a family, with what any thread has in it; does nothing if no snapshot shows it. */
  remove(family: Family): void {
    const { definition } = family;
    if (this.#families.get(definition.name) !== family) return;
    this.#families.delete(definition.name);
    for (const name of sampleNames(definition)) this.#sampleNames.delete(name);
    family.end();
    this.#onRemoved(family);
  }

  /** Takes key performance indicators; the same name again replaces. */
  declare(kpis: readonly Kpi[]): void {
    for (const kpi of kpis) this.#kpis.set(kpi.name, kpi);
  }

  /** Takes over what threads had counted that have gone; its definition must not clash. */
  restore({ definition, labelValues, value, sinceMs }: DepartedSeries): void {
    const labels = labelValues === undefined ? OVERFLOW_LABELS : labelsOf(definition.labelNames, labelValues);
    const family = this.define(definition);
    if (family instanceof ScalarFamily) family.addLeft(labels, value, sinceMs);
  }

  /** A family that no snapshot shows. */
  unlisted(definition: Definition, idleTtlMs: number = this.#idleTtlMs): Family {
    const isScalar = definition.type === "counter" || definition.type === "gauge";
    return isScalar
      ? new ScalarFamily(definition, idleTtlMs, this.#onForgotten)
      : new DistributionFamily(definition, this.#plan, idleTtlMs, this.breaches);
  }

  /** What is wrong with a definition: that it differs from another thread's. */
  clashOf(definition: Definition): TypeError | undefined {
    const { type, name } = definition;
    const existing = this.#families.get(name)?.definition;
    if (existing !== undefined) {
      // Both were put together field by field in the same place.
      if (JSON.stringify(existing) === JSON.stringify(definition)) return undefined;
      const must = `equal that of the ${existing.type} of that name on another thread`;
      return typeError(`create ${type} ${name}`, "its definition", must, definition);
    }
    for (const taken of sampleNames(definition)) {
      const owner = this.#sampleNames.get(taken)?.definition;
      if (owner !== undefined) return sampleNameError(definition, owner, taken, " on another thread");
    }
    return undefined;
  }

  /** Frees the series that are idle; does nothing most times, so it may be called at each drain. */
  sweep(nowMs: number): void {
    if (nowMs < this.#sweepAtMs) return;
    this.#sweepAtMs = nowMs + this.#idleTtlMs / SWEEPS_PER_TTL;
    for (const family of this.#families.values()) family.sweep(nowMs);
  }

  /** All families with at least one series that is not idle, at this moment. */
  snapshot(nowMs: number): MetricSnapshot[] {
    return [...this.#families.values()].map((family) => family.snapshot(nowMs)).filter(({ series }) =>
      series.length > 0
    );
  }

  /**
   * What the exposition writes, read when its points are. What is defined meanwhile is not part of it: its name may be that
   * of a family which was given before and is removed.
   */
  *families(nowMs: number): Generator<MetricFamily> {
    for (const family of [...this.#families.values()]) {
      if (this.#families.get(family.definition.name) === family) yield* family.families(nowMs);
    }
  }

  /** What there is. */
  instruments(): InstrumentDiagnostics[] {
    return Array.from(this.#families.values(), ({ definition: { name, exposedName, type, labelNames }, size }) => ({
      name,
      exposedName,
      type,
      labelNames,
      series: size,
    }));
  }

  #sum(count: (family: Family) => number): number {
    let total = 0;
    for (const family of this.#families.values()) total += count(family);
    return total;
  }
}

/** A label set from its values in the order of the names. */
export function labelsOf(names: readonly string[], values: readonly string[]): Labels {
  return Object.freeze(Object.fromEntries(names.map((name, i) => [name, values[i]])));
}

/**
 * What label sets of a family are told apart by; their names are always in the order of the definition. No new text for
 * one label, because there are many series.
 */
function keyOf(labels: Labels): SeriesKey {
  if (labels === OVERFLOW_LABELS) return OVERFLOW;
  const values = Object.values(labels);
  return values.length === 1 ? values[0] : JSON.stringify(values);
}

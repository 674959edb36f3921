/**
 * Families of the aggregator. A family is an instrument with its label sets. Threads that use the same instrument share
 * its family, and threads that use the same label set share its series.
 *
 * @module
 */

import { typeError } from "../../check/errors.ts";
import { differencesOf, isEqualDefinition } from "../../model/definition_differences.ts";
import type { InstrumentDiagnostics } from "../../model/diagnostics.ts";
import type { MetricFamily } from "../../model/families.ts";
import type { Kpi } from "../../model/kpi.ts";
import type { Definition } from "../../model/model.ts";
import { sampleNameError, sampleNames } from "../../model/sample_names.ts";
import type { MetricSnapshot } from "../../model/snapshot.ts";
import type { WindowPlan } from "../../sketch/sliding_window.ts";
import { DistributionFamily } from "./distribution_family.ts";
import { labelSetOf, OVERFLOW_LABELS } from "./label_sets.ts";
import type { DepartedSeries } from "./previous_run.ts";
import { type OnForgotten, ScalarFamily } from "./scalar_family.ts";
import { BreachLog } from "./slo.ts";

/** Family of either kind. */
export type SeriesFamily = ScalarFamily | DistributionFamily;

/** Called with a removed family. */
export type OnRemoved = (family: SeriesFamily) => void;

/** Number of sweeps within the time after which a series is idle. */
const SWEEPS_PER_TTL = 10;

/** All families, in the order of their definition. */
export class SeriesStore {
  /** Breaches of objectives that are not reported yet. */
  readonly breaches: BreachLog = new BreachLog();
  readonly #plan: WindowPlan;
  readonly #families: Map<string, SeriesFamily> = new Map();
  /** Family of each sample name. */
  readonly #sampleNames: Map<string, SeriesFamily> = new Map();
  readonly #kpis: Map<string, Kpi> = new Map();
  readonly #seriesMax: number;
  readonly #idleTtlMs: number;
  readonly #onForgotten: OnForgotten;
  readonly #onRemoved: OnRemoved;
  #sweepAtMs = Number.NEGATIVE_INFINITY;

  /**
   * Creates an empty store.
   *
   * @param plan Windows of distributions
   * @param seriesMax Maximum number of series of all threads; further label sets go to the overflow series
   * @param idleTtlMs Milliseconds without a change after which a series is idle: it is hidden until its next change, when
   * a distribution is reset
   * @param onForgotten Called with removed counters that hold totals of departed threads
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

  /** All families, in the order of their definition. */
  get all(): Iterable<SeriesFamily> {
    return this.#families.values();
  }

  /** Key performance indicators, in the order of their first declaration. */
  get kpis(): readonly Kpi[] {
    return [...this.#kpis.values()];
  }

  /** Number of series. */
  get size(): number {
    return this.#sum((family) => family.size);
  }

  /** Share of `seriesMax` in use, 0 to 1; series without labels are admitted beyond it. */
  get usageRatio(): number {
    return Math.min(1, this.#own / this.#seriesMax);
  }

  /** Whether one more label set can have its own series. */
  get hasRoom(): boolean {
    return this.#own < this.#seriesMax;
  }

  /**
   * Returns the family of a definition, which must not clash; creates it if there is none.
   *
   * @param idleTtlMs Milliseconds after which a series of a new family is idle; the store's by default
   */
  define(definition: Definition, idleTtlMs?: number): SeriesFamily {
    const existing = this.#families.get(definition.name);
    if (existing !== undefined) return existing;
    const family = this.unlisted(definition, idleTtlMs);
    this.#families.set(definition.name, family);
    for (const name of sampleNames(definition)) this.#sampleNames.set(name, family);
    return family;
  }

  /** Removes a family with the series of all threads; does nothing for an unlisted one. */
  remove(family: SeriesFamily): void {
    const { definition } = family;
    if (this.#families.get(definition.name) !== family) return;
    this.#families.delete(definition.name);
    for (const name of sampleNames(definition)) this.#sampleNames.delete(name);
    family.end();
    this.#onRemoved(family);
  }

  /** Declares key performance indicators; one with a known name replaces it. */
  declare(kpis: readonly Kpi[]): void {
    for (const kpi of kpis) this.#kpis.set(kpi.name, kpi);
  }

  /** Adds the total of departed threads to a series, whose definition must not clash. */
  restore({ definition, labelValues, value, sinceMs }: DepartedSeries): void {
    const family = this.define(definition);
    const labels = labelValues === undefined
      ? OVERFLOW_LABELS
      : labelSetOf(family.definition.labelNames, labelValues, definition.labelNames);
    if (family instanceof ScalarFamily) family.addDeparted(labels, value, sinceMs);
  }

  /** Creates a family that appears in no snapshot and no exposition. */
  unlisted(definition: Definition, idleTtlMs: number = this.#idleTtlMs): SeriesFamily {
    const isScalar = definition.type === "counter" || definition.type === "gauge";
    return isScalar
      ? new ScalarFamily(definition, idleTtlMs, this.#onForgotten)
      : new DistributionFamily(definition, this.#plan, idleTtlMs, this.breaches);
  }

  /** Returns the error for a definition that differs from another thread's; `undefined` if it can be defined. */
  clashOf(definition: Definition): TypeError | undefined {
    const { type, name } = definition;
    const existing = this.#families.get(name)?.definition;
    if (existing !== undefined) {
      if (isEqualDefinition(existing, definition)) return undefined;
      const what = differencesOf(existing, definition).join(", ") || "exposed names";
      const must = `equal that of the ${existing.type} of that name on another thread, but differs in ${what}`;
      return typeError(`create ${type} ${name}`, "its definition", must, definition);
    }
    for (const taken of sampleNames(definition)) {
      const owner = this.#sampleNames.get(taken)?.definition;
      if (owner !== undefined) return sampleNameError(definition, owner, taken, " on another thread");
    }
    return undefined;
  }

  /** Frees the memory of idle series. Usually does nothing, so that it can be called at each drain. */
  sweep(nowMs: number): void {
    if (nowMs < this.#sweepAtMs) return;
    this.#sweepAtMs = nowMs + this.#idleTtlMs / SWEEPS_PER_TTL;
    for (const family of this.#families.values()) family.sweep(nowMs);
  }

  /** Returns all families with at least one series that is not idle. */
  snapshot(nowMs: number): MetricSnapshot[] {
    return [...this.#families.values()].map((family) => family.snapshot(nowMs)).filter(({ series }) =>
      series.length > 0
    );
  }

  /**
   * Yields the families of the exposition, whose points are read while they are written. A family defined in the
   * meantime is skipped: its name may be that of one that was written before and has been removed.
   *
   * @param exposedWindows Names of the windows whose quantiles are exposed; all by default
   */
  *families(nowMs: number, exposedWindows?: readonly string[]): Generator<MetricFamily> {
    for (const family of [...this.#families.values()]) {
      if (this.#families.get(family.definition.name) === family) yield* family.families(nowMs, exposedWindows);
    }
  }

  /** Returns all instruments, with their series counts. */
  instruments(): InstrumentDiagnostics[] {
    return Array.from(this.#families.values(), ({ definition: { name, exposedName, type, labelNames }, size }) => ({
      name,
      exposedName,
      type,
      labelNames,
      series: size,
    }));
  }

  /** Number of series with one label set each, which excludes overflow series. */
  get #own(): number {
    return this.#sum((family) => family.size - (family.has(OVERFLOW_LABELS) ? 1 : 0));
  }

  #sum(count: (family: SeriesFamily) => number): number {
    let total = 0;
    for (const family of this.#families.values()) total += count(family);
    return total;
  }
}

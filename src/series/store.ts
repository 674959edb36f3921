/**
 * All families and their series, as the aggregator knows them. A family is an instrument with its
 * label sets.
 *
 * @module
 */

import type { Definition, InstrumentDiagnostics, Labels, MetricSnapshot } from "../model.ts";
import type { WindowPlan } from "../window/sliding_window.ts";
import { classicBounds } from "./classic_buckets.ts";
import { Distribution, type DistributionSpec } from "./distribution.ts";
import { Scalar } from "./scalar.ts";
import { BreachLog } from "./slo.ts";

/** The label that marks the series of all label sets past the cap. */
export const OVERFLOW_LABELS: Labels = Object.freeze({ hotpath_overflow: "true" });

/** Looks at all series this many times in the time that they may be idle. */
const SWEEPS_PER_TTL = 10;

/** A counter or gauge and its series. */
export class ScalarFamily {
  /** What it is. */
  readonly definition: Definition;
  readonly #idleTtlMs: number;
  readonly #series: Set<Scalar> = new Set();

  /** Without series. */
  constructor(definition: Definition, idleTtlMs: number) {
    this.definition = definition;
    this.#idleTtlMs = idleTtlMs;
  }

  /** How many series it has. */
  get size(): number {
    return this.#series.size;
  }

  /** Adds a series whose value is `cells[index]`. */
  add(labels: Labels, cells: Float64Array, index: number): Scalar {
    const scalar = new Scalar(labels, cells, index);
    this.#series.add(scalar);
    return scalar;
  }

  /** Forgets a series. */
  remove(series: Scalar): void {
    this.#series.delete(series);
  }

  /** Looks at all values, to know later since when they have not changed. */
  sweep(nowMs: number): void {
    for (const series of this.#series) series.sweep(nowMs);
  }

  /** All its series at this moment, but for those that are idle. */
  snapshot(nowMs: number): MetricSnapshot {
    const { definition } = this;
    return {
      name: definition.exposedName,
      type: definition.type === "counter" ? "counter" : "gauge",
      unit: definition.unit,
      help: definition.help,
      series: [...this.#series].filter((series) => !series.isIdle(nowMs, this.#idleTtlMs))
        .map((series) => series.snapshot()),
    };
  }
}

/** A histogram or timer and its series. */
export class DistributionFamily {
  /** What it is. */
  readonly definition: Definition;
  readonly #spec: DistributionSpec;
  readonly #series: Set<Distribution> = new Set();

  /** Without series. */
  constructor(definition: Definition, plan: WindowPlan, idleTtlMs: number, log: BreachLog) {
    this.definition = definition;
    const { schema, buckets, slo, exposedName } = definition;
    this.#spec = {
      schema,
      classic: classicBounds(buckets, schema),
      plan,
      idleTtlMs,
      ...(slo !== undefined && { slo: { objective: slo, metric: exposedName, log } }),
    };
  }

  /** How many series it has. */
  get size(): number {
    return this.#series.size;
  }

  /** Adds an empty series. */
  add(labels: Labels, nowMs: number): Distribution {
    const distribution = new Distribution(labels, this.#spec, nowMs);
    this.#series.add(distribution);
    return distribution;
  }

  /** Forgets a series. */
  remove(series: Distribution): void {
    this.#series.delete(series);
    series.end();
  }

  /** Frees the series that are idle. */
  sweep(nowMs: number): void {
    for (const series of this.#series) series.sweep(nowMs);
  }

  /** All its series at this moment, but for those that are idle. */
  snapshot(nowMs: number): MetricSnapshot {
    const { definition } = this;
    return {
      name: definition.exposedName,
      type: "histogram",
      unit: definition.unit,
      help: definition.help,
      windowName: definition.windowName,
      ...(definition.sloName !== undefined && { sloName: definition.sloName }),
      buckets: definition.buckets,
      series: [...this.#series].filter((series) => !series.isIdle(nowMs)).map((series) => series.snapshot(nowMs)),
    };
  }
}

/** A family of either sort. */
export type Family = ScalarFamily | DistributionFamily;

/** All families, in the order they were defined. */
export class SeriesStore {
  /** What objectives were violated and nobody was told yet. */
  readonly breaches: BreachLog = new BreachLog();
  readonly #plan: WindowPlan;
  readonly #idleTtlMs: number;
  readonly #families: Family[] = [];
  #sweepAtMs = Number.NEGATIVE_INFINITY;

  /**
   * An empty store.
   *
   * @param plan The windows of its distributions
   * @param idleTtlMs Milliseconds without a change after which a series is idle: it is left out of snapshots until it
   * changes, and a distribution then starts again
   */
  constructor(plan: WindowPlan, idleTtlMs: number = Number.POSITIVE_INFINITY) {
    this.#plan = plan;
    this.#idleTtlMs = idleTtlMs;
  }

  /** How many series there are. */
  get size(): number {
    return this.#families.reduce((total, family) => total + family.size, 0);
  }

  /** Adds a family. */
  define(definition: Definition): Family {
    const isScalar = definition.type === "counter" || definition.type === "gauge";
    const family = isScalar
      ? new ScalarFamily(definition, this.#idleTtlMs)
      : new DistributionFamily(definition, this.#plan, this.#idleTtlMs, this.breaches);
    this.#families.push(family);
    return family;
  }

  /** Frees the series that are idle; does nothing most times, so it may be called at each drain. */
  sweep(nowMs: number): void {
    if (nowMs < this.#sweepAtMs) return;
    this.#sweepAtMs = nowMs + this.#idleTtlMs / SWEEPS_PER_TTL;
    for (const family of this.#families) family.sweep(nowMs);
  }

  /** All families with at least one series that is not idle, at this moment. */
  snapshot(nowMs: number): MetricSnapshot[] {
    return this.#families.map((family) => family.snapshot(nowMs)).filter(({ series }) => series.length > 0);
  }

  /** What there is. */
  instruments(): InstrumentDiagnostics[] {
    return this.#families.map(({ definition: { name, exposedName, type, labelNames }, size }) => ({
      name,
      exposedName,
      type,
      labelNames,
      series: size,
    }));
  }
}

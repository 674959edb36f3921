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

/** A counter or gauge and its series. */
export class ScalarFamily {
  /** What it is. */
  readonly definition: Definition;
  readonly #series: Set<Scalar> = new Set();

  /** Without series. */
  constructor(definition: Definition) {
    this.definition = definition;
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

  /** All its series at this moment. */
  snapshot(): MetricSnapshot {
    const { definition } = this;
    return {
      name: definition.exposedName,
      type: definition.type === "counter" ? "counter" : "gauge",
      unit: definition.unit,
      help: definition.help,
      series: Array.from(this.#series, (series) => series.snapshot()),
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
  constructor(definition: Definition, plan: WindowPlan, log: BreachLog) {
    this.definition = definition;
    const { schema, buckets, slo, exposedName } = definition;
    this.#spec = {
      schema,
      classic: classicBounds(buckets, schema),
      plan,
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

  /** All its series at this moment. */
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
      series: Array.from(this.#series, (series) => series.snapshot(nowMs)),
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
  readonly #families: Family[] = [];

  /** An empty store whose distributions have these windows. */
  constructor(plan: WindowPlan) {
    this.#plan = plan;
  }

  /** How many series there are. */
  get size(): number {
    return this.#families.reduce((total, family) => total + family.size, 0);
  }

  /** Adds a family. */
  define(definition: Definition): Family {
    const isScalar = definition.type === "counter" || definition.type === "gauge";
    const family = isScalar
      ? new ScalarFamily(definition)
      : new DistributionFamily(definition, this.#plan, this.breaches);
    this.#families.push(family);
    return family;
  }

  /** All families with at least one series, at this moment. */
  snapshot(nowMs: number): MetricSnapshot[] {
    return this.#families.filter((family) => family.size > 0).map((family) => family.snapshot(nowMs));
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

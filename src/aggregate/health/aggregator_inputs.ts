/**
 * Measurements of one aggregator for the health checks. Most are derived from aggregated data; only a minute of drops
 * and some floors of each heap are kept here.
 *
 * @module
 */

import { HEAP_METRIC } from "../../health/checks/heap_growth.ts";
import type { HealthInputs, HeapGrowth } from "../../health/checks/inputs.ts";
import type { HealthSettings } from "../../health/settings.ts";
import type { SelfMeasured } from "../../model/self_metrics.ts";
import type { WindowPlan } from "../../sketch/sliding_window.ts";
import type { PreviousRun } from "../series/previous_run.ts";
import type { Scalar } from "../series/scalar.ts";
import { ScalarFamily } from "../series/scalar_family.ts";
import type { SeriesStore } from "../series/store.ts";
import { BurnReader } from "./burn_reader.ts";
import { DropWindow } from "./drop_window.ts";
import { HeapFloors } from "./heap_floors.ts";
import { nearestWindow } from "../../sketch/nearest_window.ts";
import { selfMetric } from "./self_metric.ts";
import { worstQuantile } from "./worst_quantile.ts";

/** Milliseconds between two readings of the heaps. */
const HEAP_INTERVAL_MS = 1_000;

/** State of an aggregator that its health depends on. */
export interface HealthSource {
  /** All series. */
  readonly store: SeriesStore;
  /** Parts whose self-metrics are read by checks. */
  readonly parts: readonly SelfMeasured[];
  /** Sliding windows of every distribution. */
  readonly windows: WindowPlan["windows"];
  /** State of the aggregators that failed before this one. */
  readonly previous: PreviousRun;
  /** Start of the aggregator, in milliseconds. */
  readonly bornMs: number;
  /** Returns the number of records that histograms lost with the previous run. */
  recordsLost(): number;
  /** Returns the number of records offered to the rings so far, including dropped ones. */
  offered(): number;
  /** Returns the number of records dropped by full rings so far. */
  dropped(): number;
  /** Returns the occupancy of the fullest ring, 0 to 1. */
  occupancyRatio(): number;
  /** Returns the instruments that threads define differently, one sentence each. */
  clashes(): readonly string[];
}

/** Measurements of one aggregator. */
export class AggregatorInputs {
  readonly #source: HealthSource;
  readonly #settings: HealthSettings;
  readonly #burns: BurnReader;
  readonly #drops: DropWindow = new DropWindow();
  readonly #floors: WeakMap<Scalar, HeapFloors> = new WeakMap();
  #heapsDueMs = Number.NEGATIVE_INFINITY;

  /** Keeps only what the settings require. */
  constructor(source: HealthSource, settings: HealthSettings) {
    this.#source = source;
    this.#settings = settings;
    this.#burns = new BurnReader(source.store);
  }

  /** Notes what cannot be measured later; called at each drain. */
  note(nowMs: number): void {
    const { dropRatio, heapGrowth } = this.#settings;
    if (dropRatio !== undefined) this.#drops.note(this.#source.offered(), this.#source.dropped(), nowMs);
    if (heapGrowth !== undefined && nowMs >= this.#heapsDueMs) this.#noteHeaps(heapGrowth.windowMs, nowMs);
  }

  /** Returns the measurements of a moment. */
  at(nowMs: number): HealthInputs {
    const { store, parts, windows, previous, bornMs, recordsLost, occupancyRatio, clashes } = this.#source;
    const windowOf = (lengthMs: number) => nearestWindow(windows, ({ spec }) => spec.lengthMs, lengthMs);
    const ageMs = nowMs - bornMs;
    return {
      selfMetric: (name) => selfMetric(parts, name),
      worstQuantile(metric, quantile, windowMs) {
        const window = windowOf(windowMs);
        return window && worstQuantile(store, metric, quantile, window, nowMs);
      },
      fastestBurn: (windowMs) => {
        const window = windowOf(windowMs);
        return window && this.#burns.fastest(window, nowMs);
      },
      heapGrowths: () => this.#heapGrowths(nowMs),
      dropRatio: () => this.#drops.ratio(nowMs),
      ringOccupancy: occupancyRatio,
      restarts: () => ({ count: previous.restarts, agoMs: ageMs }),
      recordsLost: () => ({ count: recordsLost(), agoMs: ageMs + previous.lostAgoMs }),
      clashes,
    };
  }

  *#heapGrowths(nowMs: number): Generator<HeapGrowth> {
    for (const heap of this.#heaps(nowMs)) {
      const growth = this.#floors.get(heap)?.growth(nowMs);
      if (growth !== undefined) yield { labels: heap.labels, ...growth };
    }
  }

  #noteHeaps(windowMs: number, nowMs: number): void {
    this.#heapsDueMs = nowMs + HEAP_INTERVAL_MS;
    for (const heap of this.#heaps(nowMs)) {
      // An announced gauge is 0 until it is set.
      if (!(heap.value > 0)) continue;
      let floors = this.#floors.get(heap);
      if (floors === undefined) this.#floors.set(heap, floors = new HeapFloors(windowMs));
      floors.note(heap.value, nowMs);
    }
  }

  *#heaps(nowMs: number): Generator<Scalar> {
    for (const family of this.#source.store.all) {
      if (family.definition.exposedName !== HEAP_METRIC || !(family instanceof ScalarFamily)) continue;
      yield* family.current(nowMs);
    }
  }
}

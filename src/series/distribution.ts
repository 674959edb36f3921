/**
 * The state of one histogram or timer series: the sketch that values are counted in, its windows,
 * and its classic buckets.
 *
 * @module
 */

import type { DistributionSeriesSnapshot, Labels, Quantiles, WindowSnapshot } from "../model.ts";
import type { Batch } from "../window/batch.ts";
import { QUANTILES, quantilesOf } from "../window/quantile.ts";
import { Moment, type Sketch } from "../window/sketch.ts";
import { SlidingWindows, type WindowPlan } from "../window/sliding_window.ts";
import { type ClassicBounds, ClassicBuckets } from "./classic_buckets.ts";
import { sloSnapshot, type SloSpec, SloWatch } from "./slo.ts";

/** What all series of a histogram or timer have in common. */
export interface DistributionSpec {
  /** Resolution of the sketch. */
  readonly schema: number;
  /** Classic bounds. */
  readonly classic: ClassicBounds;
  /** The windows. */
  readonly plan: WindowPlan;
  /** The objective, if there is one. */
  readonly slo?: SloSpec;
  /** Milliseconds without a value after which a series starts again; never by default. */
  readonly idleTtlMs?: number;
}

/** A histogram or timer series. */
export class Distribution {
  /** The label set. */
  readonly labels: Labels;
  readonly #spec: DistributionSpec;
  #windows: SlidingWindows;
  #classic: ClassicBuckets;
  readonly #slo: SloWatch | undefined;
  readonly #sliceMs: number;
  readonly #idleTtlMs: number;
  /** When the live slice ends, or before that the series may turn out to be idle. */
  #dueMs = 0;
  /** When it started, for the last time. */
  #startMs = 0;
  /** When its last value came. */
  #lastMs: number;

  /** An empty one. */
  constructor(labels: Labels, spec: DistributionSpec, nowMs: number) {
    this.labels = labels;
    this.#spec = spec;
    this.#windows = this.#createWindows(nowMs);
    this.#classic = new ClassicBuckets(spec.classic);
    this.#slo = spec.slo === undefined ? undefined : new SloWatch(spec.slo, labels);
    this.#sliceMs = spec.plan.levels[0]?.sliceMs ?? Number.POSITIVE_INFINITY;
    this.#idleTtlMs = spec.idleTtlMs ?? Number.POSITIVE_INFINITY;
    this.#lastMs = nowMs;
    this.#startMs = nowMs;
    this.#dueMs = this.#nextDueMs(nowMs);
  }

  /**
   * Counts a value.
   *
   * @param value A finite number
   * @param weight How many values it stands for
   * @param nowMs When, for the windows; never before the last call's
   */
  record(value: number, weight: number, nowMs: number): void {
    if (nowMs >= this.#dueMs) this.#turn(nowMs);
    this.#lastMs = nowMs;
    const slo = this.#slo;
    if (slo !== undefined) this.#windows.live.moments[Moment.violations] += slo.record(value, weight, nowMs);
    const classic = this.#classic;
    const { comparesAll } = classic;
    const bucket = this.#windows.live.record(value, weight);
    if (comparesAll) classic.recordCompared(value, weight);
    else classic.recordCut(value, weight, bucket);
  }

  /**
   * Counts a run of a batch's values, all of them as of `nowMs`.
   *
   * @param batch Finite numbers and their weights
   * @param from The first
   * @param end Behind the last
   * @param nowMs When, for the windows; never before the last call's
   */
  recordRun(batch: Batch, from: number, end: number, nowMs: number): void {
    if (nowMs >= this.#dueMs) this.#turn(nowMs);
    this.#lastMs = nowMs;
    const slo = this.#slo;
    if (slo !== undefined) this.#windows.live.moments[Moment.violations] += slo.recordRun(batch, from, end, nowMs);
    const classic = this.#classic;
    const { comparesAll } = classic;
    this.#windows.live.recordRun(batch, from, end, this.#spec.classic);
    if (comparesAll) classic.recordRunCompared(batch, from, end);
    else classic.recordMarked(batch);
  }

  /** Starts again. */
  reset(nowMs: number): void {
    this.#startAgain(nowMs);
    this.#lastMs = nowMs;
  }

  /** Has nothing to tell any more: its series was removed. */
  end(): void {
    this.#slo?.end();
  }

  /** Whether no value came for the time that a series may be idle. */
  isIdle(nowMs: number): boolean {
    return nowMs - this.#lastMs >= this.#idleTtlMs;
  }

  /** Frees what it holds if it is idle. */
  sweep(nowMs: number): void {
    if (this.isIdle(nowMs) && this.#lastMs >= this.#startMs) this.#startAgain(nowMs);
  }

  /** Everything about it at this moment. */
  snapshot(nowMs: number): DistributionSeriesSnapshot {
    this.#advance(nowMs);
    const lifetime = this.#windows.lifetime();
    const { count, mean, max, quantiles } = summaryOf(lifetime);
    const { slo, plan } = this.#spec;
    const windows: Record<string, WindowSnapshot> = {};
    for (const window of plan.windows) {
      const sketch = this.#windows.read(window, nowMs);
      const summary = summaryOf(sketch);
      windows[window.spec.name] = {
        ...summary,
        rate: summary.count / (window.spec.lengthMs / 1_000),
        ...(slo !== undefined && { violations: sketch.moments[Moment.violations] }),
      };
    }
    return {
      labels: this.labels,
      count,
      sum: lifetime.moments[Moment.sum],
      min: count === 0 ? null : lifetime.moments[Moment.min],
      max,
      mean,
      quantiles,
      windows,
      bucketCounts: this.#classic.cumulative(this.#windows.live.positive),
      ...(slo !== undefined && {
        slo: sloSnapshot(slo.objective, lifetime.moments[Moment.violations], count, windows),
      }),
    };
  }

  #createWindows(nowMs: number): SlidingWindows {
    const { plan, schema } = this.#spec;
    return new SlidingWindows(plan, schema, nowMs, (live, goesOn) => this.#classic.settle(live.positive, goesOn));
  }

  /** What is due before a value is counted: a fresh start after a long pause, else the next slice. */
  #turn(nowMs: number): void {
    if (this.isIdle(nowMs)) this.#startAgain(nowMs);
    else this.#advance(nowMs);
  }

  #startAgain(nowMs: number): void {
    this.#windows = this.#createWindows(nowMs);
    this.#classic = new ClassicBuckets(this.#spec.classic);
    this.#startMs = nowMs;
    this.#dueMs = this.#nextDueMs(nowMs);
  }

  #advance(nowMs: number): void {
    this.#windows.advance(nowMs);
    this.#dueMs = this.#nextDueMs(nowMs);
  }

  #nextDueMs(nowMs: number): number {
    // Values to come only put off the moment when the series is idle, so this is never too late.
    const idleMs = this.#lastMs + this.#idleTtlMs;
    if (this.#sliceMs === Number.POSITIVE_INFINITY) return idleMs;
    return Math.min((Math.floor(nowMs / this.#sliceMs) + 1) * this.#sliceMs, idleMs);
  }
}

type Summary = Pick<WindowSnapshot, "count" | "mean" | "max" | "quantiles">;

function summaryOf(sketch: Sketch): Summary {
  const { moments } = sketch;
  const count = moments[Moment.count];
  if (count === 0) return { count, mean: null, max: null, quantiles: named(QUANTILES.map(() => null)) };
  return {
    count,
    mean: moments[Moment.sum] / count,
    max: moments[Moment.max],
    quantiles: named(quantilesOf(sketch, QUANTILES)),
  };
}

function named(values: readonly (number | null)[]): Quantiles {
  return Object.fromEntries(QUANTILES.map((q, i) => [String(q), values[i]]));
}

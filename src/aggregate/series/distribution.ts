/**
 * The state of one histogram, timer or summary series: the sketch that values are counted in, its
 * windows, and its classic buckets.
 *
 * @module
 */

import type { ExponentialBuckets, HistogramPoint, SummaryPoint } from "../../model/families.ts";
import type { Exemplar, Labels, SketchName } from "../../model/model.ts";
import { saturated } from "../../sketch/saturated.ts";
import type { Confidence, DistributionSeriesSnapshot, WindowSnapshot } from "../../model/snapshot.ts";
import { wallMs } from "../../platform/wall_clock.ts";
import type { Batch } from "../../sketch/batch.ts";
import { LEVEL, meanInterval, quantileIntervals, samplingRateOf } from "../../sketch/confidence.ts";
import { ZERO_THRESHOLD } from "../../sketch/exponential.ts";
import { createMoments, mergeMoments } from "../../sketch/moments.ts";
import { QUANTILES, quantilesOf } from "../../sketch/quantile.ts";
import { Moment, Sketch } from "../../sketch/sketch.ts";
import { freeze, type Slice } from "../../sketch/slice.ts";
import { type SketchKind, SlidingWindows, type WindowPlan } from "../../sketch/sliding_window.ts";
import { type DigestLike, freezeDigest, TDigest } from "../../sketch/tdigest.ts";
import { type ClassicBounds, ClassicBuckets } from "./classic_buckets.ts";
import { DistributionExemplars } from "./exemplars.ts";
import { sloSnapshot, type SloSpec, SloWatch } from "./slo.ts";

/** What all series of a histogram, timer or summary have in common. */
export interface DistributionSpec {
  /** Resolution of the sketch. */
  readonly schema: number;
  /** What values are counted in, `"exponential"` unless said otherwise. */
  readonly sketch?: SketchName;
  /** Classic bounds. */
  readonly classic: ClassicBounds;
  /** The windows. */
  readonly plan: WindowPlan;
  /** The quantiles that are told, ascending; {@linkcode QUANTILES} unless said otherwise. */
  readonly quantiles?: readonly number[];
  /** The objective, if there is one. */
  readonly slo?: SloSpec;
  /** Milliseconds without a value after which a series starts again; never by default. */
  readonly idleTtlMs?: number;
}

type AnyWindows = SlidingWindows<Sketch, Slice> | SlidingWindows<TDigest, DigestLike>;

const DIGESTS: SketchKind<TDigest, DigestLike> = { create: () => new TDigest(), freeze: freezeDigest };

const NO_EXEMPLARS: readonly Exemplar[] = [];

/** A histogram, timer or summary series. */
export class Distribution implements HistogramPoint {
  /** The label set. */
  readonly labels: Labels;
  /** How many reads of its family had begun when it was added. */
  readonly readsBefore: number;
  #createdMs: number;
  readonly #spec: DistributionSpec;
  #windows: AnyWindows;
  #classic: ClassicBuckets;
  /** The moments of all slices that are over: sums that never change their order, so a counted sum never falls. */
  #settled: Float64Array = createMoments();
  readonly #slo: SloWatch | undefined;
  readonly #sliceMs: number;
  readonly #idleTtlMs: number;
  /** When the live slice ends, or before that the series may turn out to be idle. */
  #dueMs = 0;
  /** What the last value stands for so far. */
  #observedWeight = 1;
  /** When it started, for the last time. */
  #startMs = 0;
  /** When its last value came. */
  #lastMs: number;
  #exemplars: DistributionExemplars | undefined;

  /**
   * An empty one.
   *
   * @param createdMs When it was made, in milliseconds since the epoch
   * @param readsBefore How many reads of its family had begun by then
   */
  constructor(
    labels: Labels,
    spec: DistributionSpec,
    nowMs: number,
    createdMs: number = wallMs(),
    readsBefore: number = 0,
  ) {
    this.labels = labels;
    this.readsBefore = readsBefore;
    this.#createdMs = createdMs;
    this.#spec = spec;
    this.#windows = this.#createWindows(nowMs);
    this.#classic = this.#createClassic();
    this.#slo = spec.slo === undefined ? undefined : new SloWatch(spec.slo, labels);
    this.#sliceMs = spec.plan.levels[0]?.sliceMs ?? Number.POSITIVE_INFINITY;
    this.#idleTtlMs = spec.idleTtlMs ?? Number.POSITIVE_INFINITY;
    this.#lastMs = nowMs;
    this.#startMs = nowMs;
    this.#dueMs = this.#nextDueMs(nowMs);
  }

  /** When it started, for the last time, in milliseconds since the epoch. */
  get createdMs(): number {
    return this.#createdMs;
  }

  /**
   * Counts a value.
   *
   * @param value A finite number
   * @param weight How many values it stands for
   * @param nowMs When, for the windows; never before the last call's
   * @param isSampledOut Whether it is the last value again, for calls that sampling left out after it
   */
  record(value: number, weight: number, nowMs: number, isSampledOut: boolean = false): void {
    if (nowMs >= this.#dueMs) this.#turn(nowMs);
    this.#lastMs = nowMs;
    this.#noteRepetition(weight, isSampledOut);
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
    if (batch.isWeighted) {
      for (let i = from; i < end; i++) this.#noteRepetition(batch.weights[i], batch.sampledOut[i] === 1);
    }
    const slo = this.#slo;
    if (slo !== undefined) this.#windows.live.moments[Moment.violations] += slo.recordRun(batch, from, end, nowMs);
    const classic = this.#classic;
    const { comparesAll } = classic;
    this.#windows.live.recordRun(batch, from, end, this.#spec.classic);
    if (comparesAll) classic.recordRunCompared(batch, from, end);
    else classic.recordMarked(batch);
  }

  /** Values recorded, exact. */
  get count(): number {
    return this.#settled[Moment.count] + this.#windows.live.moments[Moment.count];
  }

  /** Their sum. */
  get sum(): number {
    return saturated(this.#settled[Moment.sum] + this.#windows.live.moments[Moment.sum]);
  }

  /** How many of them violated the objective. */
  get violations(): number {
    return this.#settled[Moment.violations] + this.#windows.live.moments[Moment.violations];
  }

  /** See {@linkcode HistogramPoint.bucketCounts}. */
  bucketCounts(): Float64Array {
    const { live } = this.#windows;
    return this.#classic.cumulative(live instanceof Sketch && live.count > 0 ? live.room : undefined);
  }

  /** See {@linkcode HistogramPoint.exponentialBuckets}. */
  exponentialBuckets(): ExponentialBuckets | undefined {
    return bucketsOf(this.#windows.lifetime());
  }

  /** The same for whoever follows it, see {@linkcode SlidingWindows.follow}; in arrays that nobody changes. */
  followedBuckets(): ExponentialBuckets | undefined {
    return bucketsOf(this.#windows.followLifetime());
  }

  /** The quantiles of each window at this moment. */
  *windowPoints(nowMs: number): Generator<SummaryPoint> {
    this.#advance(nowMs);
    const { labels } = this;
    for (const window of this.#spec.plan.windows) {
      yield { labels, window: window.spec.name, quantiles: this.#quantilesOver(window, nowMs) };
    }
  }

  /** The quantiles of its first window at this moment, with count and sum since the start. */
  summaryPoint(nowMs: number): SummaryPoint {
    this.#advance(nowMs);
    const { labels, count, sum, createdMs } = this;
    return { labels, quantiles: this.#quantilesOver(this.#spec.plan.windows[0], nowMs), count, sum, createdMs };
  }

  /** Of each window that holds values: how many, and how many of them violated the objective. */
  *windowViolations(nowMs: number): Generator<{ window: string; count: number; violations: number }> {
    this.#advance(nowMs);
    for (const window of this.#spec.plan.windows) {
      const { count, violations } = this.violationsOver(window, nowMs);
      if (count > 0) yield { window: window.spec.name, count, violations };
    }
  }

  /** When the objective was last violated; `-Infinity` if never. */
  get violatedAtMs(): number {
    return this.#slo?.lastMs ?? Number.NEGATIVE_INFINITY;
  }

  /** How many values a window of the plan holds at this moment, and how many of them violated the objective. */
  violationsOver(window: WindowPlan["windows"][number], nowMs: number): { count: number; violations: number } {
    this.#advance(nowMs);
    let { [Moment.count]: count, [Moment.violations]: violations } = this.#windows.live.moments;
    // Buckets are not asked for, so nothing is unpacked or merged.
    for (const { moments } of this.#windows.slices(window, nowMs)) {
      count += moments[Moment.count];
      violations += moments[Moment.violations];
    }
    return { count, violations };
  }

  /** What a window of the plan holds at this moment; `undefined` if that is nothing. */
  over(window: WindowPlan["windows"][number], nowMs: number): Sketch | TDigest | undefined {
    this.#advance(nowMs);
    return this.#windows.isInUse(window, nowMs) ? this.#windows.read(window, nowMs) : undefined;
  }

  /** The same for whoever follows it, see {@linkcode SlidingWindows.follow}. */
  followedOver(window: WindowPlan["windows"][number], nowMs: number): Sketch | TDigest | undefined {
    this.#advance(nowMs);
    return this.#windows.isInUse(window, nowMs) ? this.#windows.follow(window, nowMs) : undefined;
  }

  /** See {@linkcode HistogramPoint.bucketExemplars}. */
  get bucketExemplars(): readonly (Exemplar | undefined)[] {
    return this.#exemplars?.byBucket ?? NO_EXEMPLARS;
  }

  /** See {@linkcode HistogramPoint.exemplars}. */
  get exemplars(): readonly Exemplar[] {
    return this.#exemplars?.spread ?? NO_EXEMPLARS;
  }

  /** Keeps an exemplar, and has others go where it does not need them. */
  offer(exemplar: Exemplar): void {
    this.#exemplars ??= new DistributionExemplars(this.#spec.classic.bounds);
    this.#exemplars.add(exemplar);
  }

  /**
   * Starts again.
   *
   * @param createdMs When that was asked for, in milliseconds since the epoch
   */
  reset(nowMs: number, createdMs: number = wallMs()): void {
    this.#startAgain(nowMs, createdMs);
    this.#lastMs = nowMs;
    this.#exemplars = undefined;
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
    if (this.isIdle(nowMs) && this.#lastMs >= this.#startMs) this.#startAgain(nowMs, wallMs());
  }

  /** Everything about it at this moment. */
  snapshot(nowMs: number): DistributionSeriesSnapshot {
    this.#advance(nowMs);
    const lifetime = this.#windows.lifetime();
    const { slo, plan, quantiles: asked = QUANTILES } = this.#spec;
    const { count, mean, max, quantiles } = summaryOf(lifetime, asked);
    const windows: Record<string, WindowSnapshot> = {};
    for (const window of plan.windows) {
      const sketch = this.#windows.read(window, nowMs);
      const summary = summaryOf(sketch, asked);
      const confidence = confidenceOf(sketch, asked);
      windows[window.spec.name] = {
        ...summary,
        rate: summary.count / (window.spec.lengthMs / 1_000),
        ...(slo !== undefined && { violations: sketch.moments[Moment.violations] }),
        ...(confidence !== undefined && { confidence }),
      };
    }
    return {
      labels: this.labels,
      count,
      sum: this.sum,
      min: count === 0 ? null : lifetime.moments[Moment.min],
      max,
      mean,
      quantiles,
      windows,
      bucketCounts: [...this.bucketCounts().subarray(0, this.#spec.classic.bounds.length - 1)],
      ...(slo !== undefined && {
        slo: sloSnapshot(slo.objective, lifetime.moments[Moment.violations], count, windows),
      }),
    };
  }

  #quantilesOver(window: WindowPlan["windows"][number], nowMs: number): SummaryPoint["quantiles"] {
    const { quantiles = QUANTILES } = this.#spec;
    if (!this.#windows.isInUse(window, nowMs)) return quantiles.map((q) => [q, NaN]);
    const values = quantilesOf(this.#windows.read(window, nowMs), quantiles);
    return quantiles.map((q, i) => [q, values[i]]);
  }

  /**
   * A value and its repetitions are one observation of their common weight: completes its square, of which the sketch
   * only sees those of the parts.
   */
  #noteRepetition(weight: number, isSampledOut: boolean): void {
    if (!isSampledOut) this.#observedWeight = weight;
    else {
      this.#windows.live.moments[Moment.squaredWeights] += 2 * this.#observedWeight * weight;
      this.#observedWeight += weight;
    }
  }

  #createClassic(): ClassicBuckets {
    return new ClassicBuckets(this.#spec.classic, this.#spec.sketch === "tdigest");
  }

  #createWindows(nowMs: number): AnyWindows {
    const { plan, schema, sketch } = this.#spec;
    if (sketch === "tdigest") {
      return new SlidingWindows(plan, DIGESTS, nowMs, (live, goesOn) => this.#settle(live, goesOn));
    }
    const kind: SketchKind<Sketch, Slice> = { create: (onHalve) => new Sketch(schema, onHalve), freeze };
    return new SlidingWindows(plan, kind, nowMs, (live, goesOn) => {
      this.#classic.settle(live.positive, goesOn);
      this.#settle(live, goesOn);
    });
  }

  #settle({ moments }: Sketch | TDigest, goesOn: boolean): void {
    if (!goesOn) mergeMoments(this.#settled, moments);
  }

  /** What is due before a value is counted: a fresh start after a long pause, else the next slice. */
  #turn(nowMs: number): void {
    if (this.isIdle(nowMs)) this.#startAgain(nowMs, wallMs());
    else this.#advance(nowMs);
  }

  #startAgain(nowMs: number, createdMs: number): void {
    // What came since it started, without a value, is the exemplar of one that is still in the ring.
    if (this.#lastMs >= this.#startMs) this.#exemplars = undefined;
    this.#createdMs = createdMs;
    this.#windows = this.#createWindows(nowMs);
    this.#classic = this.#createClassic();
    this.#settled = createMoments();
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

function bucketsOf(sketch: Sketch | TDigest): ExponentialBuckets | undefined {
  if (!(sketch instanceof Sketch)) return undefined;
  const { schema, positive, negative, moments } = sketch;
  return { schema, zeroThreshold: ZERO_THRESHOLD, zeroCount: moments[Moment.zeros], positive, negative };
}

type Summary = Pick<WindowSnapshot, "count" | "mean" | "max" | "quantiles">;

function summaryOf(sketch: Sketch | TDigest, asked: readonly number[]): Summary {
  const { moments } = sketch;
  const count = moments[Moment.count];
  if (count === 0) return { count, mean: null, max: null, quantiles: named(asked, asked.map(() => null)) };
  return {
    count,
    mean: moments[Moment.sum] / count,
    max: moments[Moment.max],
    quantiles: named(asked, quantilesOf(sketch, asked)),
  };
}

/** `undefined` if every record stands for itself: then mean and quantiles are those of all calls. */
function confidenceOf(sketch: Sketch | TDigest, asked: readonly number[]): Confidence | undefined {
  const { moments } = sketch;
  if (moments[Moment.squaredWeights] === moments[Moment.count]) return undefined;
  return {
    samplingRate: samplingRateOf(moments),
    level: LEVEL,
    mean: meanInterval(sketch),
    quantiles: named(asked, quantileIntervals(sketch, asked)),
  };
}

function named<Value>(quantiles: readonly number[], values: readonly Value[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(quantiles.map((q, i) => [String(q), values[i]]));
}

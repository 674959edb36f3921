/**
 * Series of a histogram, timer or summary: the sketch of its values, its windows, its classic buckets, its objective
 * and its exemplars.
 *
 * @module
 */

import type { ExponentialBuckets, HistogramPoint } from "../../model/families.ts";
import type { Exemplar, Labels } from "../../model/model.ts";
import { saturated } from "../../sketch/saturated.ts";
import type { DistributionSeriesSnapshot } from "../../model/snapshot.ts";
import { wallMs } from "../../platform/wall_clock.ts";
import type { Batch } from "../../sketch/batch.ts";
import { ZERO_THRESHOLD } from "../../sketch/exponential.ts";
import { createMoments, mergeMoments } from "../../sketch/moments.ts";
import { Moment, Sketch } from "../../sketch/sketch.ts";
import { freeze, type Slice } from "../../sketch/slice.ts";
import { type SketchKind, SlidingWindows } from "../../sketch/sliding_window.ts";
import { type DigestLike, freezeDigest, TDigest } from "../../sketch/tdigest.ts";
import { ClassicBuckets } from "./classic_buckets.ts";
import type { DistributionSpec, PlannedWindow } from "./distribution_spec.ts";
import { distributionSnapshot } from "./distribution_snapshot.ts";
import { DistributionExemplars } from "./exemplars.ts";
import { SloWatch } from "./slo.ts";

type AnyWindows = SlidingWindows<Sketch, Slice> | SlidingWindows<TDigest, DigestLike>;

const DIGESTS: SketchKind<TDigest, DigestLike> = { create: () => new TDigest(), freeze: freezeDigest };

const NO_EXEMPLARS: readonly Exemplar[] = [];

/** Series of a histogram, timer or summary. */
export class Distribution implements HistogramPoint {
  readonly labels: Labels;
  /** Number of reads of its family that had begun when it was added. */
  readonly readsBefore: number;
  #createdMs: number;
  readonly #spec: DistributionSpec;
  #windows: AnyWindows;
  #classic: ClassicBuckets;
  /**
   * Moments of all past slices. Sums are always added in the same order, so that a counter of them never decreases.
   */
  #settled: Float64Array = createMoments();
  readonly #slo: SloWatch | undefined;
  readonly #sliceMs: number;
  readonly #idleTtlMs: number;
  /** End of the live slice, or the time at which the series may be idle if that is earlier. */
  #dueMs = 0;
  /** Weight of the last observed value so far. */
  #observedWeight = 1;
  /** Time of the last start. */
  #startMs = 0;
  /** Time of the last counted value. */
  #lastMs: number;
  #exemplars: DistributionExemplars | undefined;

  /**
   * Creates an empty series.
   *
   * @param createdMs Time of creation, in milliseconds since the epoch
   * @param readsBefore Number of reads of its family that had begun by then
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

  /** Time of the last start, in milliseconds since the epoch. */
  get createdMs(): number {
    return this.#createdMs;
  }

  /**
   * Counts a value.
   *
   * @param value A finite number
   * @param weight Number of calls that it represents
   * @param nowMs Time for the windows; must not precede that of the last call
   * @param isSampledOut Whether it repeats the last value, for later calls that were sampled out
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
   * Counts a run of a batch's values, all of them at `nowMs`.
   *
   * @param batch Finite numbers and their weights
   * @param from Index of the first value
   * @param end Index after the last value
   * @param nowMs Time for the windows; must not precede that of the last call
   */
  recordRun(batch: Batch, from: number, end: number, nowMs: number): void {
    if (nowMs >= this.#dueMs) this.#turn(nowMs);
    this.#lastMs = nowMs;
    if (batch.isWeighted) {
      for (let i = from; i < end; i++) this.#noteRepetition(batch.weights[i], batch.sampledOut[i] === 1);
    } else {
      this.#observedWeight = 1;
    }
    const slo = this.#slo;
    if (slo !== undefined) this.#windows.live.moments[Moment.violations] += slo.recordRun(batch, from, end, nowMs);
    const classic = this.#classic;
    const { comparesAll } = classic;
    this.#windows.live.recordRun(batch, from, end, this.#spec.classic);
    if (comparesAll) classic.recordRunCompared(batch, from, end);
    else classic.recordMarked(batch);
  }

  /** Number of values, exact. */
  get count(): number {
    return this.#settled[Moment.count] + this.#windows.live.moments[Moment.count];
  }

  /** Sum of all values. */
  get sum(): number {
    return saturated(this.#settled[Moment.sum] + this.#windows.live.moments[Moment.sum]);
  }

  /** Number of values that violated the objective. */
  get violations(): number {
    return this.#settled[Moment.violations] + this.#windows.live.moments[Moment.violations];
  }

  bucketCounts(): Float64Array {
    const { live } = this.#windows;
    return this.#classic.cumulative(live instanceof Sketch && live.count > 0 ? live.room : undefined);
  }

  exponentialBuckets(): ExponentialBuckets | undefined {
    return bucketsOf(this.#windows.lifetime());
  }

  /**
   * Returns the exponential buckets to a follower, see {@linkcode SlidingWindows.follow}, in arrays that stay
   * unchanged.
   */
  followedBuckets(): ExponentialBuckets | undefined {
    return bucketsOf(this.#windows.followLifetime());
  }

  /** Yields the number of values and violations of each window that is not empty. */
  *windowViolations(nowMs: number): Generator<{ window: string; count: number; violations: number }> {
    this.#advance(nowMs);
    for (const window of this.#spec.plan.windows) {
      const { count, violations } = this.violationsOver(window, nowMs);
      if (count > 0) yield { window: window.spec.name, count, violations };
    }
  }

  /** Time of the last violation of the objective; `-Infinity` if there was none. */
  get violatedAtMs(): number {
    return this.#slo?.lastMs ?? Number.NEGATIVE_INFINITY;
  }

  /** Returns the number of values and violations of a window. */
  violationsOver(window: PlannedWindow, nowMs: number): { count: number; violations: number } {
    this.#advance(nowMs);
    let { [Moment.count]: count, [Moment.violations]: violations } = this.#windows.live.moments;
    // No buckets are needed, so nothing is unpacked or merged.
    for (const { moments } of this.#windows.slices(window, nowMs)) {
      count += moments[Moment.count];
      violations += moments[Moment.violations];
    }
    return { count, violations };
  }

  /** Returns the values of a window; `undefined` if it is empty. */
  over(window: PlannedWindow, nowMs: number): Sketch | TDigest | undefined {
    this.#advance(nowMs);
    return this.#windows.isInUse(window, nowMs) ? this.#windows.read(window, nowMs) : undefined;
  }

  /** Returns the values of a window to a follower, see {@linkcode SlidingWindows.follow}. */
  followedOver(window: PlannedWindow, nowMs: number): Sketch | TDigest | undefined {
    this.#advance(nowMs);
    return this.#windows.isInUse(window, nowMs) ? this.#windows.follow(window, nowMs) : undefined;
  }

  get bucketExemplars(): readonly (Exemplar | undefined)[] {
    return this.#exemplars?.byBucket ?? NO_EXEMPLARS;
  }

  get exemplars(): readonly Exemplar[] {
    return this.#exemplars?.spread ?? NO_EXEMPLARS;
  }

  /** Offers an exemplar, which may replace others. */
  offer(exemplar: Exemplar): void {
    this.#exemplars ??= new DistributionExemplars(this.#spec.classic.bounds);
    this.#exemplars.add(exemplar);
  }

  /**
   * Resets the series to no values and no exemplars.
   *
   * @param createdMs Time of the request, in milliseconds since the epoch
   */
  reset(nowMs: number, createdMs: number = wallMs()): void {
    this.#startAgain(nowMs, createdMs);
    this.#lastMs = nowMs;
    this.#exemplars = undefined;
  }

  /** Stops reporting breaches, because the series was removed. */
  end(): void {
    this.#slo?.end();
  }

  /** Whether no value was counted for the time after which a series is idle. */
  isIdle(nowMs: number): boolean {
    return nowMs - this.#lastMs >= this.#idleTtlMs;
  }

  /** Frees its memory if it is idle. */
  sweep(nowMs: number): void {
    if (this.isIdle(nowMs) && this.#lastMs >= this.#startMs) this.#startAgain(nowMs, wallMs());
  }

  /** Returns a snapshot of this moment. */
  snapshot(nowMs: number): DistributionSeriesSnapshot {
    this.#advance(nowMs);
    const { labels, sum } = this;
    const bucketCounts = [...this.bucketCounts().subarray(0, this.#spec.classic.bounds.length - 1)];
    const over = (window: PlannedWindow) => this.#windows.read(window, nowMs);
    return distributionSnapshot({ labels, sum, lifetime: this.#windows.lifetime(), bucketCounts, over }, this.#spec);
  }

  /**
   * Completes the sum of squared weights: a value and its repetitions are one observation of their total weight, but
   * the sketch only adds the squares of the parts.
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

  /** Does what is due before a value is counted: resets an idle series, else begins the next slice. */
  #turn(nowMs: number): void {
    if (this.isIdle(nowMs)) this.#startAgain(nowMs, wallMs());
    else this.#advance(nowMs);
  }

  #startAgain(nowMs: number, createdMs: number): void {
    // Without any value since the start, the exemplars belong to values that are still in the ring.
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
    // Further values only postpone the moment at which the series is idle, so this is never too late.
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

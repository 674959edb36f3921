/**
 * Handles whose series are written to the ring, and the choice of the calls that are recorded.
 *
 * A call that is sampled out costs one load of the control word, one decrement and two well-predicted branches, and is
 * counted. Each sampled-out call adds one to the weight of the series' next record, so counts stay exact; a flush
 * writes the remaining ones as the weight of the series' last value. The first call of a series is always recorded.
 *
 * A critical call is recorded in any case, and published at once. Its weight is one: calls that were sampled out are added
 * to the next one that is not critical, because critical values differ from others.
 *
 * @module
 */

import type { SeriesAnnouncement } from "../model/model.ts";
import type { Clock } from "../record/clock.ts";
import type { Labels } from "../model/model.ts";
import { DISABLED } from "../ring/control.ts";
import { type Recorder, seriesAnnouncement } from "../record/recorder.ts";
import { GAP_MAX, type Sampler } from "../record/sampler.ts";
import { Kind, tagOf, TRACED, WEIGHT_MAX } from "../ring/layout.ts";
import type { Producer } from "../ring/producer.ts";
import type { BoundHandle } from "./bound.ts";
import { offerExemplar } from "./exemplar.ts";

/** Value that no control word has. */
const NEVER = 2 ** 30 - 1;

/** Handle whose series is written to the ring. */
export abstract class RingHandle implements BoundHandle {
  /** Writing end of the ring. */
  protected producer: Producer;
  /** Id of the series. */
  protected series: number;
  /** Series and kind as one double, see {@linkcode tagOf}. */
  protected tag: number;
  /** Tag of traced records. */
  protected tracedTag: number;
  /** Kind of the records of the series. */
  protected readonly kind: number;
  /** Control word, alone in its array. */
  protected readonly control: Int32Array;
  /**
   * Value to record on any but the plain path. A field, as is its time, because V8 allocates doubles that are passed to
   * a function that it does not inline.
   */
  protected offered: number = NaN;
  /** Time of {@linkcode RingHandle.offered}, in milliseconds. */
  protected offeredMs: number = NaN;
  /** Bits to add to {@linkcode RingHandle.kind} for {@linkcode RingHandle.offered} if it is traced; else 0. */
  protected traceBits: number = 0;
  /** Whether the current call is critical. */
  protected isUrgent: boolean = false;
  /** Number of the trace context of {@linkcode RingHandle.offered}. */
  protected contextNumber: number = 0;
  /**
   * Bound above which values are critical. The largest double if none are, so that infinity still exceeds it and is
   * rejected.
   */
  protected readonly criticalAbove: number;
  /** Whether a value can be critical. No field that a skipped call reads is `#private`: V8 limits the size of inlined code. */
  protected readonly hasCritical: boolean;
  /** Number of calls to skip before the next one that is recorded. */
  protected gap: number = 0;
  /**
   * Control word at which every call that is not critical is recorded with a weight of one and without a stamp;
   * {@linkcode NEVER} if there is none.
   */
  protected plainWord: number = NEVER;
  /** Control word of the current decisions. */
  protected seen: number = NEVER;
  /** Whether no call is sampled out. */
  #recordsAll = false;
  /** Count of a skipped call: 1, or 0 while nothing is recorded. */
  protected step: number = 1;
  /** Number of calls that were sampled out since the last record. */
  protected sampledOut: number = 0;
  /** Last value that was recorded off the plain path. */
  #last = NaN;
  /** Whether no value was recorded yet that could carry the weight of sampled-out calls. */
  #isFirst = true;
  readonly #recorder: Recorder;
  readonly #stampClock: Clock | undefined;
  readonly #sampler: Sampler;
  readonly #isCritical: boolean;

  /** Creates a series of an instrument; `undefined` creates the overflow series. */
  constructor(
    recorder: Recorder,
    instrument: number,
    labelValues: readonly string[] | undefined,
    isCritical: boolean,
    kind: number,
    criticalAbove: number = Number.MAX_VALUE,
  ) {
    this.producer = recorder.producer;
    this.#recorder = recorder;
    this.#stampClock = recorder.stampClock;
    this.#sampler = recorder.sampler;
    this.control = recorder.sampler.word;
    this.#isCritical = isCritical;
    this.criticalAbove = criticalAbove;
    this.hasCritical = criticalAbove !== Number.MAX_VALUE;
    this.series = recorder.addDistribution(instrument, labelValues);
    this.kind = kind;
    this.tag = tagOf(this.series, kind);
    this.tracedTag = tagOf(this.series, kind | TRACED);
    recorder.follow(this);
  }

  reset(): void {
    if (this.producer === this.#recorder.nowhere) return;
    const series = this.#recorder.reset(this.series);
    if (series === undefined) return this.#recorder.postponeReset(this);
    this.series = series;
    this.tag = tagOf(this.series, this.kind);
    this.tracedTag = tagOf(this.series, this.kind | TRACED);
    this.sampledOut = 0;
    this.#isFirst = true;
    this.seen = NEVER;
  }

  detach(isOverflow: boolean = false): void {
    if (this.producer === this.#recorder.nowhere) return;
    this.freeze();
    this.#recorder.remove(this.series, undefined, isOverflow);
  }

  freeze(): void {
    this.producer = this.#recorder.nowhere;
    this.#recorder.unfollow(this);
    this.sampledOut = 0;
  }

  announcement(instrument: number, labelValues: readonly string[] | undefined): SeriesAnnouncement {
    return seriesAnnouncement(this.series, instrument, labelValues, undefined);
  }

  /** Writes the calls that were sampled out since the last record, as the weight of its value. */
  writeSampledOut(): void {
    // Without a value yet, they are added to the first one.
    if (this.#isFirst) return;
    while (this.sampledOut > 0) {
      const weight = Math.min(this.sampledOut, WEIGHT_MAX);
      this.producer.pushWeighted(this.#last, this.#stamp(), this.series, Kind.sampledOut, weight);
      this.sampledOut -= weight;
    }
    this.#setPlain();
  }

  /**
   * Whether this call is certainly skipped; if not, {@linkcode RingHandle.decide} decides. Not to be called at the plain
   * word, so that recording everything costs no more than one load and one comparison.
   */
  protected isSampledOut(word: number): boolean {
    // One branch for two questions: the first term is negative when the gap is over, the second when the word is new.
    return ((this.gap -= 1) | -(word ^ this.seen)) >= 0;
  }

  /** Counts a call that is not recorded. */
  protected sampleOut(): void {
    this.sampledOut += this.step;
    this.plainWord = NEVER;
  }

  /** Decides whether a call that has ended a gap, or is the first under new settings, is recorded. */
  protected decide(word: number): boolean {
    // A single call, because the less there is to inline, the sooner V8 also inlines the clock and need not box its
    // result.
    return (word === this.seen || this.#adopt(word)) && this.#beginGap(word);
  }

  /** Records {@linkcode RingHandle.offered}, or skips it. */
  protected offer(): void {
    const word = this.control[0];
    if (this.isSampledOut(word) || !this.decide(word)) return this.sampleOut();
    this.offeredMs = this.#stamp();
    this.recordSampled();
  }

  /** Records {@linkcode RingHandle.offered} in any case. */
  protected offerCritical(): void {
    this.offeredMs = this.#stamp();
    this.recordCritical();
  }

  /** Writes a record of {@linkcode RingHandle.offered} with a weight of one, and publishes it. */
  protected recordCritical(): void {
    this.isUrgent = true;
    this.recordSampled();
    this.isUrgent = false;
  }

  /**
   * Records {@linkcode RingHandle.offered}; if values can be critical, samples it out unless it is critical or chosen.
   */
  protected recordByValue(): void {
    if (!this.hasCritical) return this.recordSampled();
    if (this.offered > this.criticalAbove) return this.recordCritical();
    const word = this.control[0];
    if (this.isSampledOut(word) || !this.decide(word)) return this.sampleOut();
    this.recordSampled();
  }

  /** Writes a record of {@linkcode RingHandle.offered} that also weighs the calls that were sampled out before it. */
  protected recordSampled(): void {
    if (!this.isEnabled) return;
    if (this.#isCritical || this.isUrgent) {
      this.#push(1);
      return this.producer.publish();
    }
    this.#isFirst = false;
    this.#last = this.offered;
    if (this.sampledOut >= WEIGHT_MAX) this.writeSampledOut();
    this.#push(1 + this.sampledOut);
    this.sampledOut = 0;
    this.#setPlain();
  }

  #push(weight: number): void {
    const { offered, offeredMs, series, kind, traceBits, contextNumber } = this;
    this.producer.pushWeighted(offered, offeredMs, series, kind | traceBits, weight, contextNumber);
  }

  /** Offers an exemplar of a value that was recorded or sampled out. */
  protected offerExemplar(value: number, labels: Labels): void {
    if (!this.isEnabled || this.producer === this.#recorder.nowhere) return;
    offerExemplar(this.#recorder, this.series, value, labels);
  }

  /** Whether anything is recorded, and rejections are counted. */
  protected get isEnabled(): boolean {
    return this.control[0] !== DISABLED;
  }

  #beginGap(word: number): boolean {
    this.gap = this.#recordsAll ? 0 : this.#sampler.drawGap();
    return word !== DISABLED;
  }

  /** Adopts new settings; returns whether this call is outside of a gap under them. */
  #adopt(word: number): boolean {
    this.seen = word;
    this.step = word === DISABLED ? 0 : 1;
    this.#recordsAll = word !== DISABLED && (this.#sampler.adoptRate() >= 1 || this.#isCritical);
    this.#setPlain();
    // The first call of a series has no earlier value to carry its weight.
    const gap = word === DISABLED ? GAP_MAX : this.#isFirst || this.#recordsAll ? 0 : this.#sampler.drawGap();
    if (gap > 0) this.gap = gap - 1;
    return gap === 0;
  }

  /** Time of a value that was passed without one; 0 unless all records carry a time. */
  #stamp(): number {
    return this.#stampClock === undefined ? 0 : this.#stampClock.now();
  }

  #setPlain(): void {
    const isPlain = this.#recordsAll && this.sampledOut === 0 && !this.#isCritical && this.#stampClock === undefined;
    this.plainWord = isPlain ? this.seen : NEVER;
  }
}

/**
 * A handle whose series travels by ring, and the decision which of its calls are recorded.
 *
 * A call that is left out costs one load of the control word, one decrement and two branches that are always
 * foreseen, and is counted. The next record of the series weighs one more for each, so counts stay exact; a flush writes
 * what is left out until then as the weight of the series' last value. The first call of a series is always recorded.
 *
 * A critical call is recorded in any case, and published at once. It stands for itself only: what was left out stays for
 * the next one that is not critical, because critical values differ from others.
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

/** Equals no control word. */
const NEVER = 2 ** 30 - 1;

/** A handle whose series travels by ring. */
export abstract class RingHandle implements BoundHandle {
  /** The ring's writing end. */
  protected producer: Producer;
  /** The id of the series. */
  protected series: number;
  /** Series and kind as one double, see {@linkcode tagOf}. */
  protected tag: number;
  /** The same for records that are traced. */
  protected tracedTag: number;
  /** What the records of the series are. */
  protected readonly kind: number;
  /** The control word, alone in its array. */
  protected readonly control: Int32Array;
  /**
   * The value that is to be recorded but not plainly, and its time. Fields, because V8 allocates doubles that are
   * passed to a function it does not inline.
   */
  protected offered: number = NaN;
  /** See {@linkcode RingHandle.offered}. */
  protected offeredMs: number = NaN;
  /** What the kind of {@linkcode RingHandle.offered} says beside {@linkcode RingHandle.kind}, if it is traced; else 0. */
  protected traceBits: number = 0;
  /** Whether the call under way is critical, whatever the others are. */
  protected isUrgent: boolean = false;
  /** The number of the context that it was recorded in. */
  protected contextNumber: number = 0;
  /** Values above it are critical; the largest number for none, so that no infinity is below it either. */
  protected readonly criticalAbove: number;
  /** Whether a value can be critical. A field, and none of what a skipped call reads is `#private`: V8 inlines only so much. */
  protected readonly hasCritical: boolean;
  /** Calls to leave out before the next one that is recorded. */
  protected gap: number = 0;
  /**
   * The control word at which every call is recorded that is not critical, with a weight of one and no time read for it;
   * {@linkcode NEVER} if there is none.
   */
  protected plainWord: number = NEVER;
  /** The control word that the decisions follow. */
  protected seen: number = NEVER;
  /** Whether no call is left out. */
  #recordsAll = false;
  /** What a call that is left out counts: 1, or 0 while nothing is recorded. */
  protected step: number = 1;
  /** Calls left out since the last record. */
  protected sampledOut: number = 0;
  /** The last value that was recorded while calls were left out. */
  #last = NaN;
  /** Whether there is none yet that could stand for those left out. */
  #isFirst = true;
  readonly #recorder: Recorder;
  readonly #stampClock: Clock | undefined;
  readonly #sampler: Sampler;
  readonly #isCritical: boolean;

  /** A new series of an instrument; `undefined` is the overflow series. */
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

  /** See {@linkcode BoundHandle.reset}. */
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

  /** See {@linkcode BoundHandle.detach}. */
  detach(isOverflow: boolean = false): void {
    if (this.producer === this.#recorder.nowhere) return;
    this.freeze();
    this.#recorder.remove(this.series, undefined, isOverflow);
  }

  /** See {@linkcode BoundHandle.freeze}. */
  freeze(): void {
    this.producer = this.#recorder.nowhere;
    this.#recorder.unfollow(this);
    this.sampledOut = 0;
  }

  /** See {@linkcode BoundHandle.announcement}. */
  announcement(instrument: number, labelValues: readonly string[] | undefined): SeriesAnnouncement {
    return seriesAnnouncement(this.series, instrument, labelValues, undefined);
  }

  /** Writes the calls left out since the last record, as the weight of its value. */
  writeSampledOut(): void {
    // Without a value yet, they stay for the first that comes.
    if (this.#isFirst) return;
    while (this.sampledOut > 0) {
      const weight = Math.min(this.sampledOut, WEIGHT_MAX);
      this.producer.pushWeighted(this.#last, this.#stamp(), this.series, Kind.sampledOut, weight);
      this.sampledOut -= weight;
    }
    this.#setPlain();
  }

  /**
   * Whether this call is left out for sure; if not, {@linkcode RingHandle.decide} must be asked. Not to be called at
   * the plain word, so that recording everything costs no more than one load and one comparison.
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

  /** Decides whether a call is recorded that ended a gap, or came under new settings. */
  protected decide(word: number): boolean {
    // One call of it: the less there is to inline, the sooner V8 also inlines the clock and need not box what it gives.
    return (word === this.seen || this.#adopt(word)) && this.#beginGap(word);
  }

  /** Records {@linkcode RingHandle.offered}, or leaves it out. */
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

  /** Writes a record of {@linkcode RingHandle.offered} that stands for itself, and publishes it. */
  protected recordCritical(): void {
    this.isUrgent = true;
    this.recordSampled();
    this.isUrgent = false;
  }

  /** Whether a call is left out is decided by the value, if that can be critical. */
  protected recordByValue(): void {
    if (!this.hasCritical) return this.recordSampled();
    if (this.offered > this.criticalAbove) return this.recordCritical();
    const word = this.control[0];
    if (this.isSampledOut(word) || !this.decide(word)) return this.sampleOut();
    this.recordSampled();
  }

  /** Writes a record of {@linkcode RingHandle.offered} that stands for what was left out before it too. */
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

  /** Offers an exemplar of a value that was recorded, or left out by sampling. */
  protected offerExemplar(value: number, labels: Labels): void {
    if (!this.isEnabled || this.producer === this.#recorder.nowhere) return;
    offerExemplar(this.#recorder, this.series, value, labels);
  }

  /** Whether anything is recorded, and refusals are counted. */
  protected get isEnabled(): boolean {
    return this.control[0] !== DISABLED;
  }

  #beginGap(word: number): boolean {
    this.gap = this.#recordsAll ? 0 : this.#sampler.drawGap();
    return word !== DISABLED;
  }

  /** Takes over new settings; whether this call is not in a gap under them. */
  #adopt(word: number): boolean {
    this.seen = word;
    this.step = word === DISABLED ? 0 : 1;
    this.#recordsAll = word !== DISABLED && (this.#sampler.adoptRate() >= 1 || this.#isCritical);
    this.#setPlain();
    // The first of a series has no value before it that could stand for it.
    const gap = word === DISABLED ? GAP_MAX : this.#isFirst || this.#recordsAll ? 0 : this.#sampler.drawGap();
    if (gap > 0) this.gap = gap - 1;
    return gap === 0;
  }

  /** The time of a value that no clock is read for; 0 unless all records carry one. */
  #stamp(): number {
    return this.#stampClock === undefined ? 0 : this.#stampClock.now();
  }

  #setPlain(): void {
    const isPlain = this.#recordsAll && this.sampledOut === 0 && !this.#isCritical && this.#stampClock === undefined;
    this.plainWord = isPlain ? this.seen : NEVER;
  }
}

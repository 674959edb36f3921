/**
 * Series of a timer on a thread that does not trace.
 *
 * @module
 */

import type { Labels } from "../model/model.ts";
import type { Clock } from "../record/clock.ts";
import type { Recorder } from "../record/recorder.ts";
import type { TraceContext } from "../record/trace_context.ts";
import type { Tracing } from "../record/tracing.ts";
import { DISABLED } from "../ring/control.ts";
import { Count, Kind } from "../ring/layout.ts";
import { countRejected } from "./rejected.ts";
import { RingHandle } from "./sampled.ts";
import { timedFunction } from "./timed_function.ts";
import type { Timer } from "./timer.ts";
import { StartedScope, type TimerScope } from "./timer_scope.ts";

/** Token of a timing that is sampled out; clocks never return a negative time. */
const SAMPLED_OUT = -1;

/** Series of a timer. */
export class RingTimer extends RingHandle implements Timer {
  /** Clock of the timings. */
  protected readonly clock: Clock;
  /** Traces of the thread. */
  protected readonly tracing: Tracing;

  /** Creates a series of an instrument; `undefined` creates the overflow series. */
  constructor(
    recorder: Recorder,
    instrument: number,
    labelValues: readonly string[] | undefined,
    isCritical: boolean,
    criticalAbove?: number,
  ) {
    super(recorder, instrument, labelValues, isCritical, Kind.timing, criticalAbove);
    this.clock = recorder.clock;
    this.tracing = recorder.tracing;
  }

  start(): number {
    const word = this.control[0];
    return word !== this.plainWord && this.samplesOut(word) ? SAMPLED_OUT : this.clock.now();
  }

  startCritical(): number {
    return this.isEnabled ? this.clock.now() : this.start();
  }

  end(start: number): void {
    if (start === SAMPLED_OUT) this.sampleOut();
    else this.finish(start);
  }

  endCritical(start: number): void {
    if (start === SAMPLED_OUT) return this.sampleOut();
    const nowMs = this.clock.now();
    if (!(typeof start === "number" && start <= nowMs && start >= 0)) return this.rejectTiming(start, nowMs);
    this.offered = (nowMs - start) / 1_000;
    this.offeredMs = nowMs;
    this.recordCritical();
  }

  observeCritical(seconds: number): void {
    if (!(typeof seconds === "number" && seconds >= 0 && seconds < Infinity)) return this.reject(seconds);
    this.offered = seconds;
    this.offerCritical();
  }

  observe(seconds: number): void {
    if (
      this.control[0] === this.plainWord && typeof seconds === "number" && seconds >= 0 && seconds <= this.criticalAbove
    ) {
      this.producer.push(seconds, 0, this.tag);
    } else this.#observeOtherwise(seconds);
  }

  observeWithExemplar(seconds: number, exemplar: Labels): void {
    this.observe(seconds);
    if (typeof seconds === "number" && seconds >= 0 && seconds < Infinity) this.offerExemplar(seconds, exemplar);
  }

  endWithExemplar(start: number, exemplar: Labels): void {
    if (start === SAMPLED_OUT) return this.sampleOut();
    const nowMs = this.clock.now();
    if (!(typeof start === "number" && start <= nowMs && start >= 0)) return this.rejectTiming(start, nowMs);
    const seconds = (nowMs - start) / 1_000;
    this.recordTiming(seconds, nowMs);
    this.offerExemplar(seconds, exemplar);
  }

  /** Ends the timing without a span, because the thread does not trace. */
  endSpan(start: number, _context: TraceContext, _hasFailed?: boolean): void {
    this.end(start);
  }

  /** Counts a start outside of any trace. */
  startInTrace(): void {
    this.countOutsideTrace();
  }

  endInTrace(): void {
    this.countOutsideTrace();
  }

  span(): TimerScope {
    return new StartedScope(this);
  }

  wrap<This, Args extends unknown[], Result>(
    operation: (this: This, ...args: Args) => Result,
  ): (this: This, ...args: Args) => Result {
    return timedFunction(operation, () => this);
  }

  time<Result>(operation: () => Result): Result {
    return this.wrap(operation)();
  }

  /**
   * Whether a timing that starts now is sampled out. Does not read the clock itself: V8 boxes a number that may also
   * come from a method that is not inlined.
   */
  protected samplesOut(word: number): boolean {
    return !this.hasCritical && this.isSampledOut(word) || !this.begins(word);
  }

  /** Whether a timing that starts now is outside of a gap, or may become critical. */
  protected begins(word: number): boolean {
    if (!this.hasCritical) return this.decide(word);
    return word !== DISABLED || !this.isSampledOut(word) && this.decide(word);
  }

  /** Ends a timing that was not sampled out. */
  protected finish(start: number): void {
    const nowMs = this.clock.now();
    if (typeof start === "number" && start <= nowMs && start >= 0) this.recordTiming((nowMs - start) / 1_000, nowMs);
    else this.rejectTiming(start, nowMs);
  }

  /** Records a timing. */
  protected recordTiming(seconds: number, nowMs: number): void {
    if (this.control[0] !== this.plainWord || seconds > this.criticalAbove) return this.recordOtherwise(seconds, nowMs);
    this.producer.push(seconds, nowMs, this.tag);
    this.producer.publishIfDue(nowMs);
  }

  /** Records a timing as the control word requires. */
  protected recordOtherwise(seconds: number, nowMs: number): void {
    this.offered = seconds;
    this.offeredMs = nowMs;
    this.recordByValue();
    this.producer.publishIfDue(nowMs);
  }

  /** Counts a rejected timing. */
  protected rejectTiming(start: unknown, nowMs: number): void {
    this.reject(typeof start === "number" ? nowMs - start : NaN);
  }

  /** Counts a start or an end outside of any trace. */
  protected countOutsideTrace(): void {
    if (this.isEnabled) this.producer.counts[Count.outsideTrace] += 1;
  }

  #observeOtherwise(seconds: number): void {
    if (typeof seconds === "number" && seconds >= 0 && seconds < Infinity) {
      this.offered = seconds;
      if (seconds > this.criticalAbove) this.offerCritical();
      else this.offer();
    } else this.reject(seconds);
  }

  /** Counts a rejected duration. */
  protected reject(seconds: number): void {
    if (this.isEnabled) countRejected(this.producer.counts, seconds, Count.negativeDuration);
  }
}

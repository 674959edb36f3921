/**
 * Series of a timer on a thread that traces: it reads the current context at the end of each timing. A separate class,
 * so that a program without traces runs no code for them, and a program with traces still has methods small enough for
 * V8 to inline at their call sites, without which the start of a timing would be boxed. It has no `#private` members,
 * because adopted timers were not created by its constructor.
 *
 * @module
 */

import type { Labels } from "../model/model.ts";
import { RecordedContext, type TraceContext } from "../record/trace_context.ts";
import { FAILED, Kind, OWN, TRACED } from "../ring/layout.ts";
import { RingTimer } from "./ring_timer.ts";

/**
 * Token as in `ring_timer.ts`, repeated because V8 does not fold constants of other modules, and would box the start
 * that is compared with one.
 */
const SAMPLED_OUT = -1;

/** Series of a timer on a thread that traces. */
export class TracedTimer extends RingTimer {
  /** Turns a timer into a traced one; references to it stay valid. */
  static adopt(timer: RingTimer): void {
    Object.setPrototypeOf(timer, TracedTimer.prototype);
  }

  /** Ends a timing. Repeats `RingTimer.end`: with shared code, all timings take 6 to 12 % longer, traced or not. */
  override end(start: number): void {
    if (start === SAMPLED_OUT) return this.sampleOut();
    const nowMs = this.clock.now();
    if (!(typeof start === "number" && start <= nowMs && start >= 0)) return this.rejectTiming(start, nowMs);
    const seconds = (nowMs - start) / 1_000;
    if (this.control[0] !== this.plainWord || seconds > this.criticalAbove) return this.recordOtherwise(seconds, nowMs);
    const context = this.tracing.current;
    const number = context === undefined ? 0 : context.number;
    this.producer.pushTraced(seconds, nowMs, number === 0 ? this.tag : this.tracedTag, number);
    this.producer.publishIfDue(nowMs);
  }

  override endSpan(start: number, context: TraceContext, hasFailed: boolean = false): void {
    if (start === SAMPLED_OUT) return this.sampleOut();
    const nowMs = this.clock.now();
    if (!(typeof start === "number" && start <= nowMs && start >= 0)) return this.rejectTiming(start, nowMs);
    this.offered = (nowMs - start) / 1_000;
    this.offeredMs = nowMs;
    const number = context instanceof RecordedContext ? context.number : 0;
    // A trace without the span that contains the others is of little use.
    this.isUrgent = number !== 0;
    this.recordIn(number, hasFailed ? TRACED | OWN | FAILED : TRACED | OWN);
    this.isUrgent = false;
    this.producer.publishIfDue(nowMs);
  }

  override endWithExemplar(start: number, exemplar: Labels): void {
    if (start === SAMPLED_OUT) return this.sampleOut();
    const nowMs = this.clock.now();
    if (!(typeof start === "number" && start <= nowMs && start >= 0)) return this.rejectTiming(start, nowMs);
    const seconds = (nowMs - start) / 1_000;
    this.recordOtherwise(seconds, nowMs);
    this.offerExemplar(seconds, exemplar);
  }

  override observe(seconds: number): void {
    if (!(typeof seconds === "number" && seconds >= 0 && seconds < Infinity)) return this.reject(seconds);
    this.offered = seconds;
    if (seconds > this.criticalAbove) return this.offerCritical();
    if (this.control[0] !== this.plainWord) return this.offer();
    this.offeredMs = 0;
    this.recordSampled();
  }

  override startInTrace(): void {
    this.mark(Kind.start);
  }

  override endInTrace(): void {
    this.mark(Kind.end);
  }

  /** Records the offered value in the current context, if there is one. */
  protected override recordSampled(): void {
    const context = this.tracing.current;
    this.recordIn(context === undefined ? 0 : context.number, TRACED);
  }

  /** Records the offered value in a context. */
  private recordIn(context: number, bits: number): void {
    if (context !== 0) {
      // The value has no time, but a span must have an end.
      if (this.offeredMs === 0) this.offeredMs = this.clock.now();
      this.contextNumber = context;
      this.traceBits = bits;
    }
    super.recordSampled();
    this.traceBits = 0;
  }

  /** Records the start or end of a timing across threads. */
  private mark(kind: number): void {
    if (!this.isEnabled) return;
    const context = this.tracing.current;
    if (context === undefined) return this.countOutsideTrace();
    if (context.number === 0) return;
    const nowMs = this.clock.now();
    if (!(nowMs >= 0)) return this.reject(nowMs);
    this.producer.pushWeighted(0, nowMs, this.series, kind, 1, context.number);
    this.producer.publishIfDue(nowMs);
  }
}

/**
 * What a timer becomes when its thread begins to trace: it looks for the present context at each end. A class of its own,
 * so that a program without traces runs the very code that it would run if there were none, and one with them still has
 * methods small enough for V8 to inline where they are called, without which the start of a timing would be boxed. It has
 * no `#private` members, because timers that are adopted were not made by its constructor.
 *
 * @module
 */

import type { Labels } from "../model/model.ts";
import { RecordedContext, type TraceContext } from "../record/trace_context.ts";
import { FAILED, Kind, OWN, TRACED } from "../ring/layout.ts";
import { RingTimer } from "./ring_timer.ts";

/** As in `timer.ts`: V8 folds no constant that another module exports, and would box the start that is compared with it. */
const SAMPLED_OUT = -1;

/** A timer's series on a thread that traces. */
export class TracedTimer extends RingTimer {
  /** Makes traced what is a timer already; whoever holds it holds it still. */
  static adopt(timer: RingTimer): void {
    Object.setPrototypeOf(timer, TracedTimer.prototype);
  }

  /** See {@linkcode Timer.end}. What is rare is in methods of its own: V8 inlines no more than so much. */
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

  /** See {@linkcode Timer.endSpan}. */
  override endSpan(start: number, context: TraceContext, hasFailed: boolean = false): void {
    if (start === SAMPLED_OUT) return this.sampleOut();
    const nowMs = this.clock.now();
    if (!(typeof start === "number" && start <= nowMs && start >= 0)) return this.rejectTiming(start, nowMs);
    this.offered = (nowMs - start) / 1_000;
    this.offeredMs = nowMs;
    const number = context instanceof RecordedContext ? context.number : 0;
    // A trace without the span that holds the others is of little use.
    this.isUrgent = number !== 0;
    this.recordIn(number, hasFailed ? TRACED | OWN | FAILED : TRACED | OWN);
    this.isUrgent = false;
    this.producer.publishIfDue(nowMs);
  }

  /** See {@linkcode Timer.endWithExemplar}. */
  override endWithExemplar(start: number, exemplar: Labels): void {
    if (start === SAMPLED_OUT) return this.sampleOut();
    const nowMs = this.clock.now();
    if (!(typeof start === "number" && start <= nowMs && start >= 0)) return this.rejectTiming(start, nowMs);
    const seconds = (nowMs - start) / 1_000;
    this.recordOtherwise(seconds, nowMs);
    this.offerExemplar(seconds, exemplar);
  }

  /** See {@linkcode Timer.observe}. */
  override observe(seconds: number): void {
    if (!(typeof seconds === "number" && seconds >= 0 && seconds < Infinity)) return this.reject(seconds);
    this.offered = seconds;
    if (seconds > this.criticalAbove) return this.offerCritical();
    if (this.control[0] !== this.plainWord) return this.offer();
    this.offeredMs = 0;
    this.recordSampled();
  }

  /** See {@linkcode Timer.startInTrace}. */
  override startInTrace(): void {
    this.mark(Kind.start);
  }

  /** See {@linkcode Timer.endInTrace}. */
  override endInTrace(): void {
    this.mark(Kind.end);
  }

  /** Records what is offered, in the present context where there is one. */
  protected override recordSampled(): void {
    const context = this.tracing.current;
    this.recordIn(context === undefined ? 0 : context.number, TRACED);
  }

  /** Records what is offered in a context. */
  private recordIn(context: number, bits: number): void {
    if (context !== 0) {
      // A value that no clock was read for: a span must end at some time.
      if (this.offeredMs === 0) this.offeredMs = this.clock.now();
      this.contextNumber = context;
      this.traceBits = bits;
    }
    super.recordSampled();
    this.traceBits = 0;
  }

  /** Writes down that a timing begins or ends here, for the thread where it ends or began. */
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

/**
 * Kept traces: recent ones, which have the latest spans, and the slowest of those that are no longer recent.
 *
 * A trace is open (more spans are expected), finished, or among the slowest. Open and finished traces are the recent
 * ones. Adding a span takes constant time and no memory besides its own. Everything is bounded in number and in bytes,
 * and every loss is counted.
 *
 * @module
 */

import {
  type Span,
  type SpanDropReason,
  TRACE_LIST_DEFAULT,
  type TraceCounts,
  type TraceDetail,
  type TraceList,
  type TraceQuery,
} from "../../model/spans.ts";
import { AgeList } from "./age_list.ts";
import type { TraceLimits } from "../../model/trace_limits.ts";
import { SlowestTraces } from "./slowest.ts";
import { EPOCH_MS_MAX } from "../../platform/wall_clock.ts";
import { Trace } from "./trace.ts";

/** Share of all bytes that the slowest traces may take if memory is short. */
const SLOWEST_SHARE = 1 / 2;

/** Counts of a store; the other counts are those of {@linkcode SpanJoin}. */
export type StoreCounts = Pick<TraceCounts, "spans" | "droppedSpans" | "traces" | "evictedTraces">;

/** Store of kept traces. */
export class TraceStore {
  readonly #limits: TraceLimits;
  readonly #nowMs: () => number;
  readonly #originMs: () => number;
  readonly #byId: Map<string, Trace> = new Map();
  readonly #open: AgeList<Trace> = new AgeList();
  readonly #finished: AgeList<Trace> = new AgeList();
  readonly #slowest: SlowestTraces;
  readonly #dropped: Record<SpanDropReason, number> = { trace_full: 0, memory: 0, invalid: 0, orphaned: 0 };
  #spans = 0;
  #evicted = 0;
  /** Estimated memory of all traces in bytes. */
  #bytes = 0;

  /**
   * Creates an empty store.
   *
   * @param limits Limits of kept traces
   * @param nowMs Monotonic clock in milliseconds
   * @param originMs Returns the current origin of the times of spans, in milliseconds since the epoch
   */
  constructor(limits: TraceLimits, nowMs: () => number, originMs: () => number = () => 0) {
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#originMs = originMs;
    this.#slowest = new SlowestTraces(limits.slowestMax);
  }

  /** Totals. */
  get counts(): StoreCounts {
    return {
      spans: this.#spans,
      droppedSpans: { ...this.#dropped },
      traces: this.#byId.size,
      evictedTraces: this.#evicted,
    };
  }

  /** Estimated memory of all traces in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a span; returns it with its time of day, or `undefined` if its times are invalid. Never throws. */
  add(span: Span): Span | undefined {
    this.#spans += 1;
    if (!hasTimes(span, this.#originMs())) {
      this.#dropped.invalid += 1;
      return undefined;
    }
    const trace = this.#take(span.traceId);
    this.#bytes -= trace.bytes;
    if (!trace.add(span, this.#limits.spansMax)) this.#dropped.trace_full += 1;
    this.#bytes += trace.bytes;
    trace.touchedMs = this.#nowMs();
    trace.touch = this.#spans;
    trace.isFinished ||= trace.hasRoot;
    this.#listOf(trace).add(trace);
    this.#makeRoom();
    return trace.dated(span);
  }

  /** Counts a span whose trace is unknown. */
  countOrphan(): void {
    this.#spans += 1;
    this.#dropped.orphaned += 1;
  }

  /** Finishes traces without recent spans; must be called at intervals. */
  sweep(): void {
    const nowMs = this.#nowMs();
    for (let trace = this.#open.oldest; trace !== undefined; trace = this.#open.oldest) {
      if (nowMs - trace.touchedMs < this.#limits.idleMs) return;
      this.#open.remove(trace);
      trace.isFinished = true;
      this.#finished.add(trace);
    }
  }

  /** Returns the slowest finished traces, the slowest first, and the recent ones, the latest first. */
  list({ limit = TRACE_LIST_DEFAULT }: TraceQuery = {}): Pick<TraceList, "slowest" | "recent"> {
    const slowest = [...this.#slowest.traces, ...this.#finished]
      .sort((a, b) => b.endToEndSeconds - a.endToEndSeconds || b.touch - a.touch)
      .slice(0, Math.min(limit, this.#limits.slowestMax));
    const recent = [...this.#open, ...this.#finished].sort((a, b) => b.touch - a.touch).slice(0, limit);
    return { slowest: slowest.map((trace) => trace.summary()), recent: recent.map((trace) => trace.summary()) };
  }

  /** Returns a trace and its stages; `undefined` if it is not kept. */
  get(traceId: string): TraceDetail | undefined {
    return this.#byId.get(traceId)?.detail();
  }

  /** Removes a trace from its list before it changes; creates a new one if it is not kept. */
  #take(traceId: string): Trace {
    const known = this.#byId.get(traceId);
    if (known === undefined) return this.#begin(traceId);
    if (known.rank >= 0) this.#slowest.remove(known);
    else this.#listOf(known).remove(known);
    return known;
  }

  #begin(traceId: string): Trace {
    const trace = new Trace(traceId, this.#originMs());
    this.#byId.set(traceId, trace);
    this.#bytes += trace.bytes;
    return trace;
  }

  #listOf({ isFinished }: Trace): AgeList<Trace> {
    return isFinished ? this.#finished : this.#open;
  }

  #makeRoom(): void {
    const { recentMax, bytesMax } = this.#limits;
    while (this.#open.size + this.#finished.size > recentMax) this.#forget(this.#retire());
    while (this.#bytes > bytesMax) {
      const isSlowestTooLarge = this.#slowest.bytes > bytesMax * SLOWEST_SHARE;
      const forgotten = isSlowestTooLarge ? this.#slowest.takeLeast() : this.#retire();
      this.#dropped.memory += forgotten?.size ?? 0;
      this.#forget(forgotten);
    }
  }

  /**
   * Moves one of the recent traces to the slowest.
   *
   * @returns The trace that is no longer kept; `undefined` if all are
   */
  #retire(): Trace | undefined {
    // Evicting an open trace loses its spans, but many that never finish must not evict all that do.
    const list = this.#finished.size >= this.#open.size ? this.#finished : this.#open;
    const trace = list.oldest as Trace;
    list.remove(trace);
    trace.isFinished = true;
    return this.#slowest.offer(trace);
  }

  #forget(trace: Trace | undefined): void {
    if (trace === undefined) return;
    this.#byId.delete(trace.traceId);
    this.#bytes -= trace.bytes;
    this.#evicted += 1;
  }
}

/** Whether a span's times can be shown and compared. */
function hasTimes({ startMs, durationSeconds }: Span, originMs: number): boolean {
  return Math.abs(originMs + startMs) <= EPOCH_MS_MAX && durationSeconds >= 0 &&
    durationSeconds * 1_000 <= EPOCH_MS_MAX;
}

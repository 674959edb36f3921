/**
 * Kept trace: its spans, and facts about all of them, including dropped ones.
 *
 * @module
 */

import type { Span, TraceDetail, TraceStage, TraceSummary } from "../../model/spans.ts";
import type { Aged } from "./age_list.ts";

/**
 * Bytes of a trace without spans, with its place in the store: about 450 in heaps of many. The bytes of traces and
 * spans are multiplied by 1.8, because V8 collects the aggregator's heap once it has grown by this factor.
 */
const TRACE_BYTES = 810;
/** Bytes of a span without its strings: about 214 (`tests/memory/span_bytes_test.ts`), multiplied likewise. */
const SPAN_BYTES = 384;
const BYTES_PER_CHARACTER = 2;

/** Kept trace. */
export class Trace implements Aged<Trace> {
  /** Trace id. */
  readonly traceId: string;
  older: Trace | undefined = undefined;
  newer: Trace | undefined = undefined;
  /** Position among the slowest traces; negative if it is not among them. */
  rank = -1;
  /** Time at which its last span arrived. */
  touchedMs = 0;
  /** Number of that span among all spans. */
  touch = 0;
  /** Whether no more spans are expected; some may still arrive. */
  isFinished = false;
  readonly #originMs: number;
  readonly #spans: Span[] = [];
  #root: Span | undefined;
  #dropped = 0;
  #startMs = Number.POSITIVE_INFINITY;
  #endMs = Number.NEGATIVE_INFINITY;
  #bytes = TRACE_BYTES;

  /**
   * Creates a trace without spans; one must be added at once.
   *
   * @param originMs Origin of the times of its spans, in milliseconds since the epoch
   */
  constructor(traceId: string, originMs: number = 0) {
    this.traceId = traceId;
    this.#originMs = originMs;
  }

  /** Number of kept spans. */
  get size(): number {
    return this.#spans.length;
  }

  /** Estimated memory in bytes, including uncollected garbage and shared strings. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether its root span has arrived. */
  get hasRoot(): boolean {
    return this.#root !== undefined;
  }

  /** Seconds from the start of its first span to the end of its last one. */
  get endToEndSeconds(): number {
    return (this.#endMs - this.#startMs) / 1_000;
  }

  /**
   * Adds a span.
   *
   * @param spansMax Maximum number of kept spans
   * @returns Whether all spans so far are kept
   */
  add(span: Span, spansMax: number): boolean {
    this.#startMs = Math.min(this.#startMs, span.startMs);
    this.#endMs = Math.max(this.#endMs, span.startMs + span.durationSeconds * 1_000);
    const isRoot = span.parentId === undefined && this.#root === undefined;
    const hasPlace = this.#spans.length < spansMax;
    if (!hasPlace) this.#dropped += 1;
    // The root span names the trace and arrives last, so it replaces another one.
    if (!hasPlace && isRoot) this.#bytes -= bytesOf(this.#spans.pop() as Span);
    if (hasPlace || isRoot) this.#keep(span);
    if (isRoot) this.#root = span;
    return hasPlace;
  }

  /**
   * Returns a span with its time of day. All spans of a trace share one origin, even if the wall clock has moved.
   */
  dated(span: Span): Span {
    return this.#originMs === 0 ? span : { ...span, startMs: this.#originMs + span.startMs };
  }

  /** Returns the trace without its stages. */
  summary(): TraceSummary {
    return this.#summaryOf(this.#spans.toSorted(byStart));
  }

  /** Returns the trace with its stages. */
  detail(): TraceDetail {
    const spans = this.#spans.toSorted(byStart);
    return { ...this.#summaryOf(spans), stages: spans.map((span) => this.#stageOf(span)) };
  }

  #keep(span: Span): void {
    this.#spans.push(span);
    this.#bytes += bytesOf(span);
  }

  #summaryOf(spans: readonly Span[]): TraceSummary {
    const threads = new Set<string>();
    for (const { thread } of spans) threads.add(thread);
    return {
      traceId: this.traceId,
      name: (this.#root ?? spans[0]).name,
      startedAt: new Date(this.#originMs + this.#startMs).toISOString(),
      endToEndSeconds: this.endToEndSeconds,
      spans: spans.length,
      droppedSpans: this.#dropped,
      threads: [...threads],
      isComplete: this.hasRoot && this.#dropped === 0,
    };
  }

  #stageOf({ name, spanId, parentId, startMs, durationSeconds, labels, thread, kind, isError }: Span): TraceStage {
    return {
      name,
      spanId,
      parentId: parentId ?? null,
      startOffsetSeconds: (startMs - this.#startMs) / 1_000,
      durationSeconds,
      labels,
      thread,
      kind,
      isError: isError ?? false,
    };
  }
}

/**
 * Of spans that start together, the longest is first, because it contains the others. Together means in the same
 * microsecond, the resolution of times since the epoch.
 */
function byStart(a: Span, b: Span): number {
  return microseconds(a.startMs) - microseconds(b.startMs) || b.durationSeconds - a.durationSeconds;
}

function microseconds(ms: number): number {
  return Math.round(ms * 1_000);
}

function bytesOf({ name, labels, thread, tracestate }: Span): number {
  let characters = name.length + thread.length + (tracestate?.length ?? 0);
  for (const label in labels) characters += label.length + labels[label].length;
  return SPAN_BYTES + characters * BYTES_PER_CHARACTER;
}

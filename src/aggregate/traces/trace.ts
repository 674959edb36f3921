/**
 * One trace, as far as it is kept: its spans, and what holds for all of them, the dropped ones too.
 *
 * @module
 */

import type { Span, TraceDetail, TraceStage, TraceSummary } from "../../model/spans.ts";
import type { Aged } from "./age_list.ts";

/**
 * A trace without spans, and its place where it is kept: some 450 bytes in heaps of many. These and those of spans are
 * counted 1.8 times, because V8 collects the aggregator's heap once it has grown by so much.
 */
const TRACE_BYTES = 810;
/** A span without its texts: some 214 bytes (`tests/memory/span_bytes_test.ts`). */
const SPAN_BYTES = 384;
const BYTES_PER_CHARACTER = 2;

/** A trace. */
export class Trace implements Aged<Trace> {
  /** Its id. */
  readonly traceId: string;
  /** See {@linkcode Aged.older}. */
  older: Trace | undefined = undefined;
  /** See {@linkcode Aged.newer}. */
  newer: Trace | undefined = undefined;
  /** Its place among the slowest; below zero if it is not there. */
  rank = -1;
  /** When its last span came. */
  touchedMs = 0;
  /** The number of that span among all spans. */
  touch = 0;
  /** Whether no more spans are expected; there may come some all the same. */
  isFinished = false;
  readonly #originMs: number;
  readonly #spans: Span[] = [];
  #root: Span | undefined;
  #dropped = 0;
  #startMs = Number.POSITIVE_INFINITY;
  #endMs = Number.NEGATIVE_INFINITY;
  #bytes = TRACE_BYTES;

  /**
   * Has no spans; is to get one at once.
   *
   * @param originMs What the times of its spans count from, in milliseconds since the epoch
   */
  constructor(traceId: string, originMs: number = 0) {
    this.traceId = traceId;
    this.#originMs = originMs;
  }

  /** Spans that are kept. */
  get size(): number {
    return this.#spans.length;
  }

  /** What it takes in memory, estimated; garbage that is not collected yet and texts that it shares are included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether its root span has come. */
  get hasRoot(): boolean {
    return this.#root !== undefined;
  }

  /** From the start of its first span to the end of its last one. */
  get endToEndSeconds(): number {
    return (this.#endMs - this.#startMs) / 1_000;
  }

  /**
   * Adds a span.
   *
   * @param spansMax Spans that are kept
   * @returns Whether all that came are still kept
   */
  add(span: Span, spansMax: number): boolean {
    this.#startMs = Math.min(this.#startMs, span.startMs);
    this.#endMs = Math.max(this.#endMs, span.startMs + span.durationSeconds * 1_000);
    const isRoot = span.parentId === undefined && this.#root === undefined;
    const hasPlace = this.#spans.length < spansMax;
    if (!hasPlace) this.#dropped += 1;
    // The root tells what it is all about and comes last, so it takes the place of another.
    if (!hasPlace && isRoot) this.#bytes -= bytesOf(this.#spans.pop() as Span);
    if (hasPlace || isRoot) this.#keep(span);
    if (isRoot) this.#root = span;
    return hasPlace;
  }

  /** The span with its time of day. All spans of a trace get theirs from one origin, even if the wall clock has moved. */
  dated(span: Span): Span {
    return this.#originMs === 0 ? span : { ...span, startMs: this.#originMs + span.startMs };
  }

  /** The trace in one line. */
  summary(): TraceSummary {
    return this.#summaryOf(this.#spans.toSorted(byStart));
  }

  /** The trace and its stages. */
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
 * Of those that begin together the longest first, because it holds the others. Together is in the same microsecond: times
 * since the epoch have no more digits.
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

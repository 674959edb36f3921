/**
 * The words of traces: a span, as every stage hands it on, and what is told of the traces that spans make.
 *
 * @module
 */

import { rangeError, typeError } from "../check/errors.ts";
import type { Labels } from "./model.ts";

/** What a span is to its parent, as in OpenTelemetry. */
export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer";

/** A finished operation of a trace. */
export interface Span {
  /** The trace that it belongs to: 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** Its own id: 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  /** The span that it is a part of; `undefined` for the root of its trace. */
  readonly parentId: string | undefined;
  /** What was done. */
  readonly name: string;
  /** What it is to its parent. */
  readonly kind: SpanKind;
  /**
   * When it began, in milliseconds with fractions: on the aggregator's monotonic clock, so that spans of all threads can
   * be compared; since the epoch once it leaves the aggregator.
   */
  readonly startMs: number;
  /** How long it took. */
  readonly durationSeconds: number;
  /** The label set of the series that it was recorded in. */
  readonly labels: Labels;
  /** The thread that it was recorded on. */
  readonly thread: string;
  /** What other systems have to say about the trace, as in the `tracestate` header. */
  readonly tracestate?: string;
  /** Whether it failed. */
  readonly isError?: boolean;
}

/** A trace in one line. */
export interface TraceSummary {
  /** Its id, 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** The name of its root span; of its first span, as long as there is no root. */
  readonly name: string;
  /** When its first span began, ISO 8601. */
  readonly startedAt: string;
  /** From the start of its first span to the end of its last one, those that were dropped included. */
  readonly endToEndSeconds: number;
  /** How many spans of it are kept. */
  readonly spans: number;
  /** Spans that found no place, because the trace has too many. */
  readonly droppedSpans: number;
  /** The threads that it ran on, in the order it came to them. */
  readonly threads: readonly string[];
  /** Whether its root span has come, and no span was dropped. */
  readonly isComplete: boolean;
}

/** One step of a trace. */
export interface TraceStage {
  /** What was done. */
  readonly name: string;
  /** The id of its span. */
  readonly spanId: string;
  /** The id of the span that it is a part of; `null` for the root. */
  readonly parentId: string | null;
  /** From the start of the trace to its own. */
  readonly startOffsetSeconds: number;
  /** How long it took. */
  readonly durationSeconds: number;
  /** The label set of the series that it was recorded in. */
  readonly labels: Labels;
  /** The thread that it was recorded on. */
  readonly thread: string;
  /** What it is to its parent. */
  readonly kind: SpanKind;
  /** Whether it failed. */
  readonly isError: boolean;
}

/** A trace and its stages. */
export interface TraceDetail extends TraceSummary {
  /** Its stages by their start, an outer one before those in it. */
  readonly stages: readonly TraceStage[];
}

/** Why spans were dropped. */
export type SpanDropReason = "trace_full" | "memory" | "invalid" | "orphaned";

/** Half of an operation that began on one thread and should have ended on another. */
export interface UnmatchedSpan {
  /** The trace that it belongs to. */
  readonly traceId: string;
  /** What was done. */
  readonly name: string;
  /** The half that did not come. */
  readonly missing: "start" | "end";
  /** How long it was waited for. */
  readonly waitedSeconds: number;
}

/** Totals over all traces. */
export interface TraceCounts {
  /** Spans that came, those that were dropped later included. */
  readonly spans: number;
  /** Spans that were dropped, by reason. */
  readonly droppedSpans: Readonly<Record<SpanDropReason, number>>;
  /** Traces that are kept. */
  readonly traces: number;
  /** Traces that made room for others. */
  readonly evictedTraces: number;
  /** Starts and ends that wait for their other half. */
  readonly waiting: number;
  /** Starts whose end did not come in time. */
  readonly startsWithoutEnd: number;
  /** Ends whose start did not come in time. */
  readonly endsWithoutStart: number;
}

/** The traces that are kept. */
export interface TraceList {
  /** The slowest that have finished, the slowest first. */
  readonly slowest: readonly TraceSummary[];
  /** Those that a span has come for last, the latest first. */
  readonly recent: readonly TraceSummary[];
  /** The last operations of which only one half came, the latest first. */
  readonly unmatched: readonly UnmatchedSpan[];
  /** Totals. */
  readonly counts: TraceCounts;
}

/** Which traces are listed. */
export interface TraceQuery {
  /** How many at most, of the slowest and of the recent ones each: 1 to 1,000; 50 by default. */
  readonly limit?: number;
}

/** Traces of each kind that a list has if nobody says how many. */
export const TRACE_LIST_DEFAULT = 50;
const TRACE_LIST_MAX = 1_000;

/** What a limit must be, in words. */
export const TRACE_LIMIT_RULE = `a whole number from 1 to ${TRACE_LIST_MAX}`;
/** What a trace id must be, in words. */
export const TRACE_ID_RULE = "32 hexadecimal digits that are not all zero";

const TRACE_ID = /^[0-9a-f]{32}$/;
const NO_TRACE_ID = "0".repeat(32);

/**
 * Reads a trace id, upper-case digits included.
 *
 * @returns The id in lower case; `undefined` if it is none
 */
export function parseTraceId(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const id = text.toLowerCase();
  return TRACE_ID.test(id) && id !== NO_TRACE_ID ? id : undefined;
}

/**
 * Checks a trace id.
 *
 * @returns The id in lower case
 * @throws {TypeError} If it is none
 */
export function checkTraceId(given: unknown): string {
  const id = parseTraceId(given);
  if (id === undefined) throw typeError("find a trace", "traceId", `be ${TRACE_ID_RULE}`, given);
  return id;
}

/**
 * Checks which traces are to be listed.
 *
 * @throws {TypeError} If there is no object, or the limit is no number
 * @throws {RangeError} If the limit is out of range
 */
export function checkTraceQuery(query: TraceQuery): TraceQuery {
  if (typeof query !== "object" || query === null) throw typeError("list traces", "query", "be an object", query);
  const { limit = TRACE_LIST_DEFAULT } = query;
  if (isTraceLimit(limit)) return { limit };
  const refuse = typeof limit === "number" ? rangeError : typeError;
  throw refuse("list traces", "limit", `be ${TRACE_LIMIT_RULE}`, limit);
}

/** Whether a list may have so many traces of each kind. */
export function isTraceLimit(limit: number): boolean {
  return Number.isInteger(limit) && limit >= 1 && limit <= TRACE_LIST_MAX;
}

/** What became of spans that were to be exported. */
export interface SpanExportCounts {
  /** Delivered. */
  readonly exported: number;
  /** Not delivered, by reason. */
  readonly dropped: {
    /** The queue was full. */
    readonly queue_full: number;
    /** The receiver took the request without them. */
    readonly rejected: number;
    /** The request was refused, or could not be sent, or the span came after the end or without sensible times. */
    readonly failed: number;
  };
  /** Requests that were sent again. */
  readonly retries: number;
}

/** The timer of the runs of a trace: one series a name, which is what a run is called. */
export const RUN_TIMER = "trace_duration";

/** What the traces of a thread follow. */
export interface TracerSettings {
  /** Whether there are traces at all. */
  readonly isEnabled: boolean;
  /** Whether what is instrumented begins traces by itself. */
  readonly isAutomatic: boolean;
  /** The share of new traces that are recorded, 0 to 1. */
  readonly rate: number;
}

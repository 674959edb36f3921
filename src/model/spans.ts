/**
 * Types of traces: a span as it passes through the stages, and summaries of traces.
 *
 * @module
 */

import { checkWhole, orDefault } from "../check/checks.ts";
import { typeError } from "../check/errors.ts";
import { checkOptions } from "../check/options.ts";
import type { Labels } from "./model.ts";

/** Relation of a span to its parent, as in OpenTelemetry. */
export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer";

/** Finished operation of a trace. */
export interface Span {
  /** Id of the trace: 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** Id of the span: 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  /** Id of the enclosing span; `undefined` for the root of its trace. */
  readonly parentId: string | undefined;
  /** Name of the operation. */
  readonly name: string;
  /** Relation to its parent. */
  readonly kind: SpanKind;
  /**
   * Start in milliseconds with fractions: on the aggregator's monotonic clock, so that spans of all threads are
   * comparable; since the epoch once it leaves the aggregator.
   */
  readonly startMs: number;
  readonly durationSeconds: number;
  /** Label set of its series. */
  readonly labels: Labels;
  /** Name of the thread that recorded it. */
  readonly thread: string;
  /** State of other systems on the trace, as in the `tracestate` header. */
  readonly tracestate?: string;
  /** Whether the operation failed. */
  readonly isError?: boolean;
}

/** Summary of a trace. */
export interface TraceSummary {
  /** Id of the trace, 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** Name of its root span; of its first span until the root arrives. */
  readonly name: string;
  /** Start of its first span, ISO 8601. */
  readonly startedAt: string;
  /** Seconds from the start of its first span to the end of its last one, including dropped ones. */
  readonly endToEndSeconds: number;
  /** Number of kept spans. */
  readonly spans: number;
  /** Number of spans dropped because the trace has too many. */
  readonly droppedSpans: number;
  /** Names of its threads, in the order of their first spans. */
  readonly threads: readonly string[];
  /** Whether its root span has arrived and no span was dropped. */
  readonly isComplete: boolean;
}

/** Step of a trace. */
export interface TraceStage {
  /** Name of the operation. */
  readonly name: string;
  /** Id of its span. */
  readonly spanId: string;
  /** Id of the enclosing span; `null` for the root. */
  readonly parentId: string | null;
  /** Seconds from the start of the trace to the start of the stage. */
  readonly startOffsetSeconds: number;
  /** Duration in seconds. */
  readonly durationSeconds: number;
  /** Label set of its series. */
  readonly labels: Labels;
  /** Name of the thread that recorded it. */
  readonly thread: string;
  /** Relation to its parent. */
  readonly kind: SpanKind;
  /** Whether the operation failed. */
  readonly isError: boolean;
}

/** Trace with its stages. */
export interface TraceDetail extends TraceSummary {
  /** Stages by their start, an outer one before the stages inside it. */
  readonly stages: readonly TraceStage[];
}

/** Reason for dropping a span. */
export type SpanDropReason = "trace_full" | "memory" | "invalid" | "orphaned";

/** Operation that should begin on one thread and end on another, of which one half is missing. */
export interface UnmatchedSpan {
  /** Id of its trace. */
  readonly traceId: string;
  /** Name of the operation. */
  readonly name: string;
  /** Missing half. */
  readonly missing: "start" | "end";
  /** Seconds of waiting for the missing half. */
  readonly waitedSeconds: number;
}

/** Totals over all traces. */
export interface TraceCounts {
  /** Spans that arrived, including those dropped later. */
  readonly spans: number;
  /** Dropped spans, by reason. */
  readonly droppedSpans: Readonly<Record<SpanDropReason, number>>;
  /** Kept traces. */
  readonly traces: number;
  /** Traces evicted to make room for others. */
  readonly evictedTraces: number;
  /** Starts and ends that wait for their other half. */
  readonly waiting: number;
  /** Starts whose end did not arrive in time. */
  readonly startsWithoutEnd: number;
  /** Ends whose start did not arrive in time. */
  readonly endsWithoutStart: number;
}

/** Kept traces. */
export interface TraceList {
  /** Slowest finished traces, the slowest first. */
  readonly slowest: readonly TraceSummary[];
  /** Traces with the latest spans, the latest first. */
  readonly recent: readonly TraceSummary[];
  /** Latest operations of which only one half arrived, the latest first. */
  readonly unmatched: readonly UnmatchedSpan[];
  /** Totals. */
  readonly counts: TraceCounts;
}

/** Query for traces. */
export interface TraceQuery {
  /**
   * Maximum number of slowest traces, and of recent ones: 1 to 1,000.
   *
   * @default {50}
   */
  readonly limit?: number;
}

/** Default number of traces of each kind in a list. */
export const TRACE_LIST_DEFAULT = 50;
const TRACE_LIST_MAX = 1_000;

/** Rule for a limit, for error messages. */
export const TRACE_LIMIT_RULE = `a whole number from 1 to ${TRACE_LIST_MAX}`;
const QUERY = { limit: orDefault(checkWhole(1, TRACE_LIST_MAX), TRACE_LIST_DEFAULT) };
/** Rule for a trace id, for error messages. */
export const TRACE_ID_RULE = "32 hexadecimal digits that are not all zero";

const TRACE_ID = /^[0-9a-f]{32}$/;
const NO_TRACE_ID = "0".repeat(32);

/**
 * Parses a trace id; upper-case digits are accepted.
 *
 * @returns The id in lower case; `undefined` if the text is not a trace id
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
 * @throws {TypeError} If it is not a trace id
 */
export function checkTraceId(given: unknown): string {
  const id = parseTraceId(given);
  if (id === undefined) throw typeError("find a trace", "traceId", `be ${TRACE_ID_RULE}`, given);
  return id;
}

/**
 * Checks a query for traces.
 *
 * @throws {TypeError} If the query is not an object, or the limit is not a number
 * @throws {RangeError} If the limit is out of range
 */
export function checkTraceQuery(query: TraceQuery): TraceQuery {
  return checkOptions("list traces", query, QUERY);
}

/** Whether a limit is in range. */
export function isTraceLimit(limit: number): boolean {
  return Number.isInteger(limit) && limit >= 1 && limit <= TRACE_LIST_MAX;
}

/** Outcomes of exported spans. */
export interface SpanExportCounts {
  /** Delivered spans. */
  readonly exported: number;
  /** Spans that were not delivered, by reason. */
  readonly dropped: {
    /** Spans dropped by a full queue. */
    readonly queue_full: number;
    /** Spans rejected by the collector, which accepted the rest of the request. */
    readonly rejected: number;
    /** Spans of requests that were refused or failed, spans after the end, and spans without valid times. */
    readonly failed: number;
  };
  /** Repeated requests. */
  readonly retries: number;
}

/** Name of the timer of a trace's runs; one series per run name. */
export const RUN_TIMER = "trace_duration";

/** Settings of the traces of a thread. */
export interface TracerSettings {
  /** Whether traces are on. */
  readonly isEnabled: boolean;
  /** Whether instrumented calls begin traces automatically. */
  readonly isAutomatic: boolean;
  /** Share of new traces that are recorded, 0 to 1. */
  readonly rate: number;
}

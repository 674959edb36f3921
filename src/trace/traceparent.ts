/**
 * Headers of W3C Trace Context, levels 1 and 2: `traceparent`, the position of a request in a trace, and `tracestate`.
 * Invalid values are ignored; nothing here throws.
 *
 * @module
 */

import type { TraceContext } from "../record/trace_context.ts";
import { normalizeTracestate, trimBlanks } from "./tracestate.ts";

/** Content of a `traceparent`. */
export interface TraceParent {
  /** Id of the trace, 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** Id of the span that sent the request, 16 lower-case hexadecimal digits, not all zero. */
  readonly parentId: string;
  /** Whether the sender may have recorded the trace. */
  readonly isSampled: boolean;
  /** Whether the right half of the trace id is known to be random. */
  readonly hasRandomTraceId?: boolean;
}

/** Trace context of a request, from its headers; usable as options of a run that is part of the trace. */
export interface RemoteContext extends TraceParent {
  /** Valid members of `tracestate`; `undefined` if there are none. */
  readonly tracestate?: string | undefined;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[^,]*)?$/;
const VERSION = "00";
const INVALID_VERSION = "ff";
const ZERO_TRACE_ID = "0".repeat(32);
const ZERO_PARENT_ID = "0".repeat(16);
const SAMPLED_FLAG = 1;
const RANDOM_FLAG = 2;

/**
 * Reads a `traceparent`; of later versions, only the part that is known.
 *
 * @param text Value of the header; two of them, joined by a comma, are invalid
 * @returns Content of the header; `undefined` if it is invalid
 */
export function parseTraceparent(text: string): TraceParent | undefined {
  const match = TRACEPARENT.exec(trimBlanks(text));
  if (match === null) return undefined;
  const [, version, traceId, parentId, flagDigits, rest] = match;
  if (version === INVALID_VERSION || (version === VERSION && rest !== undefined)) return undefined;
  if (traceId === ZERO_TRACE_ID || parentId === ZERO_PARENT_ID) return undefined;
  const flags = Number.parseInt(flagDigits, 16);
  return {
    traceId,
    parentId,
    isSampled: (flags & SAMPLED_FLAG) !== 0,
    hasRandomTraceId: (flags & RANDOM_FLAG) !== 0,
  };
}

/** Writes a `traceparent` of version 00, whose parent is the span of the context. */
export function formatTraceparent(
  context: Pick<TraceContext, "traceId" | "spanId" | "isSampled" | "hasRandomTraceId">,
): string {
  const { traceId, spanId, isSampled, hasRandomTraceId } = context;
  const flags = (isSampled ? SAMPLED_FLAG : 0) | (hasRandomTraceId ? RANDOM_FLAG : 0);
  return `${VERSION}-${traceId}-${spanId}-0${flags}`;
}

/**
 * Reads the trace context from the headers of a request.
 *
 * @param headers Headers, or pairs of name and value, in which a name may occur more than once
 * @returns Trace context; `undefined` if there is none, or it is invalid, so that a new trace starts
 *
 * @example Continue the trace of a message that is not an HTTP request
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMetrics, readTraceHeaders, writeTraceHeaders } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const received = new Headers({ traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" });
 * const sent = new Headers();
 * metrics.trace.run({ name: "forward", ...readTraceHeaders(received) }, (context) => {
 *   writeTraceHeaders(sent, context);
 * });
 * assertEquals(readTraceHeaders(sent)?.traceId, "0af7651916cd43dd8448eb211c80319c");
 * ```
 */
export function readTraceHeaders(headers: Headers | Iterable<readonly [string, string]>): RemoteContext | undefined {
  const { traceparent, tracestate } = headers instanceof Headers ? valuesOf(headers) : joinedValuesOf(headers);
  const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent);
  if (parent === undefined) return undefined;
  return { ...parent, tracestate: tracestate === undefined ? undefined : normalizeTracestate(tracestate) };
}

/**
 * Writes a trace context into the headers of a request, replacing any other.
 *
 * @param headers Headers of the request
 * @param context Context of the run that sends the request, see {@linkcode Tracer.run}; its span is the request's parent
 */
export function writeTraceHeaders(headers: Headers, context: TraceContext): void {
  // A context of no trace writes nothing.
  if (context.traceId === ZERO_TRACE_ID) return;
  headers.set("traceparent", formatTraceparent(context));
  if (context.tracestate === "") headers.delete("tracestate");
  else headers.set("tracestate", context.tracestate);
}

interface HeaderValues {
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

function valuesOf(headers: Headers): HeaderValues {
  return { traceparent: headers.get("traceparent") ?? undefined, tracestate: headers.get("tracestate") ?? undefined };
}

/** Joins the values of a name as `Headers` does. */
function joinedValuesOf(headers: Iterable<readonly [string, string]>): HeaderValues {
  const values: Record<keyof HeaderValues, string | undefined> = { traceparent: undefined, tracestate: undefined };
  for (const [name, value] of headers) {
    const lowerName = name.toLowerCase();
    if (lowerName !== "traceparent" && lowerName !== "tracestate") continue;
    const before = values[lowerName];
    values[lowerName] = before === undefined ? value : `${before}, ${value}`;
  }
  return values;
}

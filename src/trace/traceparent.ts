/**
 * The headers of W3C Trace Context, levels 1 and 2: `traceparent`, which says what a request is part of, and
 * `tracestate` beside it. What cannot be relied on is left out; nothing here throws.
 *
 * @module
 */

import type { TraceContext } from "../record/trace_context.ts";
import { normalizeTracestate, trimBlanks } from "./tracestate.ts";

/** What a `traceparent` says. */
export interface TraceParent {
  /** The trace, 32 lower-case hexadecimal digits, not all of them zero. */
  readonly traceId: string;
  /** The span that the request was sent from, 16 lower-case hexadecimal digits, not all of them zero. */
  readonly parentId: string;
  /** Whether the sender may have recorded the trace. */
  readonly isSampled: boolean;
  /** Whether the right half of the trace id is random; not known to be if it is left out. */
  readonly hasRandomTraceId?: boolean;
}

/** What the headers of a request say about its trace; options of a run that is part of it. */
export interface RemoteContext extends TraceParent {
  /** The members of `tracestate`, checked; `undefined` if there are none. */
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
 * Reads a `traceparent`. Later versions are read as far as they are known.
 *
 * @param text The value of the header; two of them, joined by a comma, are none
 * @returns What it says; `undefined` if it is not valid
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

/** Writes a `traceparent` of version 00, whose parent is the span that is under way. */
export function formatTraceparent(
  context: Pick<TraceContext, "traceId" | "spanId" | "isSampled" | "hasRandomTraceId">,
): string {
  const { traceId, spanId, isSampled, hasRandomTraceId } = context;
  const flags = (isSampled ? SAMPLED_FLAG : 0) | (hasRandomTraceId ? RANDOM_FLAG : 0);
  return `${VERSION}-${traceId}-${spanId}-0${flags}`;
}

/**
 * Reads what the headers of a request say about its trace.
 *
 * @param headers The headers; pairs of name and value where a name may come more than once
 * @returns What they say; `undefined` if a trace begins here, because there is none or it cannot be relied on
 *
 * @example Go on with the trace of a message that is no HTTP request
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
 * Writes what a request is part of into its headers, in place of what they said before.
 *
 * @param headers The headers of the request
 * @param context Where the request is sent from, as {@linkcode Tracer.run} gives it; its span is the request's parent
 */
export function writeTraceHeaders(headers: Headers, context: TraceContext): void {
  // Without traces there is nothing to say.
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

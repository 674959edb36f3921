/**
 * The headers of W3C Trace Context, levels 1 and 2: `traceparent`, which says what a request is part of, and
 * `tracestate` beside it. What cannot be relied on is left out; nothing here throws.
 *
 * @module
 */

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

/** What the headers of a request say about its trace. */
export interface TraceContext extends TraceParent {
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

/** Writes a `traceparent` of version 00. */
export function formatTraceparent({ traceId, parentId, isSampled, hasRandomTraceId = false }: TraceParent): string {
  const flags = (isSampled ? SAMPLED_FLAG : 0) | (hasRandomTraceId ? RANDOM_FLAG : 0);
  return `${VERSION}-${traceId}-${parentId}-0${flags}`;
}

/**
 * Reads what the headers of a request say about its trace.
 *
 * @param headers The headers; pairs of name and value where a name may come more than once
 * @returns What they say; `undefined` if a trace begins here, because there is none or it cannot be relied on
 */
export function readTraceHeaders(headers: Headers | Iterable<readonly [string, string]>): TraceContext | undefined {
  const { traceparent, tracestate } = headers instanceof Headers ? valuesOf(headers) : joinedValuesOf(headers);
  const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent);
  if (parent === undefined) return undefined;
  return { ...parent, tracestate: tracestate === undefined ? undefined : normalizeTracestate(tracestate) };
}

/**
 * Writes what a request is part of into its headers, in place of what they said before.
 *
 * @param headers The headers of the request
 * @param context The trace; its `parentId` is the span that the request is sent from
 */
export function writeTraceHeaders(headers: Headers, context: TraceContext): void {
  headers.set("traceparent", formatTraceparent(context));
  if (context.tracestate === undefined) headers.delete("tracestate");
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

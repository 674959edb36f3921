/**
 * OTLP JSON encoding of spans: camel case, ids as hexadecimal digits, 64-bit numbers as decimal digits, enums as
 * numbers.
 *
 * @module
 */

import type { Labels } from "../../model/model.ts";
import type { Span } from "../../model/spans.ts";

/** Instrumentation scope of all spans. */
const SCOPE = { name: "@hotpath/metrics" };

const KIND_NUMBERS: Readonly<Record<Span["kind"], number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};
const STATUS_ERROR = { code: 2 };
const THREAD_KEY = "thread.name";

const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1e9;
/** End of the range of times, which are unsigned 64-bit numbers of nanoseconds. */
const TIME_MAX_MS = Number(2n ** 64n / NS_PER_MS);

/** Whether a span has times that can be encoded. */
export function isWritable({ startMs, durationSeconds }: Span): boolean {
  return startMs >= 0 && durationSeconds >= 0 && startMs + durationSeconds * 1_000 < TIME_MAX_MS;
}

/**
 * Encodes a request.
 *
 * @param resource Attributes of the resource that the spans belong to
 * @param spans Spans whose times can be encoded
 */
export function encodeTraceRequest(resource: Labels, spans: readonly Span[]): string {
  return JSON.stringify({
    resourceSpans: [{
      resource: { attributes: attributesOf(resource) },
      scopeSpans: [{ scope: SCOPE, spans: spans.map(spanOf) }],
    }],
  });
}

/** Converts milliseconds with fractions to nanoseconds; a single multiplication would lose the last digits. */
export function nanosecondsOf(startMs: number): bigint {
  const wholeMs = Math.trunc(startMs);
  return BigInt(wholeMs) * NS_PER_MS + BigInt(Math.round((startMs - wholeMs) * Number(NS_PER_MS)));
}

function spanOf(span: Span): Record<string, unknown> {
  const startNs = nanosecondsOf(span.startMs);
  const endNs = startNs + BigInt(Math.round(span.durationSeconds * NS_PER_SECOND));
  // Undefined properties are omitted.
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    traceState: span.tracestate,
    parentSpanId: span.parentId,
    name: span.name.toWellFormed(),
    kind: KIND_NUMBERS[span.kind],
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(endNs),
    attributes: attributesOf({ [THREAD_KEY]: span.thread, ...span.labels }),
    status: span.isError === true ? STATUS_ERROR : undefined,
  };
}

/** Encodes attributes. Lone surrogates are invalid in protobuf, and would make a receiver reject the whole request. */
function attributesOf(labels: Labels): unknown[] {
  return Object.entries(labels).map(([key, value]) => ({
    key: key.toWellFormed(),
    value: { stringValue: value.toWellFormed() },
  }));
}

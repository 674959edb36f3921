/**
 * Access to the active span of OpenTelemetry, if a program uses it. Nothing of OpenTelemetry is imported: all versions
 * 1.x of `@opentelemetry/api` share one global object, which Deno's own OpenTelemetry (`OTEL_DENO=true`) fills too.
 *
 * @module
 */

import { fromHex, type RecordedContext } from "../record/trace_context.ts";
import type { ForeignSpan, Tracing } from "../record/tracing.ts";
import { isTracestateText } from "./tracestate.ts";

/** Part of the global object of `@opentelemetry/api` that is read. */
interface OpenTelemetryApi {
  readonly context?: { active(): { getValue(key: symbol): unknown } };
}

/** Part of a span of OpenTelemetry that is read. */
interface OpenTelemetrySpan {
  spanContext(): {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceFlags: number;
    readonly traceState?: { serialize(): string };
  };
}

const API = Symbol.for("opentelemetry.js.api.1");
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");
const SAMPLED_FLAG = 1;
const RANDOM_FLAG = 2;
/** Valid trace ids; spans that record nothing may have ids of zeros. */
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;

/** Whether the program uses OpenTelemetry. */
export function usesOpenTelemetry(): boolean {
  return apiOf() !== undefined;
}

/**
 * Returns a function that returns the context of OpenTelemetry's active span, or `undefined` if there is none. A span
 * is read once; each timing in it costs one look-up by the span.
 *
 * @param tracing Traces of the thread, to which the context of a span is announced
 */
export function foreignContexts(tracing: Tracing): () => RecordedContext | undefined {
  const contexts = new WeakMap<OpenTelemetrySpan, { readonly context: RecordedContext | undefined }>();
  return () => {
    const span = activeSpan();
    if (span === undefined) return undefined;
    let known = contexts.get(span);
    if (known === undefined) {
      const read = readSpan(span);
      contexts.set(span, known = { context: read && tracing.adopt(read) });
    }
    return known.context;
  };
}

/** Whether a span of OpenTelemetry is active. */
export function hasActiveSpan(): boolean {
  return activeSpan() !== undefined;
}

function apiOf(): OpenTelemetryApi | undefined {
  return (globalThis as Record<symbol, unknown>)[API] as OpenTelemetryApi | undefined;
}

/** Returns the active span. Foreign code may throw, which must not fail the call. */
function activeSpan(): OpenTelemetrySpan | undefined {
  try {
    const span = apiOf()?.context?.active().getValue(SPAN_KEY);
    return typeof span === "object" && span !== null ? span as OpenTelemetrySpan : undefined;
  } catch {
    return undefined;
  }
}

function readSpan(span: OpenTelemetrySpan): ForeignSpan | undefined {
  try {
    const { traceId, spanId, traceFlags, traceState } = span.spanContext();
    if (!TRACE_ID.test(traceId) || !SPAN_ID.test(spanId)) return undefined;
    const tracestate = traceState?.serialize();
    return {
      traceWords: fromHex(traceId),
      spanWords: fromHex(spanId),
      isSampled: (traceFlags & SAMPLED_FLAG) !== 0,
      tracestate: isTracestateText(tracestate) ? tracestate : "",
      hasRandomTraceId: (traceFlags & RANDOM_FLAG) !== 0,
    };
  } catch {
    return undefined;
  }
}

/**
 * The active span of OpenTelemetry, if a program uses it. Nothing of OpenTelemetry is imported: all versions 1.x of
 * `@opentelemetry/api` meet in one global object, and Deno's own OpenTelemetry (`OTEL_DENO=true`) fills the same.
 *
 * @module
 */

/** Which span of OpenTelemetry is active. */
export interface ActiveSpanContext {
  /** The trace, 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** The span, 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  /** Whether OpenTelemetry records it. */
  readonly isSampled: boolean;
  /** What it would send as `tracestate`. */
  readonly tracestate: string | undefined;
}

/** What `@opentelemetry/api` keeps in the global object, as far as it is looked at. */
interface OpenTelemetryApi {
  readonly context?: { active(): { getValue(key: symbol): unknown } };
}

/** A span of OpenTelemetry, as far as it is looked at. */
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
/** What stands for no span has ids of zeros. */
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;

/**
 * The ids of OpenTelemetry's active span. Where there is no OpenTelemetry this is one look-up of a property.
 *
 * @returns The ids; `undefined` if no span is active
 */
export function activeSpanContext(): ActiveSpanContext | undefined {
  const api = (globalThis as Record<symbol, unknown>)[API] as OpenTelemetryApi | undefined;
  return api === undefined ? undefined : readActiveSpan(api);
}

/** Reads what others have made, which may fail in ways that are no reason to fail here. */
function readActiveSpan(api: OpenTelemetryApi): ActiveSpanContext | undefined {
  try {
    const span = api.context?.active().getValue(SPAN_KEY) as OpenTelemetrySpan | undefined;
    if (span === undefined) return undefined;
    const { traceId, spanId, traceFlags, traceState } = span.spanContext();
    if (!TRACE_ID.test(traceId) || !SPAN_ID.test(spanId)) return undefined;
    const tracestate = traceState?.serialize();
    return { traceId, spanId, isSampled: (traceFlags & SAMPLED_FLAG) !== 0, tracestate: tracestate || undefined };
  } catch {
    return undefined;
  }
}

/**
 * Requests as spans, following W3C Trace Context: an incoming request continues the trace that its headers name, and its
 * response names its span; an outgoing call names its span in its headers.
 *
 * @module
 */

import type { TraceContext } from "../../record/trace_context.ts";
import { hasActiveSpan } from "../../trace/open_telemetry.ts";
import { formatTraceparent, readTraceHeaders } from "../../trace/traceparent.ts";
import type { Tracer } from "../../trace/tracer.ts";

/** Options of a request without a trace: it starts one, even if the server was started within another. */
const ROOT = { isRoot: true };

/**
 * Opens the span of an incoming request.
 *
 * @returns Its context; `undefined` if requests are not traced
 */
export function openServerSpan(tracer: Tracer, request: Request): TraceContext | undefined {
  if (!tracer.isAutomatic) return undefined;
  // A span that is active before any handler runs is OpenTelemetry's span of this request, with the same headers.
  return tracer.open(hasActiveSpan() ? {} : readTraceHeaders(request.headers) ?? ROOT);
}

/**
 * Opens the span of a call.
 *
 * @returns Its context; `undefined` if it is not traced, because it is not within a trace and does not start one
 */
export function openClientSpan(tracer: Tracer): TraceContext | undefined {
  return tracer.isAutomatic || tracer.current !== undefined ? tracer.open({}) : undefined;
}

/** Returns the response with a header that names its span. */
export function withSpanHeader(response: Response, context: TraceContext): Response {
  const traceparent = formatTraceparent(context);
  try {
    response.headers.set("traceparent", traceparent);
    return response;
  } catch {
    // A response of `fetch` or `Response.redirect` is immutable, and a used or failed one cannot even be copied.
    if (response.bodyUsed || response.body?.locked || response.status === 0) return response;
    const copy = new Response(response.body, response);
    copy.headers.set("traceparent", traceparent);
    return copy;
  }
}

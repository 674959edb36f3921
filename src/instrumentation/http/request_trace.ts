/**
 * Requests as parts of traces, as W3C Trace Context has it: what comes in goes on with the trace that its headers name, and
 * its response names the span that it was; what goes out names the span that it is.
 *
 * @module
 */

import type { TraceContext } from "../../record/trace_context.ts";
import { hasActiveSpan } from "../../trace/open_telemetry.ts";
import { formatTraceparent, readTraceHeaders } from "../../trace/traceparent.ts";
import type { Tracer } from "../../trace/tracer.ts";

/** Where no trace begins or goes on: what is in no trace begins one, whatever the server itself was started in. */
const ROOT = { isRoot: true };

/**
 * Opens the span of a request that came in.
 *
 * @returns Its context; `undefined` if requests are not traced
 */
export function openServerSpan(tracer: Tracer, request: Request): TraceContext | undefined {
  if (!tracer.isAutomatic) return undefined;
  // A span that is active before any handler runs is OpenTelemetry's own for this request, made of the same headers.
  return tracer.open(hasActiveSpan() ? {} : readTraceHeaders(request.headers) ?? ROOT);
}

/**
 * Opens the span of a call.
 *
 * @returns Its context; `undefined` if it is not traced, because no trace goes on here and none is to begin
 */
export function openClientSpan(tracer: Tracer): TraceContext | undefined {
  return tracer.isAutomatic || tracer.current !== undefined ? tracer.open({}) : undefined;
}

/** A response that names the span that it comes from. */
export function withSpanHeader(response: Response, context: TraceContext): Response {
  const traceparent = formatTraceparent(context);
  try {
    response.headers.set("traceparent", traceparent);
    return response;
  } catch {
    // What `fetch` or `Response.redirect` gave cannot be changed, and what is used up or an error not even copied.
    if (response.bodyUsed || response.body?.locked || response.status === 0) return response;
    const copy = new Response(response.body, response);
    copy.headers.set("traceparent", traceparent);
    return copy;
  }
}

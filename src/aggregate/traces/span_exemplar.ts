/**
 * Exemplar that links a bucket to the trace of one of its values.
 *
 * Source: OpenMetrics 1.0, "Exemplars", for the names `trace_id` and `span_id`.
 *
 * @module
 */

import type { Exemplar } from "../../model/model.ts";
import type { Span } from "../../model/spans.ts";

/** Returns the exemplar of a span's duration, at its end. */
export function spanExemplar(
  { traceId, spanId, startMs, durationSeconds }: Pick<Span, "traceId" | "spanId" | "startMs" | "durationSeconds">,
): Exemplar {
  return {
    labels: { trace_id: traceId, span_id: spanId },
    value: durationSeconds,
    timestampMs: startMs + durationSeconds * 1_000,
  };
}

/**
 * Exporter of spans to any collector that accepts Zipkin JSON v2.
 *
 * Zipkin has times in whole microseconds, no duration of zero, and no kind for internal spans.
 *
 * @module
 */

import type { Labels } from "../../model/model.ts";
import type { Span } from "../../model/spans.ts";
import type { Surroundings } from "./sender.ts";
import { SpanExporter, type SpanExportOptions, type SpanFormat } from "./span_exporter.ts";

/** Options of the exporter. */
export interface ZipkinTraceOptions extends SpanExportOptions {
  /** Attributes of the resource that the spans belong to: `service.name` becomes the service, others become tags. */
  readonly resource: Labels;
}

const SERVICE_KEY = "service.name";
const THREAD_KEY = "thread.name";
const US_PER_MS = 1_000;
const US_PER_SECOND = 1_000_000;

/** Exporter of spans to Zipkin. */
export class ZipkinTraceExporter extends SpanExporter {
  /** Creates an exporter from options that were checked before. */
  constructor({ resource, ...options }: ZipkinTraceOptions, surroundings?: Partial<Surroundings>) {
    const { [SERVICE_KEY]: serviceName, ...tags } = resource;
    const format: SpanFormat = {
      name: "zipkin",
      metricPrefix: "hotpath_zipkin",
      diagnosticsKey: "zipkinExport",
      path: "/api/v2/spans",
      isWritable,
      encode: (spans) => JSON.stringify(spans.map((span) => zipkinSpan(span, serviceName?.toWellFormed(), tags))),
      // Zipkin does not report the number of rejected spans.
      accepted: () => ({ outcome: "accepted", rejected: 0 }),
    };
    super(format, options, surroundings);
  }
}

/** Whether the times are whole microseconds that JSON can represent exactly. */
function isWritable(span: Span): boolean {
  const { startMs, durationSeconds } = span;
  return startMs > 0 && durationSeconds >= 0 && Number.isSafeInteger(timestampOf(span)) &&
    Number.isSafeInteger(durationOf(span));
}

function zipkinSpan(span: Span, serviceName: string | undefined, tags: Labels): Record<string, unknown> {
  // The tag `error` marks a failed span, whatever its value.
  const failure: Labels = span.isError === true ? { error: "true" } : {};
  // Undefined properties are omitted.
  return {
    traceId: span.traceId,
    id: span.spanId,
    parentId: span.parentId,
    kind: span.kind === "internal" ? undefined : span.kind.toUpperCase(),
    name: span.name.toWellFormed(),
    timestamp: timestampOf(span),
    duration: durationOf(span),
    localEndpoint: { serviceName },
    tags: tagsOf({ ...tags, [THREAD_KEY]: span.thread, ...failure, ...span.labels }),
  };
}

function timestampOf({ startMs }: Span): number {
  return Math.round(startMs * US_PER_MS);
}

function durationOf({ durationSeconds }: Span): number {
  return Math.max(1, Math.round(durationSeconds * US_PER_SECOND));
}

/** Encodes tags. Lone surrogates are invalid in UTF-8. */
function tagsOf(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [key.toWellFormed(), value.toWellFormed()]),
  );
}

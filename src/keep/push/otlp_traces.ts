/**
 * Exporter of spans to any OTLP/HTTP collector, as JSON.
 *
 * @module
 */

import type { Labels } from "../../model/model.ts";
import { encodeTraceRequest, isWritable } from "./otlp_json.ts";
import type { Acceptance } from "./request.ts";
import type { Surroundings } from "./sender.ts";
import { SpanExporter, type SpanExportOptions, type SpanFormat } from "./span_exporter.ts";

/** Options of the exporter. */
export interface OtlpTraceOptions extends SpanExportOptions {
  /** Attributes of the resource that the spans belong to, such as `service.name`. */
  readonly resource: Labels;
}

/** Exporter of spans by OTLP. */
export class OtlpTraceExporter extends SpanExporter {
  /** Creates an exporter from options that were checked before. */
  constructor({ resource, ...options }: OtlpTraceOptions, surroundings?: Partial<Surroundings>) {
    const format: SpanFormat = {
      name: "otlp",
      metricPrefix: "hotpath",
      diagnosticsKey: "traceExport",
      path: "/v1/traces",
      isWritable,
      encode: (spans) => encodeTraceRequest(resource, spans),
      accepted,
    };
    super(format, options, surroundings);
  }
}

/** Reads the body of a successful response: receivers leave it empty, or report rejected spans in it. */
function accepted(body: string): Acceptance {
  const partialSuccess = parseObject(body).partialSuccess;
  if (typeof partialSuccess !== "object" || partialSuccess === null) return { outcome: "accepted", rejected: 0 };
  const { rejectedSpans, errorMessage } = partialSuccess as Record<string, unknown>;
  const rejected = Number(rejectedSpans ?? 0);
  return {
    outcome: "accepted",
    rejected: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0,
    reason: typeof errorMessage === "string" && errorMessage !== "" ? errorMessage : undefined,
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/**
 * List of all sinks, created from their settings: a new one is its own file and a line in the list.
 *
 * @module
 */

import type { Labels } from "../../model/model.ts";
import type { SpanSink } from "../../model/sink.ts";
import { OtlpTraceExporter } from "./otlp_traces.ts";
import { ZipkinTraceExporter } from "./zipkin_traces.ts";

/** Settings of sinks: plain data, so that they can be sent to the thread on which sinks run. */
export interface PushSettings {
  /** Targets of spans; none by default. */
  readonly traceExport?: SpanTargets;
}

/** Targets of spans; no sink is created for an endpoint that is `undefined`. */
interface SpanTargets {
  /** URL of an OTLP collector. */
  readonly endpoint: string | undefined;
  /** Headers of each request to the OTLP collector. */
  readonly headers?: Readonly<Record<string, string>>;
  /** URL of a collector that accepts Zipkin JSON v2. */
  readonly zipkinEndpoint?: string | undefined;
  /** Attributes of the program, such as `service.name`. */
  readonly resource: Labels;
}

const SPAN_SINKS: readonly ((targets: SpanTargets) => SpanSink | undefined)[] = [
  ({ endpoint, headers, resource }) =>
    endpoint === undefined ? undefined : new OtlpTraceExporter({ endpoint, headers, resource }),
  ({ zipkinEndpoint: endpoint, resource }) =>
    endpoint === undefined ? undefined : new ZipkinTraceExporter({ endpoint, resource }),
];

/** Creates the configured sinks. */
export function createSpanSinks({ traceExport }: PushSettings): SpanSink[] {
  if (traceExport === undefined) return [];
  return SPAN_SINKS.map((create) => create(traceExport)).filter((sink) => sink !== undefined);
}

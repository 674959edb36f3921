/**
 * All sinks, created from their settings: a new one is its own file and a line in the list.
 *
 * @module
 */

import type { SpanSink } from "../../model/sink.ts";
import { OtlpTraceExporter, type OtlpTraceOptions } from "./otlp_traces.ts";

/** Settings of sinks: plain data, so that they can be sent to the thread where sinks run. */
export interface PushSettings {
  /** Where spans go by OTLP; nowhere by default. */
  readonly traceExport?: OtlpTraceOptions;
}

const SPAN_SINKS: readonly ((settings: PushSettings) => SpanSink | undefined)[] = [
  ({ traceExport }) => traceExport && new OtlpTraceExporter(traceExport),
];

/** Creates the sinks that settings ask for. */
export function createSpanSinks(settings: PushSettings): SpanSink[] {
  return SPAN_SINKS.map((create) => create(settings)).filter((sink) => sink !== undefined);
}

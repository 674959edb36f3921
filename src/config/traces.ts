/**
 * Where traces are exported to. OpenTelemetry's variables concern all programs that run in an environment, so they are
 * only looked at by those that ask for traces.
 *
 * @module
 */

import type { Labels } from "../model/model.ts";
import type { SecretHeaders } from "./kinds/collector.ts";
import { type ConfigValues, resolveRows } from "./layers.ts";
import { TRACE_EXPORT } from "./settings/traces.ts";

/** Where traces are exported to, checked. */
export interface TraceExportSettings {
  /** The collector's URL. */
  readonly endpoint: string;
  /** Headers of each request. */
  readonly headers: SecretHeaders;
  /** What the traces are of. */
  readonly serviceName: string;
}

/** The same as an exporter takes it, and as it can be sent to a thread. */
export interface TraceExportTarget {
  /** The collector's URL. */
  readonly endpoint: string;
  /** Headers of each request, secrets among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The attributes of what the spans come from. */
  readonly resource: Labels;
}

/**
 * Resolves where traces are exported to.
 *
 * @param action What is being done, for errors
 * @param options All options
 * @param config Values of the file
 * @returns Where to; `undefined` for nowhere
 * @throws {TypeError} If a setting has the wrong type
 * @throws {RangeError} If a setting is no such URL, header or name
 */
export function resolveTraceExport(
  action: string,
  options: object,
  config: ConfigValues,
): TraceExportSettings | undefined {
  const { tracesEndpoint, ...others } = TRACE_EXPORT;
  const { tracesEndpoint: endpoint } = resolveRows(action, { tracesEndpoint }, options, config);
  if (endpoint === undefined) return undefined;
  const { tracesHeaders: headers, serviceName } = resolveRows(action, others, options, config);
  return { endpoint, headers, serviceName };
}

/** Reveals the headers, for the exporter. */
export function revealTraceExport({ endpoint, headers, serviceName }: TraceExportSettings): TraceExportTarget {
  return {
    endpoint,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()])),
    resource: { "service.name": serviceName },
  };
}

/**
 * Target of exported traces. OpenTelemetry's variables concern all programs that run in an environment, so only
 * programs that ask for traces look at them.
 *
 * @module
 */

import type { Labels } from "../model/model.ts";
import type { SecretHeaders } from "./kinds/collector.ts";
import { type ConfigValues, resolveRows } from "./layers.ts";
import { TRACE_EXPORT } from "./settings/traces.ts";

/** Target of exported traces, checked. */
export interface TraceExportSettings {
  /** The collector's URL. */
  readonly endpoint: string;
  /** Headers of each request. */
  readonly headers: SecretHeaders;
  /** Name of the program. */
  readonly serviceName: string;
}

/** Target of exported traces as plain data, which can be sent to a thread. */
export interface TraceExportTarget {
  /** The collector's URL. */
  readonly endpoint: string;
  /** Headers of each request, secrets among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Attributes of the program. */
  readonly resource: Labels;
}

/**
 * Resolves the target of exported traces.
 *
 * @param action Action for errors, such as `create metrics`
 * @param options All options
 * @param config Values of the file
 * @returns The target; `undefined` if traces are not exported
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

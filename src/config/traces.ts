/**
 * Targets of exported traces. OpenTelemetry's variables apply to all programs in an environment, so they are read only
 * if the program has traces on.
 *
 * @module
 */

import type { Labels } from "../model/model.ts";
import { type ConfigValues, resolveRows } from "./layers.ts";
import { TRACE_ENDPOINTS, TRACE_EXPORT } from "./settings/traces.ts";
import type { Values } from "./settings/table.ts";

/** Targets of exported traces, checked. */
export type TraceExportSettings = Values<typeof TRACE_EXPORT>;

/** Targets of exported traces as plain data, which can be sent to a thread; further endpoints by the names of their rows. */
export type TraceExportTarget = Omit<TraceExportSettings, "tracesEndpoint" | "tracesHeaders" | "serviceName"> & {
  /** URL of the OTLP collector. */
  readonly endpoint: string | undefined;
  /** Headers of each request to it, including secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Attributes of the program. */
  readonly resource: Labels;
};

/**
 * Resolves the targets of exported traces.
 *
 * @param action Action for errors, such as `create metrics`
 * @param isAsked Whether the program or its file has traces on, as an endpoint in the file also does
 * @param options All options
 * @param config Values of the configuration file
 * @returns The targets; `undefined` if traces are not exported
 * @throws {TypeError} If a setting has the wrong type
 * @throws {RangeError} If a setting is not a valid URL, header or name
 */
export function resolveTraceExport(
  action: string,
  isAsked: boolean,
  options: object,
  config: ConfigValues,
): TraceExportSettings | undefined {
  const names = Object.keys(TRACE_ENDPOINTS) as (keyof typeof TRACE_ENDPOINTS)[];
  if (!isAsked && names.every((name) => config[name] === undefined)) return undefined;
  const endpoints = resolveRows(action, TRACE_ENDPOINTS, options, config);
  if (Object.values(endpoints).every((endpoint) => endpoint === undefined)) return undefined;
  return resolveRows(action, TRACE_EXPORT, options, config);
}

/** Reveals the secret headers, for the exporter. */
export function revealTraceExport(
  { tracesEndpoint: endpoint, tracesHeaders, serviceName, ...others }: TraceExportSettings,
): TraceExportTarget {
  const headers = Object.fromEntries(Object.entries(tracesHeaders).map(([name, value]) => [name, value.reveal()]));
  return { ...others, endpoint, headers, resource: { "service.name": serviceName } };
}

/**
 * Where traces are exported to. Variables of OpenTelemetry are for all programs that run in an environment, so they are
 * only looked at by those that ask for traces.
 *
 * @module
 */

import type { Labels } from "../model/model.ts";
import type { SecretHeaders } from "./collector.ts";
import { type ConfigValues, resolveSetting } from "./layers.ts";

/** Where traces are exported to. */
export interface TraceExportOptions {
  /**
   * The URL of a collector that speaks OTLP over HTTP, such as `http://localhost:4318`; `/v1/traces` of it if it has no
   * path. `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or `OTEL_EXPORTER_OTLP_ENDPOINT` if they may be read; traces are not
   * exported if nobody says. Needs the permission to reach it.
   */
  readonly endpoint?: string;
  /**
   * Headers of each request, such as those that authorize it; `OTEL_EXPORTER_OTLP_TRACES_HEADERS` or
   * `OTEL_EXPORTER_OTLP_HEADERS` if they may be read; none by default.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the traces are of; `OTEL_SERVICE_NAME` if that may be read; `"unknown_service:deno"` by default. */
  readonly serviceName?: string;
}

/** The names of {@linkcode TraceExportOptions}. */
export const TRACE_EXPORT_OPTIONS: readonly (keyof TraceExportOptions)[] = ["endpoint", "headers", "serviceName"];

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
 * Where traces are exported to, by options, then OpenTelemetry's variables, then the configuration file.
 *
 * @param action What is being done, for errors
 * @param options The options, `undefined` if the program does not ask for traces
 * @param config What the file says
 * @returns Where to; `undefined` for nowhere
 * @throws {TypeError} If what is heard has the wrong type
 * @throws {RangeError} If what is heard is no such URL, header or name
 */
export function resolveTraceExport(
  action: string,
  options: TraceExportOptions | undefined,
  config: ConfigValues,
): TraceExportSettings | undefined {
  if (options === undefined && config.tracesEndpoint === undefined) return undefined;
  const { endpoint, headers, serviceName } = options ?? {};
  // Without the file, which comes after both variables.
  const url = resolveSetting(action, "tracesEndpoint", endpoint, {}) ??
    resolveSetting(action, "otlpEndpoint", undefined, {}) ?? config.tracesEndpoint;
  if (url === undefined) return undefined;
  return {
    endpoint: url,
    headers: resolveSetting(action, "tracesHeaders", headers, {}) ??
      resolveSetting(action, "otlpHeaders", undefined, {}) ?? config.tracesHeaders ?? {},
    serviceName: resolveSetting(action, "serviceName", serviceName, config),
  };
}

/** Reveals the headers, for the exporter. */
export function revealTraceExport({ endpoint, headers, serviceName }: TraceExportSettings): TraceExportTarget {
  return {
    endpoint,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()])),
    resource: { "service.name": serviceName },
  };
}

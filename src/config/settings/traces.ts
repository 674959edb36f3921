/**
 * Settings of traces: recording, limits and export.
 *
 * @module
 */

import type { Duration } from "../../check/duration.ts";
import {
  checkBaseEndpoint,
  checkEndpoint,
  checkHeaders,
  checkHeadersText,
  type SecretHeaders,
} from "../kinds/collector.ts";
import { duration, filled, FLAG, orUnset, SHARE, whole } from "../kinds/kind.ts";
import { named, setting } from "./setting.ts";

/** OpenTelemetry's default endpoint, if only `OTEL_TRACES_EXPORTER` is set. */
const ZIPKIN_URL = "http://localhost:9411/api/v2/spans";
const namesZipkin = (exporters: string) => exporters.split(",").some((name) => name.trim() === "zipkin");

/** Limits on the traces that are kept. */
export interface TraceLimitOptions {
  /**
   * Maximum number of traces with the latest spans, kept whatever their duration: 10 to 10,000.
   *
   * @default {1_000}
   */
  readonly recentMax?: number;
  /**
   * Maximum number of slowest traces, kept in addition: 0 to 1,000.
   *
   * @default {100}
   */
  readonly slowestMax?: number;
  /**
   * Maximum number of kept spans of a trace, 1 to 10,000. Further ones are counted.
   *
   * @default {256}
   */
  readonly spansMax?: number;
  /**
   * Maximum bytes of all traces, estimated: 1 MiB to 4 GiB.
   *
   * @default {67_108_864}
   */
  readonly bytesMax?: number;
  /**
   * Time without a span after which a trace without a root is finished: 1 s to 1 h.
   *
   * @default {"10s"}
   */
  readonly idleTimeout?: Duration;
  /**
   * Time that a start waits for its end on another thread: 1 s to 24 h.
   *
   * @default {"1m"}
   */
  readonly startTimeout?: Duration;
  /**
   * Time that an end waits for its start, whose thread may be blocked before it publishes: 1 s to 1 h, and at least
   * three drain intervals.
   *
   * @default {"2s"}
   */
  readonly endGrace?: Duration;
  /**
   * Maximum number of starts and ends that wait for their other half at the same time: 100 to 1,000,000.
   *
   * @default {10_000}
   */
  readonly waitingMax?: number;
}

/** Options of the export of traces. */
export interface TraceExportOptions {
  /**
   * URL of an OTLP/HTTP collector, such as `http://localhost:4318`; a URL without a path gets `/v1/traces`. Traces are
   * not exported by default. Needs permission to reach it.
   */
  readonly endpoint?: string;
  /**
   * URL of a collector that accepts Zipkin JSON v2, such as `http://localhost:9411`; a URL without a path gets
   * `/api/v2/spans`. May be combined with `endpoint`. Needs permission to reach it.
   */
  readonly zipkinEndpoint?: string;
  /** Headers of each request to `endpoint`, such as its credentials; none by default. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Name of the program in its traces.
   *
   * @default {"unknown_service:deno"}
   */
  readonly serviceName?: string;
}

/** Options of traces: recording, limits and export. */
export interface TracesOptions extends TraceLimitOptions, TraceExportOptions {
  /**
   * Share of new traces that are recorded, 0 to 1, applied after the sampling rate. A trace that arrives with a
   * decision keeps it.
   *
   * @default {1}
   */
  readonly rate?: number;
}

/** Row of the switch, whose option may also be an object with the options of the other rows. */
export const TRACE_SWITCH = {
  traces: setting({
    ...named("traces"),
    ...orUnset(FLAG),
    fallback: undefined,
    shownDefault: "only `metrics.trace` begins traces",
    description: "Traces of instrumented calls with `true` or an object, no traces with `false`",
  }),
};

/** Rows of recording traces. */
export const TRACES = {
  tracesRate: setting({
    ...named("traces.rate"),
    ...SHARE,
    fallback: 1,
    description: "Share of new traces that are recorded, applied after the sampling rate",
  }),
};

/** Rows of {@linkcode TraceLimitOptions}, by the names of the limits. */
export const TRACE_LIMIT_ROWS = {
  recentMax: setting({
    ...named("traces.recentMax"),
    ...whole(10, 10_000),
    fallback: 1_000,
    description: "Maximum number of traces with the latest spans, kept whatever their duration",
  }),
  slowestMax: setting({
    ...named("traces.slowestMax"),
    ...whole(0, 1_000),
    fallback: 100,
    description: "Maximum number of slowest traces, kept in addition",
  }),
  spansMax: setting({
    ...named("traces.spansMax"),
    ...whole(1, 10_000),
    fallback: 256,
    description: "Maximum number of kept spans of a trace; further ones are counted",
  }),
  bytesMax: setting({
    ...named("traces.bytesMax"),
    ...whole(2 ** 20, 2 ** 32, "bytes"),
    fallback: 2 ** 26,
    description: "Maximum size of all traces, estimated",
  }),
  idleMs: setting({
    ...named("traces.idleTimeout"),
    ...duration("1s", "1h"),
    fallback: 10_000,
    shownDefault: '`"10s"`',
    description: "Time without a span after which a trace without a root is finished",
  }),
  startTimeoutMs: setting({
    ...named("traces.startTimeout"),
    ...duration("1s", "24h"),
    fallback: 60_000,
    shownDefault: '`"1m"`',
    description: "Time that a start waits for its end on another thread",
  }),
  endGraceMs: setting({
    ...named("traces.endGrace"),
    ...duration("1s", "1h"),
    fallback: 2_000,
    shownDefault: '`"2s"`',
    description: "Time that an end waits for its start, whose thread may be blocked",
  }),
  waitingMax: setting({
    ...named("traces.waitingMax"),
    ...whole(100, 1_000_000),
    fallback: 10_000,
    description: "Maximum number of starts and ends that wait for their other half at the same time",
  }),
};

/** Rows of the URLs that traces are exported to; without any, traces are not exported. */
export const TRACE_ENDPOINTS = {
  tracesEndpoint: setting<string | undefined>({
    ...named("traces.endpoint"),
    check: checkEndpoint,
    checkText: checkEndpoint,
    schema: { type: "string", format: "uri" },
    variable: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    aliases: [{ variable: "OTEL_EXPORTER_OTLP_ENDPOINT", checkText: checkBaseEndpoint }],
    fallback: undefined,
    shownDefault: "not exported",
    description: "URL of an OTLP/HTTP collector",
  }),
  zipkinEndpoint: setting<string | undefined>({
    ...named("traces.zipkinEndpoint"),
    check: checkEndpoint,
    checkText: checkEndpoint,
    schema: { type: "string", format: "uri" },
    variable: "OTEL_EXPORTER_ZIPKIN_ENDPOINT",
    aliases: [{ variable: "OTEL_TRACES_EXPORTER", checkText: (_, text) => namesZipkin(text) ? ZIPKIN_URL : undefined }],
    fallback: undefined,
    shownDefault: "not exported",
    description: "URL of a collector that accepts Zipkin JSON v2",
  }),
};

/** Rows of {@linkcode TraceExportOptions}; their variables are OpenTelemetry's and read only if traces are on. */
export const TRACE_EXPORT = {
  ...TRACE_ENDPOINTS,
  tracesHeaders: setting<SecretHeaders>({
    ...named("traces.headers"),
    check: checkHeaders,
    checkText: checkHeadersText,
    schema: { type: "object", additionalProperties: { type: "string", minLength: 1 } },
    variable: "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
    aliases: [{ variable: "OTEL_EXPORTER_OTLP_HEADERS" }],
    fallback: {},
    shownDefault: "none",
    description: "Headers of each request to `traces.endpoint`",
  }),
  serviceName: setting({
    ...filled("be a name"),
    option: "traces.serviceName",
    key: "service_name",
    variable: "OTEL_SERVICE_NAME",
    fallback: "unknown_service:deno",
    description: "Name of the program in its traces",
  }),
};

/**
 * The table of all settings: for each its option, its key in a configuration file, its variable in
 * the environment, its check and its default. What is not in this table cannot be set from outside.
 *
 * @module
 */

import { scale } from "../check/decimal.ts";
import {
  checkBoolean,
  checkFilled,
  checkNumber,
  checkOneOf,
  checkPowerOfTwo,
  checkShare,
  checkWhole,
} from "../check/checks.ts";
import { checkDuration } from "../check/duration.ts";
import type { Check } from "../check/place.ts";
import { HEALTH_DEFAULTS, type HealthSettings } from "../health/settings.ts";
import type { OverflowPolicy, SloObjective } from "../model/model.ts";
import type { CorsOptions, TlsFiles } from "../model/serving.ts";
import { NO_RUNTIME, type RuntimeOptions } from "../model/runtime_choice.ts";
import type { WindowSpec } from "../sketch/sliding_window.ts";
import { checkBaseEndpoint, checkEndpoint, checkHeaders, checkHeadersText, type SecretHeaders } from "./collector.ts";
import { checkHealth, HEALTH_MEMBERS } from "./health.ts";
import { checkBuckets, checkSloByTimer, checkWindows } from "./lists.ts";
import { checkAdmin, checkAuth, checkTls, type ProtectedCredentials, type ProtectedToken } from "./protection.ts";
import { checkRuntime } from "./runtime.ts";
import { checkAllowedHosts, checkAllowedHostsText, checkCors } from "./sites.ts";
import { checkBucketsText, checkSwitch, type CheckText, numeric } from "./text.ts";

/** One part of a setting that is an object, by its name as an option. */
export interface Member {
  /** Its name below the setting's key. */
  readonly key: string;
  /** Its variable, if it has one. */
  readonly variable?: string;
}

/** One thing that can be set. */
export interface Setting<Value> {
  /** Its name among the options; `undefined` if it is none. */
  readonly option?: string;
  /** Its name below `metrics` in a file; `undefined` if it cannot stand there. */
  readonly key?: string;
  /** The check of option and key. */
  readonly check: Check<Value>;
  /** Its variable, if it has one. */
  readonly variable?: string;
  /** The check of the variable, which is text and may have another unit. */
  readonly checkText?: CheckText<Value>;
  /** Its members, if it is an object; the environment gives all of those that have a variable, or none. */
  readonly members?: Readonly<Record<string, Member>>;
  /** What holds if nobody says anything. */
  readonly fallback: Value;
}

const PORT_MAX = 65_535;
const DRAIN_INTERVAL_MAX_MS = 60_000;

const checkPort = checkWhole(0, PORT_MAX);
const checkSeriesMax = checkWhole(1, 1_000_000);
const checkLabelValueMax = checkWhole(16, 4_096);
const checkSamplesMax = checkWhole(1, 1_000_000_000);
const checkDrainSeconds = checkNumber(0.001, DRAIN_INTERVAL_MAX_MS / 1_000, "a number of seconds");
const checkWindowSeconds = checkNumber(0.1, 86_400, "a number of seconds");
const checkExportSeconds = checkNumber(1, 86_400, "a number of seconds");
const checkNativeBucketsMax = checkWhole(4, 100_000);
const checkZeroThreshold = checkNumber(0, Number.MAX_VALUE);
const checkRingCapacity = checkPowerOfTwo(64, 2 ** 24);
const checkHost = checkFilled("be an address or a name");
/** Long enough for an answer, and short enough to be a limit. */
const checkScrapeTimeout = checkDuration("10ms", "10m");
const checkScrapesMax = checkWhole(1, 100_000);
const checkScrapeSeconds = checkNumber(0.01, 600, "a number of seconds");
const checkResponseBytes = checkWhole(1, 2 ** 40);
const checkRequestBytes = checkWhole(0, 2 ** 30);
const checkLiveClientsMax = checkWhole(1, 100_000);
const checkServiceName = checkFilled("be a name");

/** All settings, by the name that the code has for them. */
export const SETTINGS = {
  enabled: onOff({ option: "enabled", key: "enabled", variable: "METRICS_ENABLED", fallback: true }),
  samplingRate: setting<number>({
    option: "sampling.rate",
    key: "sampling_rate",
    check: checkShare,
    variable: "METRICS_SAMPLE_RATE",
    checkText: numeric(checkShare),
    fallback: 1,
  }),
  samplingRateMin: setting<number>({
    option: "sampling.min",
    check: checkShare,
    variable: "METRICS_MIN_SAMPLE_RATE",
    checkText: numeric(checkShare),
    fallback: 0,
  }),
  samplingRateMax: setting<number>({
    option: "sampling.max",
    check: checkShare,
    variable: "METRICS_MAX_SAMPLE_RATE",
    checkText: numeric(checkShare),
    fallback: 1,
  }),
  adaptiveSampling: onOff({ variable: "METRICS_ADAPTIVE_SAMPLING", fallback: false }),
  ringCapacity: setting<number>({
    option: "ringCapacity",
    key: "buffer_size",
    check: checkRingCapacity,
    variable: "METRICS_BUFFER_SIZE",
    checkText: numeric(checkRingCapacity),
    fallback: 131_072,
  }),
  overflow: setting<OverflowPolicy>({
    option: "overflow",
    key: "overflow",
    check: checkOneOf("overwrite-oldest", "drop-newest"),
    fallback: "overwrite-oldest",
  }),
  drainIntervalMs: setting<number>({
    option: "drainIntervalMs",
    key: "aggregation_interval_ms",
    check: checkWhole(1, DRAIN_INTERVAL_MAX_MS),
    variable: "METRICS_FLUSH_INTERVAL",
    checkText: (place, text) => Math.round(numeric(checkDrainSeconds)(place, text) * 1_000),
    fallback: 100,
  }),
  windows: setting<readonly WindowSpec[]>({
    option: "windows",
    key: "windows",
    check: checkWindows,
    variable: "METRICS_WINDOW_SIZE_SECONDS",
    checkText: (place, text) => checkWindows(place, [`${numeric(checkWindowSeconds)(place, text)}s`]),
    fallback: ["1s", "5s", "1m", "5m"].map((name, i) => ({ name, lengthMs: [1_000, 5_000, 60_000, 300_000][i] })),
  }),
  // Checked and kept; distributions are histograms, which keep no samples.
  samplesMax: setting<number | undefined>({
    check: checkSamplesMax,
    variable: "METRICS_MAX_SAMPLES",
    checkText: numeric(checkSamplesMax),
    fallback: undefined,
  }),
  histogramBuckets: setting<readonly number[] | undefined>({
    option: "histogramBuckets",
    key: "histogram_buckets",
    check: checkBuckets,
    variable: "METRICS_HISTOGRAM_BUCKETS",
    checkText: checkBucketsText,
    fallback: undefined,
  }),
  sloByTimer: setting<ReadonlyMap<string, SloObjective>>({
    option: "sloByTimer",
    key: "sla_thresholds",
    check: checkSloByTimer,
    fallback: new Map(),
  }),
  seriesMax: setting<number>({ option: "seriesMax", key: "series_max", check: checkSeriesMax, fallback: 10_000 }),
  labelValueMax: setting<number>({
    option: "labelValueMax",
    key: "label_value_max",
    check: checkLabelValueMax,
    variable: "METRICS_MAX_LABEL_VALUE",
    checkText: numeric(checkLabelValueMax),
    fallback: 256,
  }),
  nativeBucketsMax: setting<number>({
    option: "nativeBucketsMax",
    key: "native_buckets_max",
    check: checkNativeBucketsMax,
    fallback: 1_600,
  }),
  nativeZeroThresholdMax: setting<number>({
    option: "nativeZeroThresholdMax",
    key: "native_zero_threshold_max",
    check: checkZeroThreshold,
    fallback: 0,
  }),
  health: setting<HealthSettings>({
    option: "health",
    key: "health",
    check: checkHealth,
    members: HEALTH_MEMBERS,
    fallback: HEALTH_DEFAULTS,
  }),
  exportEnabled: setting<boolean>({ key: "export_enabled", check: checkBoolean, fallback: false }),
  exportIntervalMs: setting<number>({
    key: "export_interval_s",
    check: (place, given) => scale(checkExportSeconds(place, given), 3),
    fallback: 60_000,
  }),
  selfMetrics: onOff({ variable: "METRICS_ENABLE_META", fallback: true }),
  runtime: setting<RuntimeOptions>({ option: "runtime", key: "runtime", check: checkRuntime, fallback: NO_RUNTIME }),
  eventLoopMonitoring: setting<boolean | undefined>({
    check: checkBoolean,
    variable: "METRICS_EVENT_LOOP_MONITORING",
    checkText: checkSwitch,
    fallback: undefined,
  }),
  internalMetrics: onOff({ option: "internalMetrics", variable: "METRICS_PROMETHEUS_ENABLED", fallback: false }),
  host: setting<string>({
    option: "host",
    key: "host",
    check: checkHost,
    variable: "OTEL_EXPORTER_PROMETHEUS_HOST",
    checkText: checkHost,
    fallback: "127.0.0.1",
  }),
  port: setting<number>({
    option: "port",
    key: "port",
    check: checkPort,
    variable: "OTEL_EXPORTER_PROMETHEUS_PORT",
    checkText: numeric(checkPort),
    fallback: 9_464,
  }),
  auth: setting<ProtectedCredentials | undefined>({
    option: "auth",
    key: "auth",
    check: checkAuth,
    members: {
      bearer: { key: "bearer", variable: "METRICS_AUTH_TOKEN" },
      bearerFile: { key: "bearer_file", variable: "METRICS_AUTH_TOKEN_FILE" },
      username: { key: "username", variable: "METRICS_AUTH_USERNAME" },
      password: { key: "password", variable: "METRICS_AUTH_PASSWORD" },
      passwordFile: { key: "password_file", variable: "METRICS_AUTH_PASSWORD_FILE" },
    },
    fallback: undefined,
  }),
  admin: setting<ProtectedToken | undefined>({
    option: "admin",
    key: "admin",
    check: checkAdmin,
    members: {
      bearer: { key: "bearer", variable: "METRICS_ADMIN_TOKEN" },
      bearerFile: { key: "bearer_file", variable: "METRICS_ADMIN_TOKEN_FILE" },
    },
    fallback: undefined,
  }),
  tls: setting<TlsFiles | undefined>({
    option: "tls",
    key: "tls",
    check: checkTls,
    members: {
      certFile: { key: "cert_file", variable: "METRICS_TLS_CERT_FILE" },
      keyFile: { key: "key_file", variable: "METRICS_TLS_KEY_FILE" },
    },
    fallback: undefined,
  }),
  allowedHosts: setting<readonly string[] | undefined>({
    option: "allowedHosts",
    key: "allowed_hosts",
    check: checkAllowedHosts,
    variable: "METRICS_ALLOWED_HOSTS",
    checkText: checkAllowedHostsText,
    fallback: undefined,
  }),
  cors: setting<CorsOptions>({
    option: "cors",
    key: "cors",
    check: checkCors,
    members: { origins: { key: "origins", variable: "METRICS_CORS_ORIGINS" } },
    fallback: { origins: [] },
  }),
  scrapesMax: setting<number>({
    option: "scrapesMax",
    key: "scrapes_max",
    check: checkScrapesMax,
    variable: "METRICS_SCRAPES_MAX",
    checkText: numeric(checkScrapesMax),
    fallback: 100,
  }),
  scrapeTimeoutMs: setting<number>({
    option: "scrapeTimeout",
    key: "scrape_timeout",
    check: checkScrapeTimeout,
    variable: "METRICS_SCRAPE_TIMEOUT",
    checkText: (place, text) => scale(numeric(checkScrapeSeconds)(place, text), 3),
    fallback: 10_000,
  }),
  responseBytesMax: setting<number>({
    option: "responseBytesMax",
    key: "response_bytes_max",
    check: checkResponseBytes,
    variable: "METRICS_RESPONSE_BYTES_MAX",
    checkText: numeric(checkResponseBytes),
    fallback: 2 ** 26,
  }),
  requestBytesMax: setting<number>({
    option: "requestBytesMax",
    key: "request_bytes_max",
    check: checkRequestBytes,
    variable: "METRICS_REQUEST_BYTES_MAX",
    checkText: numeric(checkRequestBytes),
    fallback: 2 ** 16,
  }),
  liveClientsMax: setting<number>({
    option: "liveClientsMax",
    key: "live_clients_max",
    check: checkLiveClientsMax,
    variable: "METRICS_LIVE_CLIENTS_MAX",
    checkText: numeric(checkLiveClientsMax),
    fallback: 200,
  }),
  tracesEndpoint: setting<string | undefined>({
    option: "traces.endpoint",
    key: "traces_endpoint",
    check: checkEndpoint,
    variable: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    checkText: checkEndpoint,
    fallback: undefined,
  }),
  // Where all telemetry goes, if nobody says where traces go.
  otlpEndpoint: setting<string | undefined>({
    check: checkBaseEndpoint,
    variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
    checkText: checkBaseEndpoint,
    fallback: undefined,
  }),
  tracesHeaders: setting<SecretHeaders | undefined>({
    option: "traces.headers",
    key: "traces_headers",
    check: checkHeaders,
    variable: "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
    checkText: checkHeadersText,
    fallback: undefined,
  }),
  otlpHeaders: setting<SecretHeaders | undefined>({
    check: checkHeaders,
    variable: "OTEL_EXPORTER_OTLP_HEADERS",
    checkText: checkHeadersText,
    fallback: undefined,
  }),
  serviceName: setting<string>({
    option: "traces.serviceName",
    key: "service_name",
    check: checkServiceName,
    variable: "OTEL_SERVICE_NAME",
    checkText: checkServiceName,
    fallback: "unknown_service:deno",
  }),
};

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** What a setting is once it is checked. */
export type SettingValue<Name extends SettingName> = (typeof SETTINGS)[Name]["fallback"];

function setting<Value>(row: Setting<Value>): Setting<Value> {
  return row;
}

function onOff(row: Omit<Setting<boolean>, "check" | "checkText">): Setting<boolean> {
  return { ...row, check: checkBoolean, checkText: checkSwitch };
}

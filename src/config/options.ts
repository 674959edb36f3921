/**
 * Options of {@linkcode createMetrics}, and their resolution for each part of the pipeline.
 *
 * @module
 */

import type { AggregateSettings } from "../aggregate/aggregator_setup.ts";
import { typeError } from "../check/errors.ts";
import { checkMapping, checkOptionNames } from "../check/options.ts";
import type { SamplingPlan } from "../model/sampling_plan.ts";
import type { RecordSettings } from "../model/settings.ts";
import { NO_RUNTIME, type RuntimeChoice } from "../model/runtime_choice.ts";
import type { TracerSettings } from "../model/spans.ts";
import { chooseClock, type ClockChoice } from "../record/clock.ts";
import {
  checkConfig,
  type Config,
  type ConfigValues,
  pickRows,
  resolveRows,
  resolveSetting,
  type ServeValues,
} from "./layers.ts";
import { AGGREGATE, type AggregateOptions, NATIVE, REFUSED } from "./settings/aggregate.ts";
import { MAIN, type MainOptions } from "./settings/main.ts";
import { INSTRUMENTS, RECORD, type RecordOptions, SHARED } from "./settings/record.ts";
import { EVENT_RATE_DEFAULT, SAMPLING, type SamplingOptions } from "./settings/sampling.ts";
import { SERVE } from "./settings/serve.ts";
import { CREATE, optionNames, type Values } from "./settings/table.ts";
import { TRACE_LIMIT_ROWS, TRACES, type TracesOptions } from "./settings/traces.ts";
import { resolveTraceExport, type TraceExportSettings } from "./traces.ts";

/** Options of recording and aggregation. */
export interface MetricsOptions extends MainOptions, RecordOptions, AggregateOptions {
  /** Content of a configuration file, from `readConfig` of `@hotpath/metrics/config`. */
  readonly config?: Config;
  /** Sampling of timings. */
  readonly sampling?: SamplingOptions;
  /**
   * Traces: `true` or an object for traces of instrumented calls (an HTTP request begins one), `false` for no traces.
   * By default only `metrics.trace` begins traces.
   */
  readonly traces?: TracesOptions | boolean;
}

/** Settings that stay on the thread that creates the metrics. */
export interface MainSettings {
  /** Place of aggregation. */
  readonly aggregation: "worker" | "inline";
  /** Clock of timings. */
  readonly clock: ClockChoice;
  /** Whether recording is on at the start. */
  readonly enabled: boolean;
  /** Initial sampling rate, seed of this thread's sampler, and initial budget. */
  readonly sampling: { readonly rate: number; readonly seed: number; readonly budget: number | undefined };
  /** Number of records that each ring holds. */
  readonly ringCapacity: number;
  /** Collectors of this thread. */
  readonly runtime: RuntimeChoice;
}

/** Options, environment, configuration file and defaults, resolved for each part of the pipeline. */
export interface ResolvedOptions {
  /** Settings of the thread that creates the metrics. */
  readonly main: MainSettings;
  /** Settings of all recording threads. */
  readonly record: RecordSettings;
  /** Settings of the aggregator. */
  readonly aggregate: AggregateSettings;
  /** Settings of sinks, with secrets still hidden. */
  readonly push: { readonly traceExport: TraceExportSettings | undefined };
  /** Values of the configuration file from which the options of serving are resolved later. */
  readonly serve: ServeValues;
}

const ACTION = "create metrics";
const NAMES = [...optionNames(CREATE), "config"];
const SEED_MAX = 2 ** 32 - 1;

/**
 * Checks options, and completes them from the environment, the configuration file and the defaults.
 *
 * @throws {TypeError} If a setting has the wrong type or is unknown
 * @throws {RangeError} If a setting is out of range
 */
export function resolveOptions(options: MetricsOptions): ResolvedOptions {
  checkOptionNames(ACTION, options, NAMES);
  checkGroups(options);
  const config = checkConfig(ACTION, options.config);
  const { aggregation, clock, ...main } = resolveRows(ACTION, MAIN, options, config);
  if (aggregation === "worker" && typeof SharedArrayBuffer === "undefined") {
    throw typeError(ACTION, "aggregation", 'be "inline", because this runtime has no SharedArrayBuffer', aggregation);
  }
  const shared = resolveRows(ACTION, SHARED, options, config);
  const sampling = resolveRows(ACTION, SAMPLING, options, config);
  const runtime = resolveRuntime(options.runtime, config);
  const { histogramBuckets, sloByTimer } = resolveRows(ACTION, INSTRUMENTS, options, config);
  const native = resolveRows(ACTION, NATIVE, options, config);
  const { tracer, traceExport } = resolveTraces(options, config);
  resolveRows(ACTION, REFUSED, {}, config);
  return {
    main: {
      ...main,
      aggregation,
      clock: chooseClock(clock),
      sampling: {
        rate: sampling.samplingRate,
        seed: sampling.samplingSeed ?? Math.floor(Math.random() * SEED_MAX),
        budget: sampling.budget,
      },
      runtime,
    },
    record: {
      ...shared,
      ...resolveRows(ACTION, RECORD, options, config),
      defaults: { timerBuckets: histogramBuckets, sloByTimer },
      tracer,
    },
    aggregate: {
      ...shared,
      ...resolveRows(ACTION, AGGREGATE, options, config),
      bucketLimit: { bucketsMax: native.nativeBucketsMax, zeroThresholdMax: native.nativeZeroThresholdMax },
      samplingPlan: planOf(sampling),
      traceLimits: resolveRows(ACTION, TRACE_LIMIT_ROWS, options, config),
      hasProcessMetrics: runtime.process,
    },
    push: { traceExport },
    serve: pickRows(SERVE, config),
  };
}

/** Checks that options with options inside are objects with known names. */
function checkGroups({ sampling, traces }: { readonly sampling?: unknown; readonly traces?: unknown }): void {
  if (sampling !== undefined) {
    const place = { action: ACTION, path: "sampling" };
    checkMapping(place, sampling, optionNames(SAMPLING, "sampling"), "be an object such as { rate: 0.1 }");
  }
  if (traces === undefined || typeof traces === "boolean") return;
  // It may be a header that contains a credential.
  const place = { action: ACTION, path: "traces", isSecret: true };
  const must = 'be a boolean, or an object such as { endpoint: "http://localhost:4318" }';
  checkMapping(place, traces, optionNames(CREATE, "traces"), must);
}

/** Resolves each collector from the first layer that sets it. */
function resolveRuntime(given: unknown, config: ConfigValues): RuntimeChoice {
  return {
    ...NO_RUNTIME,
    ...config.runtime,
    ...resolveSetting(ACTION, "runtime", undefined, {}),
    ...(given !== undefined && resolveSetting(ACTION, "runtime", given, config)),
  };
}

/** Returns the rules by which the sampling rate adapts. */
function planOf(sampling: Values<typeof SAMPLING>): SamplingPlan {
  const { samplingRateMin, samplingRateMax, adaptiveSampling } = sampling;
  const threshold = sampling.eventRateThreshold ?? (adaptiveSampling && EVENT_RATE_DEFAULT);
  return {
    min: samplingRateMin,
    max: samplingRateMax,
    eventRateThreshold: threshold === false ? undefined : threshold,
    followsRingPressure: sampling.ringPressure ?? adaptiveSampling,
  };
}

function resolveTraces(
  options: MetricsOptions,
  config: ConfigValues,
): { readonly tracer: TracerSettings; readonly traceExport: TraceExportSettings | undefined } {
  const given = typeof options.traces === "object" ? true : options.traces;
  const isAsked = resolveSetting(ACTION, "traces", given, config);
  const { tracesRate: rate } = resolveRows(ACTION, TRACES, options, config);
  const isEnabled = isAsked !== false;
  const traceExport = isEnabled ? resolveTraceExport(ACTION, isAsked === true, options, config) : undefined;
  return {
    tracer: { isEnabled, isAutomatic: isEnabled && (isAsked === true || traceExport !== undefined), rate },
    traceExport,
  };
}

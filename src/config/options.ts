/**
 * The options of {@linkcode createMetrics}: what they are, their defaults, their checks.
 *
 * @module
 */

import { checkBoolean, checkBudget, checkNumber, checkOneOf, checkShare, checkWhole } from "../check/checks.ts";
import { type Duration, parseDuration } from "../check/duration.ts";
import { rangeError, typeError } from "../check/errors.ts";
import { checkMapping, checkOptionNames, type Mapping } from "../check/options.ts";
import { type Place, within } from "../check/place.ts";
import { checkConfig, type Config, type ConfigValues, resolveSetting } from "./layers.ts";
import { type SettingName, SETTINGS, type SettingValue } from "./settings.ts";
import { checkTraceLimits, TRACE_LIMIT_NAMES, type TraceLimitOptions } from "./trace_limits.ts";
import {
  resolveTraceExport,
  TRACE_EXPORT_OPTIONS,
  type TraceExportOptions,
  type TraceExportSettings,
} from "./traces.ts";
import type { AggregateSettings } from "../aggregate/aggregator_setup.ts";
import type { HealthOptions } from "../health/settings.ts";
import type { SloOptions } from "../instrument/slo.ts";
import type { OverflowPolicy } from "../model/model.ts";
import type { RecordSettings } from "../model/settings.ts";
import type { SamplingPlan } from "../model/sampling_plan.ts";
import { chooseClock, type Clock, type ClockChoice, type ClockName } from "../record/clock.ts";
import type { TraceLimits } from "../model/trace_limits.ts";
import type { TracerSettings } from "../model/spans.ts";
import { NO_RUNTIME, type RuntimeChoice, type RuntimeOptions } from "../model/runtime_choice.ts";

/** How metrics are recorded and aggregated. */
export interface MetricsOptions {
  /**
   * Where aggregation happens: in a `"worker"` of its own (the default), or `"inline"` on the
   * calling thread, for runtimes without workers and for tests.
   */
  readonly aggregation?: "worker" | "inline";
  /**
   * The clock of timings. `"auto"` (the default) takes `"ffi"` where `--allow-ffi` is granted, or for the C library, else
   * `"performance"`. A clock of your own also times the windows if aggregation is inline; it has to show a finite number
   * from the start, and while it does not later, timings are rejected.
   */
  readonly clock?: ClockName | Clock;
  /** What a configuration file says, from `readConfig` of `@hotpath/metrics/config`. */
  readonly config?: Config;
  /** Whether anything is recorded; true by default. */
  readonly enabled?: boolean;
  /** Which share of timings is recorded. */
  readonly sampling?: SamplingOptions;
  /** Records of 32 bytes that the ring holds: a power of two, 64 to 16,777,216; 131,072 by default. */
  readonly ringCapacity?: number;
  /**
   * What a full ring does: `"overwrite-oldest"` (the default) gives up the oldest eighth of its records, because fresh
   * data matters most; `"drop-newest"` leaves out the new record. Either way every lost record is counted.
   */
  readonly overflow?: OverflowPolicy;
  /** Milliseconds between drains when little happens, 1 to 60,000; 100 by default. */
  readonly drainIntervalMs?: number;
  /** The sliding windows, at most 8, 100 ms to 24 h each; `["1s", "5s", "1m", "5m"]` by default. */
  readonly windows?: readonly Duration[];
  /** Series before new label sets go to an overflow series, 1 to 1,000,000; 10,000 by default. */
  readonly seriesMax?: number;
  /** Unicode code points that a label value may have, 16 to 4,096; 256 by default. What is longer is cut, and counted. */
  readonly labelValueMax?: number;
  /**
   * Buckets of a native histogram that a series is exposed with, 4 to 100,000; 1,600 by default, which is 25 powers of
   * two without a gap at schema 6. A series with more gets a wider zero bucket, if `nativeZeroThresholdMax` permits it,
   * and then half the resolution.
   */
  readonly nativeBucketsMax?: number;
  /** How far from zero the zero bucket of a native histogram may reach when it is widened; 0 by default, for never. */
  readonly nativeZeroThresholdMax?: number;
  /**
   * How long a series may be idle. One that nothing was recorded in for so long, or whose value has not changed, is
   * left out of snapshots and scrapes, and what a distribution holds is freed. When it is recorded in again, a counter
   * or gauge is back with its value, a histogram, timer or summary starts anew. Never by default. Idle series still
   * count towards `seriesMax`.
   */
  readonly idleTtl?: Duration;
  /**
   * Classic bounds of timers that give none: ascending numbers of seconds, or durations; 1 µs to 10 s
   * by default.
   */
  readonly histogramBuckets?: readonly (number | Duration)[];
  /** Objectives of timers that declare none, by the timer's name; a threshold alone has the target 0.999. */
  readonly sloByTimer?: Readonly<Record<string, Duration | SloOptions>>;
  /**
   * Traces: `true` or an object for traces of what is instrumented (HTTP requests begin one), `false` for none at all. By
   * default those that the program begins itself by `metrics.trace`.
   */
  readonly traces?: TracesOptions | boolean;
  /**
   * Which of the runtime's own numbers are collected: all of them with `true`; none by default. What is about a thread
   * is about the one that makes the metrics; others ask for theirs in {@linkcode attachMetrics}.
   */
  readonly runtime?: boolean | RuntimeOptions;
  /** What the health is judged by. */
  readonly health?: HealthOptions;
}

/** Which traces are recorded, what is kept of them, and where they are exported to. */
export interface TracesOptions extends TraceLimitOptions, TraceExportOptions {
  /**
   * The share of new traces that are recorded, 0 to 1, of those that the sampling rate leaves; 1 by default. What came with
   * a decision keeps it.
   */
  readonly rate?: number;
}

/** Which calls of histograms, timers and summaries are recorded. */
export interface SamplingOptions {
  /** The share, 0 to 1; 1 by default. */
  readonly rate?: number;
  /** A whole number that the choice of calls follows from; a random one by default. */
  readonly seed?: number;
  /** The least rate that the rate sets itself to, 0 to 1; 0 by default. */
  readonly min?: number;
  /** The highest rate that the rate sets itself to, 0 to 1; 1 by default. */
  readonly max?: number;
  /**
   * Calls a second, of all threads, above which the rate falls so that no more are recorded, 1 to 10⁹; `true` for 1,000.
   * The rate does not follow the number of calls by default.
   */
  readonly eventRateThreshold?: number | boolean;
  /**
   * Whether the rate is halved while a ring is more than 80 % full, and comes back below 30 %, a step every 5 seconds;
   * not by default.
   */
  readonly ringPressure?: boolean;
  /**
   * The share of one core that recording may take on each thread, 0.0001 to 1: what calls cost is measured at start-up
   * (some milliseconds), and the rate follows how many there are. Histograms, timers and summaries count, each call as a
   * timing; counters and gauges, which are not sampled, do not. Not limited by default.
   */
  readonly budget?: number | false;
}

/** Settings of the thread that creates the metrics; they stay there. */
export interface MainSettings {
  /** See {@linkcode MetricsOptions.aggregation}. */
  readonly aggregation: "worker" | "inline";
  /** See {@linkcode MetricsOptions.clock}. */
  readonly clock: ClockChoice;
  /** Whether anything is recorded at first. */
  readonly enabled: boolean;
  /** The sampling rate at first, the seed of this thread's sampler, and the budget at first. */
  readonly sampling: { readonly rate: number; readonly seed: number; readonly budget: number | undefined };
  /** Records of every ring. */
  readonly ringCapacity: number;
  /** Collectors of this thread. */
  readonly runtime: RuntimeChoice;
  /** The most samples to keep for a distribution; `undefined` if nobody said. */
  readonly samplesMax: number | undefined;
}

/** Options, environment, configuration file and defaults, resolved for each part that they concern. */
export interface ResolvedOptions {
  /** Settings of the thread that creates the metrics. */
  readonly main: MainSettings;
  /** Settings of all recording threads. */
  readonly record: RecordSettings;
  /** Settings of the aggregator. */
  readonly aggregate: AggregateSettings;
  /** Settings of sinks; secrets are still hidden. */
  readonly push: { readonly traceExport: TraceExportSettings | undefined };
  /** Values of the configuration file, from which options of serving are resolved later. */
  readonly serve: ConfigValues;
}

const ACTION = "create metrics";

const OPTION_NAMES: readonly (keyof MetricsOptions)[] = [
  "aggregation",
  "clock",
  "config",
  "enabled",
  "sampling",
  "ringCapacity",
  "overflow",
  "drainIntervalMs",
  "windows",
  "seriesMax",
  "labelValueMax",
  "nativeBucketsMax",
  "nativeZeroThresholdMax",
  "idleTtl",
  "histogramBuckets",
  "sloByTimer",
  "traces",
  "runtime",
  "health",
];

/**
 * Checks options, and fills in the environment, the configuration file and the defaults.
 *
 * @throws {TypeError} If a setting has the wrong type or is unknown
 * @throws {RangeError} If a setting is out of range
 */
export function resolveOptions(options: MetricsOptions): ResolvedOptions {
  checkOptionNames(ACTION, options, OPTION_NAMES);
  const { aggregation = "worker", clock = "auto", sampling = {} } = options;
  const config = checkConfig(ACTION, options.config);
  const resolve: Resolve = (name, given) => resolveSetting(ACTION, name, given, config);
  const { plan, ...calls } = resolveSampling(sampling, resolve);
  const traces = resolveTraces(options.traces, config);
  const runtime = resolveRuntime(options.runtime, resolve, config);
  const shared = {
    drainIntervalMs: resolve("drainIntervalMs", options.drainIntervalMs),
    seriesMax: resolve("seriesMax", options.seriesMax),
  };
  return {
    main: {
      aggregation: checkAggregation(aggregation),
      clock: chooseClock(clock),
      enabled: resolve("enabled", options.enabled),
      sampling: calls,
      ringCapacity: resolve("ringCapacity", options.ringCapacity),
      runtime,
      samplesMax: resolve("samplesMax"),
    },
    record: {
      ...shared,
      overflow: resolve("overflow", options.overflow),
      labelValueMax: resolve("labelValueMax", options.labelValueMax),
      defaults: {
        timerBuckets: resolve("histogramBuckets", options.histogramBuckets),
        sloByTimer: resolve("sloByTimer", options.sloByTimer),
      },
      tracer: traces.tracer,
    },
    aggregate: {
      ...shared,
      windows: resolve("windows", options.windows),
      bucketLimit: {
        bucketsMax: resolve("nativeBucketsMax", options.nativeBucketsMax),
        zeroThresholdMax: resolve("nativeZeroThresholdMax", options.nativeZeroThresholdMax),
      },
      idleTtlMs: options.idleTtl === undefined ? Infinity : parseDuration(options.idleTtl, ACTION, "idleTtl"),
      health: resolve("health", options.health),
      selfMetrics: resolve("selfMetrics"),
      samplingPlan: plan,
      traceLimits: traces.limits,
      hasProcessMetrics: runtime.process,
    },
    push: { traceExport: traces.exportTo },
    serve: config,
  };
}

type Resolve = <Name extends SettingName>(name: Name, given?: unknown) => SettingValue<Name>;

const SEED_MAX = 2 ** 32 - 1;
const checkSeed = checkWhole(0, SEED_MAX);

function randomSeed(): number {
  return Math.floor(Math.random() * SEED_MAX);
}

/** Collector by collector: what an option leaves open, the environment and the file may say. */
function resolveRuntime(given: unknown, resolve: Resolve, { runtime }: ConfigValues): RuntimeChoice {
  const eventLoop = resolve("eventLoopMonitoring");
  return {
    ...NO_RUNTIME,
    ...runtime,
    ...(eventLoop !== undefined && { eventLoop }),
    ...(given !== undefined && resolve("runtime", given)),
  };
}

const checkPlace = checkOneOf("worker", "inline");

function checkAggregation(given: unknown): "worker" | "inline" {
  const place = checkPlace({ action: ACTION, path: "aggregation" }, given);
  if (place === "worker" && typeof SharedArrayBuffer === "undefined") {
    throw typeError(ACTION, "aggregation", 'be "inline", because this runtime has no SharedArrayBuffer', place);
  }
  return place;
}

function resolveSampling(
  options: unknown,
  resolve: Resolve,
): MainSettings["sampling"] & { readonly plan: SamplingPlan } {
  const place: Place = { action: ACTION, path: "sampling" };
  const sampling = checkMapping(place, options, SAMPLING_OPTIONS, "be an object such as { rate: 0.1 }");
  const { budget = false, rate, seed } = sampling;
  return {
    rate: resolve("samplingRate", rate),
    seed: seed === undefined ? randomSeed() : checkSeed(within(place, "seed"), seed),
    budget: budget === false ? undefined : checkBudget(within(place, "budget"), budget),
    plan: resolveSamplingPlan(sampling, resolve),
  };
}

const SAMPLING_OPTIONS: readonly (keyof SamplingOptions)[] = [
  "rate",
  "seed",
  "min",
  "max",
  "eventRateThreshold",
  "ringPressure",
  "budget",
];
const EVENT_RATE_THRESHOLD_DEFAULT = 1_000;

/** How the rate sets itself: by what is asked for, and by events and rings if the environment asks for all. */
function resolveSamplingPlan(options: Mapping, resolve: Resolve): SamplingPlan {
  const isAdaptive = resolve("adaptiveSampling");
  const [min, max] = [resolve("samplingRateMin", options.min), resolve("samplingRateMax", options.max)];
  if (min > max) {
    const [least, most] = [SETTINGS.samplingRateMin.variable, SETTINGS.samplingRateMax.variable];
    const field = options.min === undefined ? `${least} in the environment` : "sampling.min";
    const other = options.max === undefined ? most : "sampling.max";
    throw rangeError(ACTION, field, `be at most ${other}, which is ${max}`, min);
  }
  const place = (name: keyof SamplingOptions) => ({ action: ACTION, path: `sampling.${name}` });
  const { eventRateThreshold = isAdaptive, ringPressure = isAdaptive } = options;
  return {
    min,
    max,
    eventRateThreshold: typeof eventRateThreshold === "boolean"
      ? eventRateThreshold ? EVENT_RATE_THRESHOLD_DEFAULT : undefined
      : checkEventRate(place("eventRateThreshold"), eventRateThreshold),
    followsRingPressure: checkBoolean(place("ringPressure"), ringPressure),
  };
}

const checkEventRate = checkNumber(1, 1e9);

interface ResolvedTraces {
  readonly limits: TraceLimits;
  readonly tracer: TracerSettings;
  /** `undefined` if traces are not exported. */
  readonly exportTo: TraceExportSettings | undefined;
}

function resolveTraces(given: unknown, config: ConfigValues): ResolvedTraces {
  const isEnabled = given !== false;
  const options = typeof given === "boolean" || given === undefined ? {} : checkTraces(given);
  const rate = options.rate === undefined ? 1 : checkShare({ action: ACTION, path: "traces.rate" }, options.rate);
  const exportTo = isEnabled
    ? resolveTraceExport(ACTION, given === undefined ? undefined : options, config)
    : undefined;
  return {
    limits: checkTraceLimits({ action: ACTION, path: "traces" }, options),
    tracer: { isEnabled, isAutomatic: isEnabled && (given !== undefined || exportTo !== undefined), rate },
    exportTo,
  };
}

function checkTraces(given: unknown): Mapping {
  // It may be a header that authorizes.
  const place: Place = { action: ACTION, path: "traces", isSecret: true };
  const must = 'be a boolean, or an object such as { endpoint: "http://localhost:4318" }';
  return checkMapping(place, given, ["rate", ...TRACE_LIMIT_NAMES, ...TRACE_EXPORT_OPTIONS], must);
}

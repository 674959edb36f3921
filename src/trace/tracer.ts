/**
 * Runs of a trace: timings inside of a run, even after an `await`, are recorded with the ids of the trace.
 *
 * @module
 */

import { checkBoolean, checkFunction, checkString, optional, orDefault } from "../check/checks.ts";
import { typeError } from "../check/errors.ts";
import { checkOptionNames } from "../check/options.ts";
import { type Place, refusal } from "../check/place.ts";
import { define } from "../instrument/definition.ts";
import { isPromise, returnsNewPromises, whenSettled } from "../instrument/settlement.ts";
import type { Registry } from "../instrument/registry.ts";
import type { Timer, TimerFamily } from "../instrument/timer.ts";
import { fromHex, RecordedContext, type TraceContext } from "../record/trace_context.ts";
import type { Recorder } from "../record/recorder.ts";
import type { Sampler } from "../record/sampler.ts";
import type { Tracing } from "../record/tracing.ts";
import { RUN_TIMER, type TracerSettings } from "../model/spans.ts";
import { foreignContexts, usesOpenTelemetry } from "./open_telemetry.ts";
import { isTracestateText } from "./tracestate.ts";

/** Options of a run. */
export interface TraceOptions {
  /**
   * Name of the run among the stages of its trace, and in `trace_duration_seconds`.
   *
   * @default {"run"}
   */
  readonly name?: string;
  /**
   * Id of the trace, 32 hexadecimal digits. By default that of the enclosing run, else that of the active OpenTelemetry
   * span, else that of a new trace.
   */
  readonly traceId?: string;
  /** Id of the parent span in that trace, 16 hexadecimal digits. */
  readonly parentId?: string;
  /**
   * Whether the run is recorded. By default, a run inside of another is recorded if that is, and a new trace at the
   * rate `traces.rate`.
   */
  readonly isSampled?: boolean;
  /** Value of a `tracestate` header, printable ASCII, to be forwarded unchanged. */
  readonly tracestate?: string | undefined;
  /**
   * Whether the right half of `traceId` is known to be random.
   *
   * @default {false}
   */
  readonly hasRandomTraceId?: boolean | undefined;
  /**
   * Whether the run starts a new trace, even inside of another run; not together with a `traceId`.
   *
   * @default {false}
   */
  readonly isRoot?: boolean;
}

/**
 * Tracer: joins the timings of one operation, across functions, promises and threads.
 *
 * @example The stages of one order
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const signal = metrics.timer("signal_generation");
 * const execution = metrics.timer("order_execution");
 *
 * const traceId = await metrics.trace.run({ name: "candle" }, async ({ traceId }) => {
 *   signal.end(signal.start());
 *   await execution.wrap(() => Promise.resolve("filled"))();
 *   return traceId;
 * });
 *
 * const trace = await metrics.findTrace(traceId);
 * assertEquals(trace?.stages.map(({ name }) => name), ["candle", "signal_generation", "order_execution"]);
 * ```
 */
export interface Tracer {
  /** Context of the current run; `undefined` outside of any. */
  readonly current: TraceContext | undefined;
  /**
   * Whether incoming HTTP requests start traces automatically, which they do if `traces` was passed to `createMetrics`.
   */
  readonly isAutomatic: boolean;
  /**
   * Runs a function inside of a trace, and records its duration: until its promise settles, if it returns one.
   * {@linkcode Timer.wrap} describes which promises are followed, and how.
   *
   * @param options Name of the run, and its place in a trace
   * @param operation Function, called with the context
   * @returns Result of the function
   * @throws {TypeError} If an option has the wrong type, or `operation` is not a function
   * @throws {RangeError} If an id or `tracestate` is invalid
   */
  run<Result>(options: TraceOptions, operation: (context: TraceContext) => Result): Result;
  /**
   * Opens a run that {@linkcode Timer.endSpan} ends: the first half of {@linkcode Tracer.run}.
   *
   * @throws {TypeError} If an option has the wrong type
   * @throws {RangeError} If an id or `tracestate` is invalid
   */
  open(options: TraceOptions): TraceContext;
  /**
   * Calls a function inside of a run of {@linkcode Tracer.open}.
   *
   * @returns Result of the function
   */
  within<Result>(context: TraceContext, operation: (context: TraceContext) => Result): Result;
}

/** Context of no trace. */
export const NO_CONTEXT: TraceContext = new RecordedContext({
  number: 0,
  traceWords: new Uint32Array(4),
  spanWords: new Uint32Array(2),
  parentWords: undefined,
  isSampled: false,
  tracestate: "",
  hasRandomTraceId: false,
});

/** Creates the tracer of a thread. */
export function createTracer(recorder: Recorder, registry: Registry, settings: TracerSettings): ThreadTracer {
  // The first run creates the timer, and must not fail because an instrument of the program has its name.
  if (settings.isEnabled) registry.reserve(define("timer", RUN_TIMER, RUN_OPTIONS, registry.defaults));
  let runs: TimerFamily<"trace"> | undefined;
  const timers = new Map<string, Timer>();
  const timerOf = (name: string): Timer => {
    // The program may have removed the timer.
    if (runs !== undefined && registry.find(RUN_TIMER) !== runs) {
      runs = undefined;
      timers.clear();
    }
    let timer = timers.get(name);
    if (timer === undefined) {
      runs ??= registry.getOrCreate("timer", RUN_TIMER, RUN_OPTIONS) as TimerFamily<"trace">;
      timer = runs.with({ trace: name });
      // Names should be few. If they are not, the series are capped, and this map must not outgrow them.
      if (timers.size < TIMERS_KEPT_MAX) timers.set(name, timer);
    }
    return timer;
  };
  const tracer = new ThreadTracer(recorder.tracing, recorder.sampler, settings, timerOf);
  tracer.look();
  return tracer;
}

const RUN_OPTIONS = { help: "Runs of a trace, from start to end", labels: ["trace"] };
const TIMERS_KEPT_MAX = 1_000;
const ACTION = "run in a trace";
const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;

const OPTION_NAMES: readonly (keyof TraceOptions)[] = [
  "name",
  "traceId",
  "parentId",
  "isSampled",
  "tracestate",
  "hasRandomTraceId",
  "isRoot",
];
// Created once, because each run is checked.
const [NAME, TRACE_ID, PARENT_ID, IS_SAMPLED, TRACESTATE, HAS_RANDOM_TRACE_ID, IS_ROOT, OPERATION] = [
  ...OPTION_NAMES,
  "operation",
].map((path): Place => ({ action: ACTION, path }));
const checkName = orDefault(checkString, "run");
const checkFlag = optional(checkBoolean);

/** Tracer of one thread. */
export class ThreadTracer implements Tracer {
  readonly isAutomatic: boolean;
  readonly #tracing: Tracing;
  readonly #sampler: Sampler;
  readonly #settings: TracerSettings;
  readonly #timerOf: (name: string) => Timer;

  /**
   * Creates a tracer.
   *
   * @param sampler Sampler of the thread, whose rate also applies to traces
   * @param timerOf Returns the timer of runs with a name
   */
  constructor(tracing: Tracing, sampler: Sampler, settings: TracerSettings, timerOf: (name: string) => Timer) {
    this.isAutomatic = settings.isAutomatic;
    this.#tracing = tracing;
    this.#sampler = sampler;
    this.#settings = settings;
    this.#timerOf = timerOf;
  }

  get current(): TraceContext | undefined {
    this.look();
    return this.#tracing.current;
  }

  /** Checks whether the program has started to use OpenTelemetry; from then on, its active spans count as contexts. */
  look(): void {
    if (this.#tracing.foreign !== undefined || !this.#settings.isEnabled || !usesOpenTelemetry()) return;
    this.#tracing.foreign = foreignContexts(this.#tracing);
    this.#tracing.activate();
  }

  run<Result>(options: TraceOptions, operation: (context: TraceContext) => Result): Result {
    checkFunction(OPERATION, operation);
    const context = this.open(options);
    const name = checkName(NAME, options.name);
    if (context === NO_CONTEXT) return operation(context);
    const timer = this.#timerOf(name);
    const start = context.isSampled ? timer.startCritical() : timer.start();
    let result: Result;
    try {
      result = this.within(context, operation);
    } catch (error) {
      timer.endSpan(start, context, true);
      throw error;
    }
    const followed = isPromise(result)
      ? endWhenSettled(timer, start, context, result, returnsNewPromises(operation))
      : undefined;
    if (followed !== undefined) return followed as Result;
    timer.endSpan(start, context);
    return result;
  }

  open(options: TraceOptions): TraceContext {
    checkOptionNames(ACTION, options, OPTION_NAMES);
    const { traceId, parentId } = options;
    const traceWords = traceId === undefined ? undefined : checkId(TRACE_ID, traceId, TRACE_DIGITS);
    const parentWords = parentId === undefined ? undefined : checkId(PARENT_ID, parentId, SPAN_DIGITS);
    if (parentWords !== undefined && traceWords === undefined) {
      throw refusal(PARENT_ID, "come with a traceId", parentId, true);
    }
    const tracestate = checkState(options.tracestate);
    const isWanted = checkFlag(IS_SAMPLED, options.isSampled);
    const hasRandomTraceId = checkFlag(HAS_RANDOM_TRACE_ID, options.hasRandomTraceId);
    const isRoot = checkFlag(IS_ROOT, options.isRoot);
    if (!this.#settings.isEnabled) return NO_CONTEXT;

    this.look();
    const { rate } = this.#sampler;
    const around = isRoot ? undefined : this.#tracing.current;
    // No run is recorded, and there is no trace to propagate.
    if (rate === 0 && traceWords === undefined && around === undefined) return NO_CONTEXT;
    const part = traceWords === undefined || traceId?.toLowerCase() === around?.traceId ? around : undefined;
    return this.#tracing.open({
      traceWords: traceWords ?? part?.traceWords,
      parentWords: parentWords ?? part?.spanWords,
      isSampled: rate > 0 && (isWanted ?? part?.isSampled ?? this.#isChosen(rate)),
      tracestate: tracestate ?? part?.tracestate ?? "",
      hasRandomTraceId: hasRandomTraceId ?? part?.hasRandomTraceId ?? false,
    });
  }

  within<Result>(context: TraceContext, operation: (context: TraceContext) => Result): Result {
    if (!(context instanceof RecordedContext)) throw typeError(ACTION, "context", "come from open()", context);
    if (context === NO_CONTEXT) return operation(context);
    return this.#tracing.storage.run(context, operation, context);
  }

  /** Whether a new trace is recorded: with a probability of the traces' rate times the sampling rate of calls. */
  #isChosen(samplingRate: number): boolean {
    const rate = this.#settings.rate * samplingRate;
    return rate >= 1 || this.#tracing.random() < rate;
  }
}

/**
 * Ends a run when a promise settles. A separate function, because variables that a closure captures are allocated at
 * each call.
 */
function endWhenSettled(
  timer: Timer,
  start: number,
  context: TraceContext,
  promise: Promise<unknown>,
  isNew: boolean,
): Promise<unknown> | undefined {
  return whenSettled(
    promise,
    isNew,
    () => timer.endSpan(start, context),
    () => timer.endSpan(start, context, true),
  );
}

function checkState(given: unknown): string | undefined {
  if (given === undefined || isTracestateText(given)) return given;
  throw refusal(TRACESTATE, "be printable ASCII, as a header is", checkString(TRACESTATE, given), true);
}

function checkId(place: Place, given: unknown, digits: number): Uint32Array {
  const id = checkString(place, given);
  const words = id.length === digits && /^[0-9a-f]+$/i.test(id) ? fromHex(id) : undefined;
  if (words?.some((word) => word !== 0)) return words;
  throw refusal(place, `be ${digits} hexadecimal digits, not all zero`, id, true);
}

/**
 * Timers: distributions of durations, in seconds. A timing is one record with its duration, written at its end, so
 * overlapping operations cannot be confused.
 *
 * @module
 */

import type { Duration } from "../check/duration.ts";
import type { Labels } from "../model/model.ts";
import type { TraceContext } from "../record/trace_context.ts";
import type { InstrumentFamily } from "./family.ts";
import type { DistributionOptions } from "./histogram.ts";
import type { SloOptions } from "./slo.ts";
import type { TimerScope } from "./timer_scope.ts";

/**
 * Distribution of durations, in seconds.
 *
 * @example Three ways to time
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const execution = metrics.timer("order_execution", { help: "Signal to submission" });
 *
 * const start = execution.start();
 * await Promise.resolve("submitted");
 * execution.end(start);
 *
 * {
 *   using _span = execution.span();
 * }
 *
 * const submit = execution.wrap((order: string) => Promise.resolve(order));
 * assertEquals(await submit("buy"), "buy");
 *
 * const { metrics: [{ name, series: [timings] }] } = await metrics.snapshot();
 * assertEquals(name, "order_execution_seconds");
 * assertEquals("count" in timings && timings.count, 3);
 * ```
 */
export interface Timer {
  /**
   * Starts a timing.
   *
   * @returns Token for {@linkcode Timer.end}, to be passed unchanged
   */
  start(): number;
  /**
   * Ends a timing and records it. Never throws: a token that is not a number, or lies in the future, is rejected and
   * counted in `hotpath_records_rejected_total`.
   *
   * @param start Token of {@linkcode Timer.start}
   */
  end(start: number): void;
  /**
   * Records a duration that was measured elsewhere.
   *
   * @param seconds The duration in seconds
   */
  observe(seconds: number): void;
  /**
   * Starts a timing that is never sampled out, for {@linkcode Timer.endCritical}.
   *
   * @returns Token, to be passed unchanged
   */
  startCritical(): number;
  /**
   * Ends a timing, records it regardless of the sampling rate, and publishes it at once. Otherwise like
   * {@linkcode Timer.end}. A timing of {@linkcode Timer.start} that was sampled out has no duration, and is only counted.
   *
   * @param start Token of {@linkcode Timer.startCritical}
   *
   * @example An order that must not be sampled out
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics({ aggregation: "inline", sampling: { rate: 0 } });
   * const execution = metrics.timer("order_execution", { help: "Signal to submission" });
   * execution.endCritical(execution.startCritical());
   * execution.observeCritical(2);
   * const { metrics: [{ series: [timings] }] } = await metrics.snapshot();
   * assertEquals("max" in timings && [timings.count, timings.max], [2, 2]);
   * ```
   */
  endCritical(start: number): void;
  /**
   * Records a duration that was measured elsewhere, regardless of the sampling rate, and publishes it at once.
   *
   * @param seconds The duration in seconds
   */
  observeCritical(seconds: number): void;
  /**
   * Records a duration that was measured elsewhere, with an exemplar. {@linkcode Histogram.observeWithExemplar} describes
   * which exemplars are exposed, and what happens to an invalid one.
   *
   * @param seconds The duration in seconds
   * @param exemplar Labels such as the id of a trace: at most 128 code points, names and values together
   */
  observeWithExemplar(seconds: number, exemplar: Labels): void;
  /**
   * Ends a timing and records it with an exemplar. A timing that is sampled out has no duration, and so no exemplar.
   *
   * @param start Token of {@linkcode Timer.start}
   * @param exemplar As for {@linkcode Timer.observeWithExemplar}
   *
   * @example Link an order to its trace
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics({ aggregation: "inline" });
   * const execution = metrics.timer("order_execution", { help: "Signal to submission" });
   * const start = execution.start();
   * execution.endWithExemplar(start, { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" });
   * execution.observeWithExemplar(0.5, { trace_id: "00f067aa0ba902b7a3ce929d0e0e4736" });
   * const { metrics: [{ series: [timings] }] } = await metrics.snapshot();
   * assertEquals("max" in timings && [timings.count, timings.max], [2, 0.5]);
   * ```
   */
  endWithExemplar(start: number, exemplar: Labels): void;
  /**
   * Ends a timing that covers a whole run of {@linkcode Tracer.open}: the timing becomes the span of the run.
   *
   * @param start Token of {@linkcode Timer.start}
   * @param context Context of {@linkcode Tracer.open}
   * @param hasFailed Whether the span is marked as failed; `false` by default
   */
  endSpan(start: number, context: TraceContext, hasFailed?: boolean): void;
  /**
   * Starts a timing that may end on another thread, by {@linkcode Timer.endInTrace} on a timer of the same name and labels
   * in the same trace. Never sampled out. Outside of a trace it is rejected and counted in
   * `hotpath_records_rejected_total`.
   */
  startInTrace(): void;
  /**
   * Ends a timing that {@linkcode Timer.startInTrace} started, on any thread. The aggregator joins starts and ends in the
   * order of their arrival; those without a counterpart are counted in `hotpath_trace_ends_unmatched_total` and
   * `hotpath_trace_starts_unmatched_total`.
   */
  endInTrace(): void;
  /** Times a scope: `using _ = timer.span()`. Disposing it a second time does nothing. */
  span(): TimerScope;
  /**
   * Times each call of a function, even one that throws. If it returns a promise, the timing ends when that settles. The
   * promise of a function that is not `async` is followed from its first use on (`await`, `then`), and not recorded if it
   * is never used.
   *
   * The program sees no difference: results are returned unchanged, promises included, and an unhandled rejection is
   * still reported once. Objects with a `then` method that are not promises are not awaited, because a query builder
   * starts its query when `then` is called: to time the query, wrap a function that awaits it. For generators and
   * streams, the call that returns them is timed.
   *
   * @param operation Function or class
   * @returns Function with the same name, length, properties and `this`, which can be called with `new` if `operation` can
   * @throws {TypeError} If it is not a function
   *
   * @example Time a query, not the creation of its builder
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics({ aggregation: "inline" });
   * const query = metrics.timer("database_query");
   * const select = (table: string) => ({ then: (resolve: (rows: string[]) => void) => resolve([table]) });
   *
   * const timedSelect = query.wrap(async (table: string) => await select(table));
   * assertEquals(await timedSelect("orders"), ["orders"]);
   * ```
   */
  wrap<This, Args extends unknown[], Result>(
    operation: (this: This, ...args: Args) => Result,
  ): (this: This, ...args: Args) => Result;
  /**
   * Calls a function once and times the call, as a wrapped function is timed: a throw and a rejection are recorded and
   * passed on. For a function that is called often, {@linkcode Timer.wrap} it once instead.
   *
   * @param operation Function, called without arguments
   * @returns Its result, unchanged
   * @throws {TypeError} If it is not a function
   *
   * @example Time one step of a start
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics({ aggregation: "inline" });
   * const startup = metrics.timer("startup_step");
   * assertEquals(startup.time(() => "parsed"), "parsed");
   * assertEquals(await startup.time(async () => await Promise.resolve("connected")), "connected");
   *
   * const { metrics: [{ series: [timings] }] } = await metrics.snapshot();
   * assertEquals("count" in timings && timings.count, 2);
   * ```
   */
  time<Result>(operation: () => Result): Result;
  /** Resets the timer: it has no values afterwards. */
  reset(): void;
}

/** Timer with labels. */
export type TimerFamily<Label extends string> = InstrumentFamily<Label, Timer>;

/** Options of a timer. Its unit is seconds. */
export interface TimerOptions extends DistributionOptions {
  /**
   * Service level objective: an object, or a threshold such as `"5ms"` alone, whose target is 0.999. Without an
   * objective, violations are not counted.
   */
  readonly slo?: Duration | SloOptions;
}

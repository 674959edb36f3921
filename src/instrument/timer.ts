/**
 * Timers: distributions of durations, in seconds. A timing is one record, written at its end and
 * carrying its duration, so operations that overlap cannot be mixed up.
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
 * A distribution of durations.
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
   * @returns A token for {@linkcode Timer.end}, to be kept as it is
   */
  start(): number;
  /**
   * Ends a timing and records it. Never throws: a token that is no number, or lies in the future,
   * is left out and counted in `hotpath_records_rejected_total`.
   *
   * @param start What {@linkcode Timer.start} gave
   */
  end(start: number): void;
  /**
   * Records a duration that was measured elsewhere.
   *
   * @param seconds The duration in seconds
   */
  observe(seconds: number): void;
  /**
   * Starts a timing that sampling must not leave out: for {@linkcode Timer.endCritical}.
   *
   * @returns A token, to be kept as it is
   */
  startCritical(): number;
  /**
   * Ends a timing and records it whatever the sampling rate, for all readers to see at once. Else as
   * {@linkcode Timer.end}. A timing that {@linkcode Timer.start} began and sampling has left out has no duration, and is
   * counted only.
   *
   * @param start What {@linkcode Timer.startCritical} gave
   *
   * @example The one order that must be seen
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
   * Records a duration that was measured elsewhere, whatever the sampling rate, for all readers to see at once.
   *
   * @param seconds The duration in seconds
   */
  observeCritical(seconds: number): void;
  /**
   * Records a duration that was measured elsewhere, and says where to read more about it. See
   * {@linkcode Histogram.observeWithExemplar} for which exemplars are exposed, and what happens to a bad one.
   *
   * @param seconds The duration in seconds
   * @param exemplar Labels such as the id of a trace: at most 128 code points, names and values together
   */
  observeWithExemplar(seconds: number, exemplar: Labels): void;
  /**
   * Ends a timing, records it, and says where to read more about it. A timing that sampling leaves out has no duration,
   * and so no exemplar.
   *
   * @param start What {@linkcode Timer.start} gave
   * @param exemplar As for {@linkcode Timer.observeWithExemplar}
   *
   * @example Tell the trace of an order
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
   * Ends a timing that is the whole of a run which {@linkcode Tracer.open} has opened: the timing becomes the run's span.
   *
   * @param start What {@linkcode Timer.start} gave
   * @param context What {@linkcode Tracer.open} gave
   * @param hasFailed Whether the span is to say that what was timed has failed; not by default
   */
  endSpan(start: number, context: TraceContext, hasFailed?: boolean): void;
  /**
   * Starts a timing that may end on another thread: by {@linkcode Timer.endInTrace} on a timer of the same name and labels,
   * in the same trace. Not sampled. Outside of a trace it is left out and counted in `hotpath_records_rejected_total`.
   */
  startInTrace(): void;
  /**
   * Ends a timing that {@linkcode Timer.startInTrace} has started, on whichever thread. The aggregator joins the two, first
   * come, first served; what finds no other half is counted in `hotpath_trace_ends_unmatched_total` and
   * `hotpath_trace_starts_unmatched_total`.
   */
  endInTrace(): void;
  /** Times a scope: `using _ = timer.span()`. Disposing of it a second time does nothing. */
  span(): TimerScope;
  /**
   * Times each call of a function, throws included. If it returns a promise, the timing ends when that settles; the
   * promise of a function that is not `async` is followed from its first use on (`await`, `then`), and not recorded
   * without one.
   *
   * The program sees no difference: results are handed on as they are, promises included, and a rejection that nobody
   * handles is still reported once. Nothing that only has a method `then` is waited for, because a query builder begins
   * its query when `then` is called: to time the query, wrap a function that awaits it. Of generators and streams, the
   * call that returns them is timed.
   *
   * @param operation The function or class
   * @returns A function with the same name, length, properties and `this`, which can be called with `new` if `operation`
   * can
   * @throws {TypeError} If it is no function
   *
   * @example Time a query, not the making of its builder
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
  /** Starts again without values. */
  reset(): void;
}

/** A timer with labels. */
export type TimerFamily<Label extends string> = InstrumentFamily<Label, Timer>;

/** What can be said of a timer. Its unit is seconds. */
export interface TimerOptions extends DistributionOptions {
  /** Its service level objective; without one, violations are not counted. */
  readonly slo?: Duration | SloOptions;
}

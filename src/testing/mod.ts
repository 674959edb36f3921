/**
 * Metrics for tests: on the calling thread, with a clock that the test advances.
 *
 * @module
 */

import { createMetrics } from "../create_metrics.ts";
import type { Metrics } from "../api/metrics.ts";
import type { MetricsOptions } from "../config/options.ts";
import type { Clock } from "../record/clock.ts";
import { rangeError } from "../check/errors.ts";
import { checkObject } from "../check/options.ts";

/** Clock that moves only when it is advanced. */
export class FakeClock implements Clock {
  #nowMs: number;

  /**
   * Creates a clock at a time.
   *
   * @param nowMs Time in milliseconds
   */
  constructor(nowMs: number = 0) {
    this.#nowMs = nowMs;
  }

  /** Returns the time in milliseconds. */
  now(): number {
    return this.#nowMs;
  }

  /**
   * Advances the clock.
   *
   * @param ms Milliseconds, not below zero
   * @throws {RangeError} If the clock would move back
   */
  advance(ms: number): void {
    if (!(ms >= 0)) throw rangeError("advance the clock", "ms", "not be below zero", ms);
    this.#nowMs += ms;
  }
}

/** Metrics with their clock. */
export interface InlineMetrics extends AsyncDisposable {
  /** Metrics that aggregate on this thread. */
  readonly metrics: Metrics;
  /** Clock of their timings and windows. */
  readonly clock: FakeClock;
}

/**
 * Creates metrics for a test.
 *
 * @param options All options except `aggregation` and `clock`
 *
 * @example Time without waiting
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { inlineMetrics } from "@hotpath/metrics/testing";
 *
 * await using test = inlineMetrics();
 * const timer = test.metrics.timer("order_execution");
 * const start = timer.start();
 * test.clock.advance(5);
 * timer.end(start);
 * const { metrics: [{ series: [timings] }] } = await test.metrics.snapshot();
 * assertEquals("sum" in timings && timings.sum, 0.005);
 * ```
 */
export function inlineMetrics(options: Omit<MetricsOptions, "aggregation" | "clock"> = {}): InlineMetrics {
  const clock = new FakeClock();
  const metrics = createMetrics({
    ...checkObject({ action: "create metrics", path: "" }, options),
    aggregation: "inline",
    clock,
  });
  return { metrics, clock, [Symbol.asyncDispose]: () => metrics.close() };
}

/**
 * Interface of the metrics of an attached thread.
 *
 * @module
 */

import type { RuntimeOptions } from "../model/runtime_choice.ts";
import type { Metrics } from "./metrics.ts";

/** Instruments of an attached thread, which records into the metrics of another. */
export interface AttachedMetrics extends
  Pick<
    Metrics,
    "counter" | "gauge" | "histogram" | "timer" | "summary" | "find" | "remove" | "trace" | "declareKpis"
  >,
  AsyncDisposable {
  /**
   * Resolves when everything recorded so far on this thread is aggregated. If the aggregator has failed, it resolves once
   * that was started again.
   *
   * @throws {TypeError} If another thread had defined an instrument of this thread differently before; it records nothing,
   * and the metrics' health is `DEGRADED`
   * @throws {Error} If the metrics are closed on the thread that created them, or the aggregator has failed ten times
   * meanwhile, in which case recording goes on
   */
  flush(): Promise<void>;
  /**
   * Aggregates what is left and leaves the metrics: counters and records of this thread stay, its values of gauges go.
   * Afterwards recording does nothing. A thread that ends without it loses what it has not published yet, the records of
   * one drain interval at most.
   *
   * @throws {TypeError} As for {@linkcode flush}
   */
  close(): Promise<void>;
}

/** Options of a thread that attaches to metrics. */
export interface AttachOptions {
  /**
   * Numbers of the runtime that are collected of this thread; `true` for all of them. Those of the process are an option
   * of `createMetrics`.
   *
   * @default {false}
   */
  readonly runtime?: boolean | Omit<RuntimeOptions, "process">;
  /** Name of the thread, the label `thread` of those numbers; `"worker-1"`, `"worker-2"`, … by default. */
  readonly name?: string;
}

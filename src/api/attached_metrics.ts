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
    "counter" | "gauge" | "histogram" | "timer" | "summary" | "info" | "find" | "remove" | "trace" | "declareKpis"
  >,
  AsyncDisposable {
  /**
   * Resolves when everything recorded so far on this thread is aggregated. If the aggregator has failed, it resolves
   * once the aggregator is restarted.
   *
   * @throws {TypeError} If another thread has already defined an instrument of this thread differently; the instrument
   * records nothing on this thread, and the health is `DEGRADED`
   * @throws {Error} If the metrics are closed on the thread that created them, or the aggregator has failed ten times
   * meanwhile, in which case recording continues
   */
  flush(): Promise<void>;
  /**
   * Aggregates everything recorded so far and detaches this thread: its counters and records stay, its gauge values are
   * removed. Afterwards recording does nothing. A thread that ends without `close` loses what it has not published, at
   * most the records of one drain interval.
   *
   * @throws {TypeError} As for {@linkcode flush}
   */
  close(): Promise<void>;
}

/** Options of a thread that attaches to metrics. */
export interface AttachOptions {
  /**
   * Runtime metrics to collect on this thread; `true` for all of them. Metrics of the process are an option of
   * `createMetrics`.
   *
   * @default {false}
   */
  readonly runtime?: boolean | Omit<RuntimeOptions, "process">;
  /** Name of the thread: the label `thread` of its runtime metrics; `"worker-1"`, `"worker-2"`, … by default. */
  readonly name?: string;
}

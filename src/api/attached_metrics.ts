/**
 * What a thread gets that joins the metrics of another.
 *
 * @module
 */

import type { RuntimeOptions } from "../model/runtime_choice.ts";
import type { Metrics } from "./metrics.ts";

/** The instruments of metrics that another thread has made. */
export interface AttachedMetrics extends
  Pick<
    Metrics,
    "counter" | "gauge" | "histogram" | "timer" | "summary" | "find" | "remove" | "trace" | "declareKpis"
  >,
  AsyncDisposable {
  /**
   * Resolves when everything recorded so far on this thread is aggregated. If the aggregator has failed, that is when
   * it was started again.
   *
   * @throws {TypeError} If an instrument of this thread has another definition on a thread that was
   * faster; it records nothing, and the metrics' health is `DEGRADED`
   * @throws {Error} If the metrics are closed on the thread that made them, or the aggregator has failed ten times
   * meanwhile; recording goes on then
   */
  flush(): Promise<void>;
  /**
   * Aggregates what is left and leaves the metrics: what this thread has counted and recorded stays,
   * its values of gauges go. Afterwards recording does nothing. Call it before the thread ends, which
   * else loses what it has not published yet, a drain interval's worth at most.
   *
   * @throws {TypeError} As for {@linkcode flush}
   */
  close(): Promise<void>;
}

/** What can be said of a thread that joins metrics. */
export interface AttachOptions {
  /**
   * Which of the runtime's own numbers are collected of this thread: all of them with `true`; none by default. What is
   * about the process is asked for where the metrics are made.
   */
  readonly runtime?: boolean | Omit<RuntimeOptions, "process">;
  /** The thread's name, the label `thread` of those numbers; `"worker-1"`, `"worker-2"`, … by default. */
  readonly name?: string;
}

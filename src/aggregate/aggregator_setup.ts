/**
 * What an aggregator is told: plain data, so that it can be sent to a worker, and who listens to it.
 *
 * @module
 */

import type { HealthSettings } from "../health/settings.ts";
import type { BucketLimit } from "../model/model.ts";
import type { SamplingPlan } from "../model/sampling_plan.ts";
import type { ThreadLink } from "./thread_links.ts";
import type { OnForgotten } from "./series/store.ts";
import type { SharedSettings } from "../ring/shared_settings.ts";
import type { SpanSink } from "../model/sink.ts";
import type { PreviousRun } from "./series/previous_run.ts";
import type { TraceLimits } from "../model/trace_limits.ts";
import type { WindowSpec } from "../sketch/sliding_window.ts";

/** What an aggregator is told at its start. */
export interface AggregatorSetup {
  /** Where it runs. */
  readonly aggregation: "worker" | "inline";
  /** The name of the timers' clock. */
  readonly clock: string;
  /** When the metrics were created, in milliseconds since the epoch. */
  readonly createdMs: number;
  /** The limit on the native buckets of a series. */
  readonly bucketLimit: BucketLimit;
  /** The windows of every distribution. */
  readonly windows: readonly WindowSpec[];
  /** Milliseconds between drains when little happens. */
  readonly drainIntervalMs: number;
  /** Milliseconds that a series may be idle. */
  readonly idleTtlMs: number;
  /** What the health is judged by. */
  readonly health: HealthSettings;
  /** Whether all records carry a time by the aggregator's own clock. */
  readonly isStamped: boolean;
  /** The names of refusals and their places in a ring's counts. */
  readonly rejectedReasons: Readonly<Record<string, number>>;
  /** Series of all threads before label sets go to the overflow series. */
  readonly seriesMax: number;
  /** Whether its own metrics are exposed; they are by default. */
  readonly selfMetrics?: boolean;
  /** What sampling rates follow beside a budget; nothing by default. */
  readonly samplingPlan?: SamplingPlan;
  /** How much is kept of traces; the usual by default. */
  readonly traceLimits?: TraceLimits;
  /** Whether it tells of the process too. */
  readonly hasProcessMetrics?: boolean;
}

/** What an aggregator works with besides its setup, which cannot be sent to a thread. */
export interface AggregatorContext {
  /** What the previous run has left; nothing by default. */
  readonly previous?: PreviousRun;
  /** What can be changed at run time; nothing by default. */
  readonly settings?: SharedSettings;
  /** Where spans go, besides the traces that are kept; nowhere by default. */
  readonly sinks?: readonly SpanSink[];
  /** A drain has failed in the middle: nothing can be relied on any more. */
  readonly onBroken?: (error: unknown) => void;
  /** See `OnForgotten` of the series. */
  readonly onForgotten?: OnForgotten;
  /** A thread's instrument was removed by another thread. */
  readonly onRemoved?: (link: ThreadLink, instrument: number) => void;
}

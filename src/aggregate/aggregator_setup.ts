/**
 * Settings of an aggregator: plain data, so that they can be sent to a worker, and what it works with on its thread.
 *
 * @module
 */

import type { HealthSettings } from "../health/settings.ts";
import type { BucketLimit } from "../model/model.ts";
import type { SamplingPlan } from "../model/sampling_plan.ts";
import type { SpanSink } from "../model/sink.ts";
import type { TraceLimits } from "../model/trace_limits.ts";
import type { SharedSettings } from "../ring/shared_settings.ts";
import type { WindowSpec } from "../sketch/sliding_window.ts";
import type { PreviousRun } from "./series/previous_run.ts";
import type { OnForgotten } from "./series/store.ts";
import type { ThreadLink } from "./thread_links.ts";

/** Settings of an aggregator. */
export interface AggregatorSetup {
  /** Where it runs. */
  readonly aggregation: "worker" | "inline";
  /** Name of the timers' clock. */
  readonly clock: string;
  /** When the metrics were created, in milliseconds since the epoch. */
  readonly createdMs: number;
  /** Limit on the native buckets of a series. */
  readonly bucketLimit: BucketLimit;
  /** Windows of every distribution. */
  readonly windows: readonly WindowSpec[];
  /** Milliseconds between drains while rings are nearly empty. */
  readonly drainIntervalMs: number;
  /** Milliseconds without a change after which a series is idle. */
  readonly idleTtlMs: number;
  /** Health checks and their thresholds. */
  readonly health: HealthSettings;
  /** Whether all records carry a time of the aggregator's own clock. */
  readonly isStamped: boolean;
  /** Reasons of rejections, and their positions in a ring's counts. */
  readonly rejectedReasons: Readonly<Record<string, number>>;
  /** Series of all threads before label sets go to the overflow series. */
  readonly seriesMax: number;
  /** Whether self-metrics are exposed. @default {true} */
  readonly selfMetrics?: boolean;
  /** What sampling rates follow besides a budget; nothing by default. */
  readonly samplingPlan?: SamplingPlan;
  /** Limits on the traces that are kept; `TRACE_LIMITS` by default. */
  readonly traceLimits?: TraceLimits;
  /** Whether metrics of the process are exposed. @default {false} */
  readonly hasProcessMetrics?: boolean;
}

/** What an aggregator works with besides its setup, which cannot be sent to a thread. */
export interface AggregatorContext {
  /** What previous runs have left; nothing by default. */
  readonly previous?: PreviousRun;
  /** Settings that can be changed at run time; none by default. */
  readonly settings?: SharedSettings;
  /** Where spans go, besides the traces that are kept; nowhere by default. */
  readonly sinks?: readonly SpanSink[];
  /** Called when a drain has failed in the middle, after which no state is reliable. */
  readonly onBroken?: (error: unknown) => void;
  /** Called with a forgotten series of departed threads, see {@linkcode OnForgotten}. */
  readonly onForgotten?: OnForgotten;
  /** Called with a thread and its instrument that another thread has removed. */
  readonly onRemoved?: (link: ThreadLink, instrument: number) => void;
}

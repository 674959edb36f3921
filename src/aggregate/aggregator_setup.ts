/**
 * Setup of an aggregator, which is plain data that can be sent to a worker, and its context, which is not.
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
import type { OnForgotten } from "./series/scalar_family.ts";
import type { ThreadLink } from "./thread_links.ts";

/** Settings of aggregation, resolved from options, environment and configuration file. */
export interface AggregateSettings {
  /** Limit on the native buckets of a series. */
  readonly bucketLimit: BucketLimit;
  /** Windows of every distribution. */
  readonly windows: readonly WindowSpec[];
  /** Names of the windows whose quantiles are exposed; `undefined` for the window nearest to a minute. */
  readonly exposedWindows: readonly string[] | undefined;
  /** Milliseconds between drains while rings are nearly empty. */
  readonly drainIntervalMs: number;
  /** Milliseconds after which an idle series is hidden; `Infinity` for never. */
  readonly idleTtlMs: number;
  /** Thresholds of the health checks. */
  readonly health: HealthSettings;
  /** Maximum number of series of all threads; further label sets go to the overflow series. */
  readonly seriesMax: number;
  /** Whether Hotpath's own metrics are exposed. */
  readonly selfMetrics: boolean;
  /** Rules by which sampling rates adapt, besides the budget. */
  readonly samplingPlan: SamplingPlan;
  /** Limits of kept traces. */
  readonly traceLimits: TraceLimits;
  /** Whether metrics of the process are exposed. */
  readonly hasProcessMetrics: boolean;
}

/** Setup of an aggregator: its settings, and facts about the program that created the metrics. */
export interface AggregatorSetup extends AggregateSettings {
  /** Place of aggregation. */
  readonly aggregation: "worker" | "inline";
  /** Name of the clock of timings. */
  readonly clock: string;
  /** Time when the metrics were created, in milliseconds since the epoch. */
  readonly createdMs: number;
  /** Whether all records carry a time of the aggregator's clock. */
  readonly isStamped: boolean;
  /** Reasons for rejecting values, with the positions of their counts in a ring. */
  readonly rejectedReasons: Readonly<Record<string, number>>;
}

/** Objects that an aggregator works with and that cannot be sent to a thread. */
export interface AggregatorContext {
  /** State of previous runs; none by default. */
  readonly previous?: PreviousRun;
  /** Settings that can be changed at run time; none by default. */
  readonly settings?: SharedSettings;
  /** Sinks of spans; none by default. */
  readonly sinks?: readonly SpanSink[];
  /** Called when a drain has failed in the middle, after which the state is unreliable. */
  readonly onBroken?: (error: unknown) => void;
  /** Called when a series with totals of departed threads is removed, see {@linkcode OnForgotten}. */
  readonly onForgotten?: OnForgotten;
  /** Called when a thread uses an instrument that another thread has removed. */
  readonly onRemoved?: (link: ThreadLink, instrument: number) => void;
}

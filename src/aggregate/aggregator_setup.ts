/**
 * Setup of an aggregator: plain data, so that it can be sent to a worker; and its context, which cannot.
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

/** Settings of aggregation, as options, environment and configuration file resolve them. */
export interface AggregateSettings {
  /** Limit on the native buckets of a series. */
  readonly bucketLimit: BucketLimit;
  /** Windows of every distribution. */
  readonly windows: readonly WindowSpec[];
  /** Names of the windows whose quantiles are exposed; `undefined` for all. */
  readonly exposedWindows: readonly string[] | undefined;
  /** Milliseconds between drains while rings are nearly empty. */
  readonly drainIntervalMs: number;
  /** Milliseconds after which an idle series is hidden; `Infinity` for never. */
  readonly idleTtlMs: number;
  /** Thresholds of health checks. */
  readonly health: HealthSettings;
  /** Series of all threads before new label sets go to the overflow series. */
  readonly seriesMax: number;
  /** Whether Hotpath's own metrics are exposed. */
  readonly selfMetrics: boolean;
  /** How sampling rates adapt, apart from a budget. */
  readonly samplingPlan: SamplingPlan;
  /** Limits on the traces that are kept. */
  readonly traceLimits: TraceLimits;
  /** Whether metrics of the process are exposed. */
  readonly hasProcessMetrics: boolean;
}

/** Everything that an aggregator starts from: its settings, and facts about the program that created the metrics. */
export interface AggregatorSetup extends AggregateSettings {
  /** Where it runs. */
  readonly aggregation: "worker" | "inline";
  /** Name of the clock of timings. */
  readonly clock: string;
  /** When the metrics were created, in milliseconds since the epoch. */
  readonly createdMs: number;
  /** Whether all records carry a time by the aggregator's own clock. */
  readonly isStamped: boolean;
  /** Reasons why values are rejected, with the places of their counts in a ring. */
  readonly rejectedReasons: Readonly<Record<string, number>>;
}

/** Objects that an aggregator works with besides its setup, and which cannot be sent to a thread. */
export interface AggregatorContext {
  /** State of previous runs; none by default. */
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

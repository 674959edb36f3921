/**
 * Messages of the live feed, shared by the server and the page: one message of definitions at the start, then one
 * frame per interval with the changes since the previous one.
 *
 * @module
 */

import type { Exemplar, Labels, SloObjective } from "./model.ts";
import type { HealthState } from "./health_status.ts";
import type { Kpi } from "./kpi.ts";
import type { Quantiles, SnapshotMeta } from "./snapshot.ts";

/** First message of a feed; repeated for a slow client that lost frames. */
export interface LiveStart {
  /** Kind of message. */
  readonly type: "start";
  /** Time in milliseconds since the epoch. */
  readonly timestampMs: number;
  /** Milliseconds between two frames. */
  readonly intervalMs: number;
  /** Name of the sliding window that distributions report, such as `"1m"`. */
  readonly window: string;
  /** Number of frames that this client has lost since its feed began. */
  readonly framesLost: number;
  /** All metrics. */
  readonly metrics: readonly LiveMetric[];
  /** Declared key performance indicators. */
  readonly kpis: readonly Kpi[];
  /** All series. */
  readonly series: readonly LiveSeries[];
}

/** Metric: properties shared by all its series. */
export interface LiveMetric {
  /** Exposed name. */
  readonly name: string;
  /** Exposed type. */
  readonly type: "counter" | "gauge" | "histogram" | "summary";
  /** Unit; empty if it has none. */
  readonly unit: string;
  /** Description of what it measures. */
  readonly help: string;
  /** Resolution of the buckets: bucket i holds (base^(i−1), base^i], base = 2^(2^−schema); distributions only. */
  readonly schema?: number;
  /** Objective, for timers that have one. */
  readonly slo?: SloObjective;
}

/** A series. */
export interface LiveSeries {
  /** Id within the frames of this feed. */
  readonly id: number;
  /** Exposed name of its metric. */
  readonly metric: string;
  /** Label set. */
  readonly labels: Labels;
}

/** Frame of changes. The first one has the value of every series. */
export interface LiveFrame {
  /** Kind of message. */
  readonly type: "frame";
  /** Time in milliseconds since the epoch. */
  readonly timestampMs: number;
  /** Milliseconds since the previous frame, by a monotonic clock; 0 for the first one. */
  readonly elapsedMs: number;
  /** New metrics. */
  readonly metrics?: readonly LiveMetric[];
  /** All key performance indicators, if one was declared since the previous frame. */
  readonly kpis?: readonly Kpi[];
  /** New series. */
  readonly series?: readonly LiveSeries[];
  /** Ids of series that were removed. */
  readonly removed?: readonly number[];
  /** Counters and gauges whose value has changed. */
  readonly scalars: readonly (readonly [id: number, value: number])[];
  /** Distributions that have changed. */
  readonly distributions: readonly LiveDistribution[];
  /** Health, if it has changed. */
  readonly health?: HealthState;
  /** State of Hotpath itself. */
  readonly self: LiveSelf;
}

/** Distribution that has changed. */
export interface LiveDistribution {
  /** Id of its series. */
  readonly id: number;
  /** Number of values since the start, exact. */
  readonly count: number;
  /** Sum of the values. */
  readonly sum: number;
  /** State of the feed's sliding window. */
  readonly window: LiveWindow;
  /** Compliance with its objective since the start; the burn rate is that of the feed's window. */
  readonly slo?: { readonly violations: number; readonly compliance: number | null; readonly burnRate: number | null };
  /**
   * Gains of its buckets since the previous frame; absent in the first frame, or after the series was reset.
   */
  readonly gained?: LiveBuckets;
  /** Exemplars, if they have changed. */
  readonly exemplars?: readonly Exemplar[];
}

/** State of a sliding window of a distribution. */
export interface LiveWindow {
  /** Number of values in the window. */
  readonly count: number;
  /** Values per second. */
  readonly rate: number;
  /** Mean of the values; `null` if there are none. */
  readonly mean: number | null;
  /** Largest value, exact; `null` if there are none. */
  readonly max: number | null;
  /** Quantiles of the values. */
  readonly quantiles: Quantiles;
}

/** Counts by bucket: pairs of an index and a count, ascending. */
export interface LiveBuckets {
  /** Resolution, if coarser than the metric's because the values of this series have a wide range. */
  readonly schema?: number;
  /** Buckets above zero. */
  readonly positive?: readonly number[];
  /** Buckets below zero, by their magnitude. */
  readonly negative?: readonly number[];
  /** Number of zeros. */
  readonly zero?: number;
}

/** State of Hotpath itself. */
export interface LiveSelf {
  /** Totals. */
  readonly meta: SnapshotMeta;
  /** Occupancy of the fullest ring, 0 to 1. */
  readonly ringOccupancyRatio: number;
  /** Share of calls that are recorded, 0 to 1. */
  readonly samplingRate: number;
  /** Share of one core that recording takes; `null` unless it is measured. */
  readonly overheadRatio: number | null;
  /** 99th percentile of the duration of drains, in seconds; `null` before the first. */
  readonly drainSecondsP99: number | null;
  /** 99th percentile of the time to encode a scrape, in seconds; `null` before the first. */
  readonly scrapeSecondsP99: number | null;
}

/** Message of the feed. */
export type LiveMessage = LiveStart | LiveFrame;

/**
 * The messages of the live feed, which who sends them and who draws them share. One message of definitions at the
 * start, then a frame an interval that carries what has changed since the one before.
 *
 * @module
 */

import type { Exemplar, Labels, SloObjective } from "./model.ts";
import type { HealthState } from "./health_status.ts";
import type { Kpi } from "./kpi.ts";
import type { Quantiles, SnapshotMeta } from "./snapshot.ts";

/** What a feed begins with, and begins again with after frames were lost to a slow client. */
export interface LiveStart {
  /** Which message it is. */
  readonly type: "start";
  /** When, in milliseconds since the epoch. */
  readonly timestampMs: number;
  /** Milliseconds between two frames. */
  readonly intervalMs: number;
  /** The sliding window that the windows of distributions are those of, such as `"1m"`. */
  readonly window: string;
  /** Frames that this client has lost since its feed began. */
  readonly framesLost: number;
  /** The metrics there are. */
  readonly metrics: readonly LiveMetric[];
  /** The key performance indicators that the program has declared. */
  readonly kpis: readonly Kpi[];
  /** The series there are. */
  readonly series: readonly LiveSeries[];
}

/** What stays the same for all series of a metric. */
export interface LiveMetric {
  /** The exposed name. */
  readonly name: string;
  /** What it is exposed as. */
  readonly type: "counter" | "gauge" | "histogram" | "summary";
  /** The unit, empty if it has none. */
  readonly unit: string;
  /** What it measures. */
  readonly help: string;
  /** The resolution of the buckets: bucket i holds (base^(i−1), base^i], base = 2^(2^−schema); distributions only. */
  readonly schema?: number;
  /** The objective of a timer that has one. */
  readonly slo?: SloObjective;
}

/** A series. */
export interface LiveSeries {
  /** What frames of this feed call it. */
  readonly id: number;
  /** The exposed name of its metric. */
  readonly metric: string;
  /** Its label set. */
  readonly labels: Labels;
}

/** What has changed. The first one has the value of every series. */
export interface LiveFrame {
  /** Which message it is. */
  readonly type: "frame";
  /** When, in milliseconds since the epoch. */
  readonly timestampMs: number;
  /** Milliseconds since the frame before, by a monotonic clock; 0 for the first one. */
  readonly elapsedMs: number;
  /** Metrics that were not there before. */
  readonly metrics?: readonly LiveMetric[];
  /** All indicators, if one was declared. */
  readonly kpis?: readonly Kpi[];
  /** Series that were not there before. */
  readonly series?: readonly LiveSeries[];
  /** Series that are there no more. */
  readonly removed?: readonly number[];
  /** Counters and gauges whose value has changed. */
  readonly scalars: readonly (readonly [id: number, value: number])[];
  /** Distributions that have changed. */
  readonly distributions: readonly LiveDistribution[];
  /** The health, if it has changed. */
  readonly health?: HealthState;
  /** How Hotpath itself does. */
  readonly self: LiveSelf;
}

/** A distribution that has changed. */
export interface LiveDistribution {
  /** Its series. */
  readonly id: number;
  /** Values since the start, exact. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /** The feed's sliding window. */
  readonly window: LiveWindow;
  /** How it keeps its objective, since the start; the burn rate is that of the feed's window. */
  readonly slo?: { readonly violations: number; readonly compliance: number | null; readonly burnRate: number | null };
  /** What its buckets have gained since the frame before; none in the first one, or if the series began again. */
  readonly gained?: LiveBuckets;
  /** Its exemplars, if they have changed. */
  readonly exemplars?: readonly Exemplar[];
}

/** What a sliding window of a distribution holds. */
export interface LiveWindow {
  /** Values in it. */
  readonly count: number;
  /** Values a second. */
  readonly rate: number;
  /** Their mean, `null` if there are none. */
  readonly mean: number | null;
  /** The largest, exact; `null` if there are none. */
  readonly max: number | null;
  /** Their quantiles. */
  readonly quantiles: Quantiles;
}

/** Counts by bucket: pairs of an index and a count, one behind the other, ascending. */
export interface LiveBuckets {
  /** Their resolution, if it is coarser than the metric's: the values of this series spread too wide for that one. */
  readonly schema?: number;
  /** Values above zero. */
  readonly positive?: readonly number[];
  /** Values below zero, by their magnitude. */
  readonly negative?: readonly number[];
  /** Values at zero. */
  readonly zero?: number;
}

/** How Hotpath itself does. */
export interface LiveSelf {
  /** Totals. */
  readonly meta: SnapshotMeta;
  /** How full the fullest ring is, 0 to 1. */
  readonly ringOccupancyRatio: number;
  /** The share of calls that are recorded; 1 unless it is sampled. */
  readonly samplingRate: number;
  /** The share of one core that recording takes; `null` unless it is measured. */
  readonly overheadRatio: number | null;
  /** The 99th percentile of how long drains took, in seconds; `null` before the first. */
  readonly drainSecondsP99: number | null;
  /** The 99th percentile of how long scrapes took to encode, in seconds; `null` before the first. */
  readonly scrapeSecondsP99: number | null;
}

/** A message of the feed. */
export type LiveMessage = LiveStart | LiveFrame;

/**
 * The immutable snapshot: all metrics at one moment, as `/metrics.json` and `snapshot()` give it.
 *
 * @module
 */

import type { Labels, SloObjective } from "./model.ts";

/** Quantiles of a distribution, by `"0.5"`, `"0.9"`, …; `null` where nothing was recorded. */
export type Quantiles = Readonly<Record<string, number | null>>;

/** A range that holds the truth about as often as its level says; a bound is `null` where too little was recorded. */
export type Interval = readonly [low: number | null, high: number | null];

/** How far estimates from sampled records may be from what all calls would have given. */
export interface Confidence {
  /** The share of calls that were recorded, estimated from how many calls each record stands for. */
  readonly samplingRate: number;
  /** How often, of all such intervals, the truth lies inside: 0.95. */
  readonly level: number;
  /**
   * The mean's interval. It takes the mean of a sample to be normally distributed, which long tails are slow to become:
   * on log-normal values it holds, on a Pareto distribution near an infinite variance it holds far too seldom.
   */
  readonly mean: Interval;
  /** Intervals of the quantiles, by `"0.5"`, `"0.9"`, … */
  readonly quantiles: Readonly<Record<string, Interval>>;
}

/** What a sliding window holds. */
export interface WindowSnapshot {
  /** Values in the window. */
  readonly count: number;
  /** Values a second: the count over the window's length. */
  readonly rate: number;
  /** Their mean, `null` if there are none. */
  readonly mean: number | null;
  /** The largest, exact; `null` if there are none. */
  readonly max: number | null;
  /** Their quantiles. */
  readonly quantiles: Quantiles;
  /** Values above the threshold of the timer's objective, if it has one. */
  readonly violations?: number;
  /** How sure mean and quantiles are; only if the window holds a record that stands for several calls. */
  readonly confidence?: Confidence;
}

/** A counter's or gauge's series. */
export interface ScalarSeriesSnapshot {
  /** The label set. */
  readonly labels: Labels;
  /**
   * The value: finite, and exact as long as it is a sum of whole numbers up to 2⁵³. Of several threads' values it is the
   * largest double where their sum is larger.
   */
  readonly value: number;
}

/** How a timer's series keeps its service level objective. */
export interface SloSnapshot extends SloObjective {
  /** Durations above the threshold, exact. */
  readonly violations: number;
  /** The share of durations at or below the threshold; `null` if there are none. */
  readonly compliance: number | null;
  /**
   * By window: its share of violations over the share that the target allows. At 1 the error budget lasts exactly as
   * long as it should; `null` if the window is empty.
   */
  readonly burnRate: Readonly<Record<string, number | null>>;
}

/** A histogram's or timer's series. */
export interface DistributionSeriesSnapshot {
  /** The label set. */
  readonly labels: Labels;
  /** Values recorded, exact. */
  readonly count: number;
  /** Their sum; the largest double, positive or negative, where it is beyond. */
  readonly sum: number;
  /** The smallest, exact; `null` if there is none. */
  readonly min: number | null;
  /** The largest, exact; `null` if there is none. */
  readonly max: number | null;
  /** Their mean; `null` if there are none. */
  readonly mean: number | null;
  /** Quantiles over the series' whole life. */
  readonly quantiles: Quantiles;
  /** The sliding windows, by `"1s"`, `"5s"`, … */
  readonly windows: Readonly<Record<string, WindowSnapshot>>;
  /** Values at or below each of the metric's {@linkcode DistributionSnapshot.buckets}, cumulative and exact. */
  readonly bucketCounts: readonly number[];
  /** Its objective, if its timer has one. */
  readonly slo?: SloSnapshot;
}

/** A counter or gauge and its series. */
export interface ScalarSnapshot {
  /** The exposed name. */
  readonly name: string;
  /** Counter or gauge. */
  readonly type: "counter" | "gauge";
  /** The unit, empty if it has none. */
  readonly unit: string;
  /** What it measures. */
  readonly help: string;
  /** Its series. */
  readonly series: readonly ScalarSeriesSnapshot[];
}

/** A histogram or timer and its series. */
export interface DistributionSnapshot {
  /** The exposed name. */
  readonly name: string;
  /** Timers are histograms of seconds. */
  readonly type: "histogram";
  /** The unit, empty if it has none. */
  readonly unit: string;
  /** What it measures. */
  readonly help: string;
  /** The name of the windows' quantiles in text. */
  readonly windowName: string;
  /** The start of the objective's names in text, for timers that have one. */
  readonly sloName?: string;
  /** Upper bounds of the classic buckets, without `+Inf`. */
  readonly buckets: readonly number[];
  /** Its series. */
  readonly series: readonly DistributionSeriesSnapshot[];
}

/** A summary's series. */
export interface SummarySeriesSnapshot {
  /** The label set. */
  readonly labels: Labels;
  /** Values recorded since the start, exact. */
  readonly count: number;
  /** Their sum; the largest double, positive or negative, where it is beyond. */
  readonly sum: number;
  /** The smallest of them, exact; `null` if there is none. */
  readonly min: number | null;
  /** The largest, exact; `null` if there is none. */
  readonly max: number | null;
  /** Their mean; `null` if there are none. */
  readonly mean: number | null;
  /** Quantiles over the summary's window. */
  readonly quantiles: Quantiles;
  /** The window, by its name. */
  readonly windows: Readonly<Record<string, WindowSnapshot>>;
}

/** A summary and its series. */
export interface SummarySnapshot {
  /** The exposed name. */
  readonly name: string;
  /** Quantiles over a window, count and sum since the start. */
  readonly type: "summary";
  /** The unit, empty if it has none. */
  readonly unit: string;
  /** What it measures. */
  readonly help: string;
  /** The name of the window that the quantiles are taken over. */
  readonly window: string;
  /** Its series. */
  readonly series: readonly SummarySeriesSnapshot[];
}

/** An instrument and all its series at one moment. */
export type MetricSnapshot = ScalarSnapshot | DistributionSnapshot | SummarySnapshot;

/** Totals over everything. */
export interface SnapshotMeta {
  /** Records that came through the rings. */
  readonly recorded: number;
  /** Records lost to a full ring. */
  readonly dropped: number;
  /** Records left out by sampling. */
  readonly sampledOut: number;
  /** Series that exist, Hotpath's own not among them. */
  readonly series: number;
  /** Times a label set went to an overflow series. */
  readonly overflowed: number;
}

/** All metrics at one moment. */
export interface Snapshot {
  /** When, ISO 8601. */
  readonly timestamp: string;
  /** Seconds since the metrics were created. */
  readonly uptimeSeconds: number;
  /** The metrics, in the order they were created; Hotpath's own are only in the text formats. */
  readonly metrics: readonly MetricSnapshot[];
  /** Totals. */
  readonly meta: SnapshotMeta;
}

/**
 * Snapshot: all metrics at one moment, immutable, as `/metrics.json` and `snapshot()` return it.
 *
 * @module
 */

import type { Labels, SloObjective } from "./model.ts";

/** Quantiles of a distribution, by `"0.5"`, `"0.9"`, …; `null` where nothing was recorded. */
export type Quantiles = Readonly<Record<string, number | null>>;

/** Confidence interval; a bound is `null` if there are too few records. */
export type Interval = readonly [low: number | null, high: number | null];

/** Confidence of estimates from sampled records. */
export interface Confidence {
  /** Share of calls that were recorded, estimated from the weights of records. */
  readonly samplingRate: number;
  /** Share of intervals that contain the true value: 0.95. */
  readonly level: number;
  /**
   * Interval of the mean. It assumes a normally distributed sample mean, which long tails approach slowly: it holds for
   * log-normal values, and far too seldom for a Pareto distribution near an infinite variance.
   */
  readonly mean: Interval;
  /** Intervals of the quantiles, by `"0.5"`, `"0.9"`, … */
  readonly quantiles: Readonly<Record<string, Interval>>;
}

/** State of a sliding window. */
export interface WindowSnapshot {
  /** Number of values in the window. */
  readonly count: number;
  /** Values per second: the count over the window's length. */
  readonly rate: number;
  /** Mean of the values; `null` if there are none. */
  readonly mean: number | null;
  /** Largest value, exact; `null` if there are none. */
  readonly max: number | null;
  /** Quantiles of the values. */
  readonly quantiles: Quantiles;
  /** Number of values above the threshold of the timer's objective, if it has one. */
  readonly violations?: number;
  /** Confidence of mean and quantiles; only if the window holds a record that represents several calls. */
  readonly confidence?: Confidence;
}

/** Series of a counter or gauge. */
export interface ScalarSeriesSnapshot {
  /** Label set. */
  readonly labels: Labels;
  /**
   * Value: finite, and exact for sums of whole numbers up to 2⁵³. The sum of several threads is at most the largest
   * double.
   */
  readonly value: number;
}

/** Compliance of a timer's series with its service level objective. */
export interface SloSnapshot extends SloObjective {
  /** Number of durations above the threshold, exact. */
  readonly violations: number;
  /** Share of durations at or below the threshold; `null` if there are none. */
  readonly compliance: number | null;
  /**
   * Burn rate by window: its share of violations over the share that the target allows. At 1 the error budget lasts
   * exactly as planned; `null` if the window is empty.
   */
  readonly burnRate: Readonly<Record<string, number | null>>;
}

/** Series of a histogram or timer. */
export interface DistributionSeriesSnapshot {
  /** Label set. */
  readonly labels: Labels;
  /** Number of values, exact. */
  readonly count: number;
  /** Sum of the values, limited to the largest double of either sign. */
  readonly sum: number;
  /** Smallest value, exact; `null` if there is none. */
  readonly min: number | null;
  /** Largest value, exact; `null` if there is none. */
  readonly max: number | null;
  /** Mean of the values; `null` if there are none. */
  readonly mean: number | null;
  /** Quantiles since the start. */
  readonly quantiles: Quantiles;
  /** Sliding windows, by `"1s"`, `"5s"`, … */
  readonly windows: Readonly<Record<string, WindowSnapshot>>;
  /**
   * Number of values at or below each of the metric's {@linkcode DistributionSnapshot.buckets}, cumulative and exact.
   */
  readonly bucketCounts: readonly number[];
  /** Compliance with its objective, if its timer has one. */
  readonly slo?: SloSnapshot;
}

/** Counter or gauge with its series. */
export interface ScalarSnapshot {
  /** Exposed name. */
  readonly name: string;
  /** Type of the instrument. */
  readonly type: "counter" | "gauge";
  /** Unit; empty if it has none. */
  readonly unit: string;
  /** Description of what it measures. */
  readonly help: string;
  /** Series. */
  readonly series: readonly ScalarSeriesSnapshot[];
}

/** Histogram or timer with its series. */
export interface DistributionSnapshot {
  /** Exposed name. */
  readonly name: string;
  /** Type; timers are histograms of seconds. */
  readonly type: "histogram";
  /** Unit; empty if it has none. */
  readonly unit: string;
  /** Description of what it measures. */
  readonly help: string;
  /** Name of the windows' quantiles in the text formats. */
  readonly windowName: string;
  /** Beginning of the objective's names in the text formats, for timers that have one. */
  readonly sloName?: string;
  /** Upper bounds of the classic buckets, without `+Inf`. */
  readonly buckets: readonly number[];
  /** Series. */
  readonly series: readonly DistributionSeriesSnapshot[];
}

/** Series of a summary. */
export interface SummarySeriesSnapshot {
  /** Label set. */
  readonly labels: Labels;
  /** Number of values since the start, exact. */
  readonly count: number;
  /** Sum of the values, limited to the largest double of either sign. */
  readonly sum: number;
  /** Smallest value, exact; `null` if there is none. */
  readonly min: number | null;
  /** Largest value, exact; `null` if there is none. */
  readonly max: number | null;
  /** Mean of the values; `null` if there are none. */
  readonly mean: number | null;
  /** Quantiles over the summary's window. */
  readonly quantiles: Quantiles;
  /** State of the window, by its name. */
  readonly windows: Readonly<Record<string, WindowSnapshot>>;
}

/** Summary with its series. */
export interface SummarySnapshot {
  /** Exposed name. */
  readonly name: string;
  /** Type: quantiles over a window, count and sum since the start. */
  readonly type: "summary";
  /** Unit; empty if it has none. */
  readonly unit: string;
  /** Description of what it measures. */
  readonly help: string;
  /** Name of the window of the quantiles. */
  readonly window: string;
  /** Series. */
  readonly series: readonly SummarySeriesSnapshot[];
}

/** Instrument with all its series at one moment. */
export type MetricSnapshot = ScalarSnapshot | DistributionSnapshot | SummarySnapshot;

/** Totals of the data path. */
export interface SnapshotMeta {
  /** Number of calls that were recorded or sampled out. */
  readonly recorded: number;
  /** Number of records dropped by a full ring. */
  readonly dropped: number;
  /** Number of calls sampled out by the sampler. */
  readonly sampledOut: number;
  /** Number of series, excluding Hotpath's own. */
  readonly series: number;
  /** Number of times that a label set was assigned to an overflow series. */
  readonly overflowed: number;
}

/** All metrics at one moment. */
export interface Snapshot {
  /** Time of the snapshot, ISO 8601. */
  readonly timestamp: string;
  /** Seconds since the metrics were created. */
  readonly uptimeSeconds: number;
  /** Metrics, in the order of their creation; Hotpath's own appear only in the text formats. */
  readonly metrics: readonly MetricSnapshot[];
  /** Totals. */
  readonly meta: SnapshotMeta;
}

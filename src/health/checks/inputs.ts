/**
 * Measurements that the built-in checks judge. The aggregator provides them, so that a check needs none of its state.
 *
 * @module
 */

import type { Labels } from "../../model/model.ts";

/** Quantile of one series of a histogram. */
export interface SeriesQuantile {
  /** Label set of the series. */
  readonly labels: Labels;
  /** The quantile. */
  readonly value: number;
  /** Mean of the series. */
  readonly average: number;
}

/** Consumption of one series' error budget. */
export interface Burn {
  /** Exposed name of the timer. */
  readonly metric: string;
  /** Label set of the series. */
  readonly labels: Labels;
  /** Share of durations that violate the objective over the share that its target allows. */
  readonly rate: number;
}

/** Growth of one thread's heap. */
export interface HeapGrowth {
  /** Label set of the series. */
  readonly labels: Labels;
  /** Growth as a share of the lowest floor. */
  readonly ratio: number;
  /** Growth in bytes; negative if the heap has shrunk. */
  readonly bytes: number;
}

/** Something that should not happen, and has. */
export interface Incidents {
  /** Number of times so far. */
  readonly count: number;
  /** Milliseconds since the last time. */
  readonly agoMs: number;
}

/** Measurements of one moment. A sliding window is the metrics' own that is nearest to a length. */
export interface HealthInputs {
  /** Value of a counter or gauge among the self-metrics, summed over its label; `undefined` if none has that name. */
  selfMetric(name: string): number | undefined;
  /** Highest quantile among the series of a histogram over a sliding window; `undefined` without values. */
  worstQuantile(metric: string, quantile: number, windowMs: number): SeriesQuantile | undefined;
  /** Fastest burn among all series with an objective; `undefined` if none has enough durations. */
  fastestBurn(windowMs: number): Burn | undefined;
  /** Growth of each heap over the window of `heapGrowth`; none before a window has nearly passed. */
  heapGrowths(): Iterable<HeapGrowth>;
  /** Share of the last minute's records that full rings dropped, 0 to 1. */
  dropRatio(): number;
  /** Fill level of the fullest ring, 0 to 1. */
  ringOccupancy(): number;
  /** Restarts of the aggregator. */
  restarts(): Incidents;
  /** Records that histograms lost with a failed aggregator. */
  recordsLost(): Incidents;
  /** Instruments that threads define differently, one sentence each. */
  clashes(): readonly string[];
}

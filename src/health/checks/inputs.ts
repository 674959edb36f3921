/**
 * Measurements for the built-in checks, provided by the aggregator, so that checks do not depend on its state.
 *
 * @module
 */

import type { Labels } from "../../model/model.ts";

/** Quantile of one series of a histogram. */
export interface SeriesQuantile {
  /** Label set of the series. */
  readonly labels: Labels;
  /** Value of the quantile. */
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

/** Occurrences of something that should not happen. */
export interface Incidents {
  /** Number of occurrences so far. */
  readonly count: number;
  /** Milliseconds since the last occurrence. */
  readonly agoMs: number;
}

/** Measurements of one moment. A sliding window of the metrics is selected as the nearest to a length. */
export interface HealthInputs {
  /** Returns the value of a self-metric counter or gauge, summed over its label; `undefined` if none has that name. */
  selfMetric(name: string): number | undefined;
  /** Returns the highest quantile among a histogram's series over a sliding window; `undefined` without values. */
  worstQuantile(metric: string, quantile: number, windowMs: number): SeriesQuantile | undefined;
  /** Returns the fastest burn among all series with an objective; `undefined` if none has enough durations. */
  fastestBurn(windowMs: number): Burn | undefined;
  /** Yields the growth of each heap over the window of `heapGrowth`; nothing until almost a whole window has passed. */
  heapGrowths(): Iterable<HeapGrowth>;
  /** Returns the share of the last minute's records that full rings dropped, 0 to 1. */
  dropRatio(): number;
  /** Returns the occupancy of the fullest ring, 0 to 1. */
  ringOccupancy(): number;
  /** Returns the restarts of the aggregator. */
  restarts(): Incidents;
  /** Returns the records that histograms lost with a failed aggregator. */
  recordsLost(): Incidents;
  /** Returns the instruments that threads define differently, one sentence each. */
  clashes(): readonly string[];
}

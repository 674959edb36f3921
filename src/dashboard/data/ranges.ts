/**
 * Time ranges of plots, and the width of their points.
 *
 * @module
 */

/** A time range. */
export interface Range {
  /** Name, also used in the URL. */
  readonly name: string;
  /** Length in milliseconds. */
  readonly lengthMs: number;
  /** Width of a plotted point in milliseconds. */
  readonly columnMs: number;
  /** Number of the feed's buckets merged into one; more in the longest range, to save memory. */
  readonly keysPerBucket: number;
}

/** All ranges, the shortest first. None has more than 240 points. */
export const RANGES: readonly Range[] = [
  { name: "1m", lengthMs: 60_000, columnMs: 1_000, keysPerBucket: 1 },
  { name: "5m", lengthMs: 300_000, columnMs: 2_000, keysPerBucket: 1 },
  { name: "15m", lengthMs: 900_000, columnMs: 5_000, keysPerBucket: 1 },
  { name: "1h", lengthMs: 3_600_000, columnMs: 15_000, keysPerBucket: 4 },
];

/** Default range. */
export const DEFAULT_RANGE: Range = RANGES[1];

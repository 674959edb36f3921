/**
 * How far back plots reach, and how wide a plotted point is.
 *
 * @module
 */

/** A range of plots. */
export interface Range {
  /** Its name in the address. */
  readonly name: string;
  /** How far back it reaches. */
  readonly lengthMs: number;
  /** How much of it one plotted point stands for. */
  readonly columnMs: number;
  /** How many buckets of the feed are kept as one: fewer, where there is more to keep and less of it to be seen. */
  readonly keysPerBucket: number;
}

/** All ranges, the shortest first: none has more than 240 points. */
export const RANGES: readonly Range[] = [
  { name: "1m", lengthMs: 60_000, columnMs: 1_000, keysPerBucket: 1 },
  { name: "5m", lengthMs: 300_000, columnMs: 2_000, keysPerBucket: 1 },
  { name: "15m", lengthMs: 900_000, columnMs: 5_000, keysPerBucket: 1 },
  { name: "1h", lengthMs: 3_600_000, columnMs: 15_000, keysPerBucket: 4 },
];

/** The range if nobody asks for another. */
export const DEFAULT_RANGE: Range = RANGES[1];

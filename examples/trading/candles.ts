/**
 * The feed: rows of text from the file, and the candle of a row.
 *
 * The file is imported as text, so it needs no permission and is part of a compiled binary.
 *
 * @module
 */

import csv from "./sp500-2000.csv" with { type: "text" };

/** Prices of one day. */
export interface Candle {
  /** Day, as an ISO 8601 date. */
  readonly date: string;
  /** First price. */
  readonly open: number;
  /** Highest price. */
  readonly high: number;
  /** Lowest price. */
  readonly low: number;
  /** Last price. */
  readonly close: number;
  /** Number of shares traded. */
  readonly volume: number;
}

/** All rows, oldest first, without the header. */
export const ROWS: readonly string[] = csv.trimEnd().split("\n").slice(1);

/**
 * Parses a row.
 *
 * @param row `date,open,high,low,close,adjclose,volume`
 * @throws {RangeError} If the prices are impossible for one day
 */
export function parseCandle(row: string): Candle {
  const [date, open, high, low, close, , volume] = row.split(",");
  const candle = { date, open: +open, high: +high, low: +low, close: +close, volume: +volume };
  if (!isPossible(candle)) throw new RangeError(`Cannot read candle: prices must be possible, got ${row}`);
  return candle;
}

function isPossible({ open, high, low, close }: Candle): boolean {
  return low > 0 && low <= Math.min(open, close) && Math.max(open, close) <= high;
}

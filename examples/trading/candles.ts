/**
 * The feed: rows of text as they are on file, and what a row says.
 *
 * The file is imported as text, so it needs no permission and is there wherever this module is: on
 * disk, in a registry or in a compiled binary.
 *
 * @module
 */

import csv from "./sp500-2000.csv" with { type: "text" };

/** Prices of one day. */
export interface Candle {
  /** The day, ISO 8601. */
  readonly date: string;
  /** The first price. */
  readonly open: number;
  /** The highest. */
  readonly high: number;
  /** The lowest. */
  readonly low: number;
  /** The last. */
  readonly close: number;
  /** Shares traded. */
  readonly volume: number;
}

/** All rows, oldest first, without the head line. */
export const ROWS: readonly string[] = csv.trimEnd().split("\n").slice(1);

/**
 * Reads a row.
 *
 * @param row `date,open,high,low,close,adjclose,volume`
 * @throws {RangeError} If the prices cannot be those of one day
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

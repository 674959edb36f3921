/**
 * Merged sliding window of several series.
 *
 * @module
 */

import type { LiveDistribution, LiveWindow } from "../../model/live_frames.ts";
import { slotsPerColumn } from "./bucket_history.ts";
import { type Counts, merge, NO_COUNTS } from "./bucket_keys.ts";
import { type Columns, gainedCounts } from "./columns.ts";
import type { Group } from "./groups.ts";
import { quantilesOf } from "./quantiles.ts";
import { RANGES } from "./ranges.ts";

const MINUTE_MS = 60_000;
const MS_PER_UNIT: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1_000, m: MINUTE_MS, h: 60 * MINUTE_MS };

/** Quantiles of a window, by their names in frames. */
export const WINDOW_QUANTILES: readonly string[] = ["0.5", "0.9", "0.95", "0.99", "0.999"];

/**
 * Returns the window of a group: of its only series as received in the frame, or of all series merged. Merged quantiles
 * are computed from the buckets that the page has received.
 */
export function windowOf({ series, metric }: Group, columns: Columns, name: string): LiveWindow | undefined {
  const windows = latestOf(series).map(({ window }) => window);
  if (windows.length <= 1) return windows[0];
  const count = windows.reduce((sum, each) => sum + each.count, 0);
  const sum = windows.reduce((total, each) => total + each.count * (each.mean ?? 0), 0);
  const counts = countsWithin(series, windowMsOf(name), columns);
  const values = quantilesOf(counts, metric.schema ?? 0, WINDOW_QUANTILES.map(Number));
  return {
    count,
    rate: windows.reduce((total, { rate }) => total + rate, 0),
    mean: count === 0 ? null : sum / count,
    max: count === 0 ? null : Math.max(...windows.map(({ max }) => max ?? -Infinity)),
    quantiles: Object.fromEntries(WINDOW_QUANTILES.map((quantile, i) => [quantile, orNull(values[i])])),
  };
}

/** Returns the latest frame's distribution of each series that has one. */
export function latestOf(series: Group["series"]): LiveDistribution[] {
  return series.flatMap(({ distribution }) => distribution?.latest ?? []);
}

/** Returns the counts within a window, from the narrowest columns that reach back far enough. */
function countsWithin(series: Group["series"], windowMs: number, { lastSlot, slotMs }: Columns): Counts {
  const range = RANGES.find(({ lengthMs }) => lengthMs >= windowMs) ?? RANGES[RANGES.length - 1];
  const slots = slotsPerColumn(range.columnMs, slotMs);
  const last = Math.floor(lastSlot / slots);
  let counts = NO_COUNTS;
  for (let back = 0; back * slots * slotMs < windowMs; back++) {
    counts = merge(counts, gainedCounts(series, last - back, slots));
  }
  return counts;
}

/** Returns a window's length in milliseconds by its name, such as `1m`. */
function windowMsOf(name: string): number {
  const [, size, unit] = /^([\d.]+)(us|ms|s|m|h)$/.exec(name) ?? [];
  return unit === undefined ? MINUTE_MS : Number(size) * MS_PER_UNIT[unit];
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/**
 * The numbers of a distribution: the feed's own, or for several series together what can be had from theirs.
 *
 * @module
 */

import type { LiveDistribution, LiveWindow } from "../../model/live_frames.ts";
import { slotsPerColumn } from "../data/bucket_history.ts";
import { type Counts, merge, NO_COUNTS } from "../data/bucket_keys.ts";
import { type Columns, gainedCounts } from "../data/columns.ts";
import { element, setAttribute, setText } from "../view/dom.ts";
import { formatCount, formatRate, formatValue } from "../view/format.ts";
import type { Group } from "../data/groups.ts";
import { quantileName, quantilesOf } from "../data/quantiles.ts";
import { RANGES } from "../data/ranges.ts";

const MINUTE_MS = 60_000;
const MS_PER_UNIT: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1_000, m: MINUTE_MS, h: 60 * MINUTE_MS };
const QUANTILES = ["0.5", "0.9", "0.95", "0.99", "0.999"];

/** The window of several series together. Its quantiles are those of what the page has seen of it. */
export function windowOf({ series, metric }: Group, columns: Columns, name: string): LiveWindow | undefined {
  const windows = latestOf(series).map(({ window }) => window);
  if (windows.length <= 1) return windows[0];
  const count = windows.reduce((sum, each) => sum + each.count, 0);
  const sum = windows.reduce((total, each) => total + each.count * (each.mean ?? 0), 0);
  const seen = countsWithin(series, windowMsOf(name), columns);
  const values = quantilesOf(seen, metric.schema ?? 0, QUANTILES.map(Number));
  return {
    count,
    rate: windows.reduce((total, { rate }) => total + rate, 0),
    mean: count === 0 ? null : sum / count,
    max: windows.reduce<number | null>((max, each) => Math.max(max ?? -Infinity, each.max ?? -Infinity), null),
    quantiles: Object.fromEntries(QUANTILES.map((quantile, i) => [quantile, orNull(values[i])])),
  };
}

/** What was gained within a window, in the narrowest columns that reach so far back. */
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

/** A window's length by its name, such as `1m`. */
function windowMsOf(name: string): number {
  const [, size, unit] = /^([\d.]+)(us|ms|s|m|h)$/.exec(name) ?? [];
  return unit === undefined ? MINUTE_MS : Number(size) * MS_PER_UNIT[unit];
}

/** What the last frames said of each series. */
export function latestOf(series: Group["series"]): LiveDistribution[] {
  return series.flatMap(({ distribution }) => distribution?.latest ?? []);
}

/** A row of numbers. */
export class StatsRow {
  /** What to put into the page. */
  readonly root: HTMLElement = element("dl", { class: "stats" });
  readonly #cells: Map<string, HTMLElement> = new Map();

  /** Whether there are no numbers yet. */
  get isEmpty(): boolean {
    return this.#cells.size === 0;
  }

  /** Shows numbers. */
  update({ count, rate, mean, max, quantiles }: LiveWindow, unit: string): void {
    this.#set("count", count, formatCount(count));
    this.#set("rate", rate, formatRate(rate));
    this.#set("mean", mean, formatValue(mean, unit));
    this.#set("max", max, formatValue(max, unit));
    for (const quantile of QUANTILES) {
      const value = quantiles[quantile];
      this.#set(quantileName(quantile), value, formatValue(value, unit));
    }
  }

  #set(name: string, value: number | null | undefined, text: string): void {
    let cell = this.#cells.get(name);
    if (cell === undefined) {
      cell = element("dd", { "data-stat": name });
      this.#cells.set(name, cell);
      this.root.append(element("div", {}, element("dt", {}, name), cell));
    }
    setText(cell, text);
    setAttribute(cell, "title", value === null || value === undefined ? "no values" : String(value));
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

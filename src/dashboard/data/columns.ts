/**
 * What is plotted: one point a column of the time axis, from the past of the series of a group.
 *
 * @module
 */

import { keysPerBucketOf, QUANTILE_WINDOW_MS, slotsPerColumn } from "./bucket_history.ts";
import { type Counts, merge, NO_COUNTS } from "./bucket_keys.ts";
import type { History } from "./history.ts";
import type { SeriesState } from "./live_model.ts";
import { DRAWN_QUANTILES, quantilesOf } from "./quantiles.ts";
import type { Range } from "./ranges.ts";
import type { Timeline } from "./timeline.ts";

const QUANTILES = DRAWN_QUANTILES.map(Number);

/** The columns of a plot. */
export interface Columns {
  /** The first. */
  readonly first: number;
  /** The last, which may be yet to be filled. */
  readonly last: number;
  /** How many slots one has. */
  readonly slots: number;
  /** The last slot that a frame has come for, or that the picture stands at. */
  readonly lastSlot: number;
  /** The length of a slot. */
  readonly slotMs: number;
  /** How many buckets of the feed count as one. */
  readonly keysPerBucket: number;
}

/** A value a column, `null` where there is none. */
export type Line = (number | null)[];

/** The columns that a range has, up to a slot. */
export function columnsOf({ columnMs, lengthMs }: Range, { slotMs }: Timeline, lastSlot: number): Columns {
  const slots = slotsPerColumn(columnMs, slotMs);
  const last = Math.floor(lastSlot / slots);
  const count = Math.ceil(lengthMs / (slots * slotMs));
  return { first: last - count + 1, last, slots, lastSlot, slotMs, keysPerBucket: keysPerBucketOf(slots, slotMs) };
}

/** When each column ends, in seconds since the epoch. */
export function timesOf({ first, last, slots, slotMs }: Columns): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i + 1) * slots * slotMs / 1_000);
}

/** Calls for each column, with its first and its last slot. */
export function mapColumns<Value>(
  { first, last, slots, lastSlot }: Columns,
  valueOf: (firstSlot: number, lastSlot: number, column: number) => Value,
): Value[] {
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const column = first + i;
    return valueOf(column * slots, Math.min((column + 1) * slots - 1, lastSlot), column);
  });
}

/** Whether a frame has come in each column. */
export function knownColumns(columns: Columns, timeline: Timeline): boolean[] {
  return mapColumns(columns, (from, to) => {
    for (let slot = from; slot <= to; slot++) if (timeline.isKnown(slot)) return true;
    return false;
  });
}

/** What totals gain a second, all together. */
export function rateLine(totals: readonly History[], columns: Columns): Line {
  return gainLine(totals, columns, (gained, seconds) => gained / seconds);
}

/** What totals gain, all together. */
export function gainedLine(totals: readonly History[], columns: Columns): Line {
  return gainLine(totals, columns, (gained) => gained);
}

/** The value of a gauge; of a column with several, the one farthest from zero, so that no peak is lost. */
export function valueLine(history: History, columns: Columns): Line {
  return mapColumns(columns, (from, to) => {
    let farthest = NaN;
    for (let slot = from; slot <= to; slot++) {
      const value = history.at(slot);
      if (!(Math.abs(value) <= Math.abs(farthest))) farthest = Number.isNaN(value) ? farthest : value;
    }
    return orNull(farthest);
  });
}

/** What the buckets of all series have gained in one column. */
export function gainedCounts(series: readonly SeriesState[], column: number, slots: number): Counts {
  return series.reduce(
    (counts, { distribution }) => merge(counts, distribution?.buckets.at(column, slots) ?? NO_COUNTS),
    NO_COUNTS,
  );
}

/** The quantiles of a group, a line each. Columns that are over are not looked at again. */
export class QuantileLines {
  readonly #series: readonly SeriesState[];
  readonly #schema: number;
  readonly #known: Map<number, readonly number[]> = new Map();
  #slots = 0;

  /** Those of series with the same schema. */
  constructor(series: readonly SeriesState[], schema: number) {
    this.#series = series;
    this.#schema = schema;
  }

  /** One line a quantile of {@linkcode DRAWN_QUANTILES}. */
  at(columns: Columns): Line[] {
    const { first, last, slots, slotMs } = columns;
    if (slots !== this.#slots) this.#known.clear();
    this.#slots = slots;
    for (const column of this.#known.keys()) if (column < first) this.#known.delete(column);
    const windowColumns = Math.max(1, Math.ceil(QUANTILE_WINDOW_MS / (slots * slotMs)));
    const values = mapColumns(columns, (_from, _to, column) => {
      const known = this.#known.get(column);
      // Frames may come late, but not later than the column after theirs.
      if (known !== undefined && column < last - 1) return known;
      const quantiles = this.#quantilesAt(column, windowColumns);
      this.#known.set(column, quantiles);
      return quantiles;
    });
    return QUANTILES.map((_, i) => values.map((quantiles) => orNull(quantiles[i])));
  }

  #quantilesAt(column: number, windowColumns: number): readonly number[] {
    let counts = NO_COUNTS;
    for (let back = 0; back < windowColumns; back++) {
      counts = merge(counts, gainedCounts(this.#series, column - back, this.#slots));
    }
    return quantilesOf(counts, this.#schema, QUANTILES);
  }
}

function gainLine(
  totals: readonly History[],
  columns: Columns,
  valueOf: (gained: number, seconds: number) => number,
): Line {
  return mapColumns(columns, (from, to) => {
    let sum = NaN;
    for (const total of totals) {
      const gained = total.gained(from - 1, to);
      if (!Number.isNaN(gained)) sum = (Number.isNaN(sum) ? 0 : sum) + gained;
    }
    return orNull(valueOf(sum, (to - from + 1) * columns.slotMs / 1_000));
  });
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

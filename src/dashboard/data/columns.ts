/**
 * Columns of plots: each line has one point per column, computed from the history of a group's series.
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

/** Columns of a plot. */
export interface Columns {
  /** First column. */
  readonly first: number;
  /** Last column, which may be incomplete. */
  readonly last: number;
  /** Number of slots in a column. */
  readonly slots: number;
  /** Latest slot, or the one at which the page was paused. */
  readonly lastSlot: number;
  /** Length of a slot in milliseconds. */
  readonly slotMs: number;
  /** Number of the feed's buckets merged into one. */
  readonly keysPerBucket: number;
}

/** Value per column; `null` where there is none. */
export type Line = (number | null)[];

/** Returns the columns of a range, up to a slot. */
export function columnsOf({ columnMs, lengthMs }: Range, { slotMs }: Timeline, lastSlot: number): Columns {
  const slots = slotsPerColumn(columnMs, slotMs);
  const last = Math.floor(lastSlot / slots);
  const count = Math.ceil(lengthMs / (slots * slotMs));
  return { first: last - count + 1, last, slots, lastSlot, slotMs, keysPerBucket: keysPerBucketOf(slots, slotMs) };
}

/** Returns the end of each column, in seconds since the epoch. */
export function timesOf({ first, last, slots, slotMs }: Columns): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i + 1) * slots * slotMs / 1_000);
}

/** Maps each column, given its first and last slot. */
export function mapColumns<Value>(
  { first, last, slots, lastSlot }: Columns,
  valueOf: (firstSlot: number, lastSlot: number, column: number) => Value,
): Value[] {
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const column = first + i;
    return valueOf(column * slots, Math.min((column + 1) * slots - 1, lastSlot), column);
  });
}

/** Returns whether a frame was received in each column. */
export function knownColumns(columns: Columns, timeline: Timeline): boolean[] {
  return mapColumns(columns, (from, to) => {
    for (let slot = from; slot <= to; slot++) if (timeline.isKnown(slot)) return true;
    return false;
  });
}

/** Returns the sum of the rates of totals, per second. */
export function rateLine(totals: readonly History[], columns: Columns): Line {
  return gainLine(totals, columns, (gained, seconds) => gained / seconds);
}

/** Returns the sum of the increases of totals. */
export function gainedLine(totals: readonly History[], columns: Columns): Line {
  return gainLine(totals, columns, (gained) => gained);
}

/** Returns the values of a gauge; of several in a column the one farthest from zero, so that peaks remain visible. */
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

/** Returns the gains of all series' buckets in a column. */
export function gainedCounts(series: readonly SeriesState[], column: number, slots: number): Counts {
  return series.reduce(
    (counts, { distribution }) => merge(counts, distribution?.buckets.at(column, slots) ?? NO_COUNTS),
    NO_COUNTS,
  );
}

/** Quantiles of a group over time. Complete columns are computed once. */
export class QuantileLines {
  readonly #series: readonly SeriesState[];
  readonly #schema: number;
  readonly #known: Map<number, readonly number[]> = new Map();
  #slots = 0;

  /** Creates lines of series that share a schema. */
  constructor(series: readonly SeriesState[], schema: number) {
    this.#series = series;
    this.#schema = schema;
  }

  /** Returns a line for each of {@linkcode DRAWN_QUANTILES}. */
  at(columns: Columns): Line[] {
    const { first, last, slots, slotMs } = columns;
    if (slots !== this.#slots) this.#known.clear();
    this.#slots = slots;
    for (const column of this.#known.keys()) if (column < first) this.#known.delete(column);
    const windowColumns = Math.max(1, Math.ceil(QUANTILE_WINDOW_MS / (slots * slotMs)));
    const values = mapColumns(columns, (_from, _to, column) => {
      const known = this.#known.get(column);
      // A late frame changes at most the column before the last one.
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

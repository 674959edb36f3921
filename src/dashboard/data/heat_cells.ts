/**
 * The cells of a heat map: columns of time, rows of values, and how many values fell into each. A row is as many whole
 * buckets as are needed to make it visible.
 *
 * @module
 */

import type { Exemplar } from "../../model/model.ts";
import { type Counts, keyOf, rangeOf } from "./bucket_keys.ts";

/** The cells of a heat map, row 0 at the bottom. */
export interface HeatCells {
  /** How many rows. */
  readonly rows: number;
  /** How many columns. */
  readonly columns: number;
  /** Counts by `column · rows + row`. */
  readonly counts: Float64Array;
  /** The largest count. */
  readonly countMax: number;
  /** The key of the lowest bucket. */
  readonly lowestKey: number;
  /** Buckets a row. */
  readonly keysPerRow: number;
  /** The resolution of the buckets. */
  readonly schema: number;
}

/**
 * Puts counts into cells.
 *
 * @param columns The counts of each column
 * @param schema The resolution of the buckets
 * @param rowsMax Rows that can be told apart
 * @param keysPerBucket How many keys each count stands for, its own in their middle
 */
export function heatCellsOf(
  columns: readonly Counts[],
  schema: number,
  rowsMax: number,
  keysPerBucket: number = 1,
): HeatCells {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const counts of columns) {
    for (let i = 0; i < counts.length; i += 2) {
      // A logarithmic axis has no place for what is not above zero.
      if (counts[i] <= 0) continue;
      lowest = Math.min(lowest, counts[i]);
      highest = Math.max(highest, counts[i]);
    }
  }
  lowest -= Math.ceil(keysPerBucket / 2) - 1;
  highest += Math.floor(keysPerBucket / 2);
  const buckets = highest >= lowest ? (highest - lowest + 1) / keysPerBucket : 0;
  const bucketsPerRow = Math.max(1, Math.ceil(buckets / rowsMax));
  const rows = Math.ceil(buckets / bucketsPerRow);
  const keysPerRow = bucketsPerRow * keysPerBucket;
  const cells = new Float64Array(rows * columns.length);
  let countMax = 0;
  columns.forEach((counts, column) => {
    for (let i = 0; i < counts.length; i += 2) {
      if (counts[i] <= 0) continue;
      const at = column * rows + Math.floor((counts[i] - lowest) / keysPerRow);
      cells[at] += counts[i + 1];
      countMax = Math.max(countMax, cells[at]);
    }
  });
  return { rows, columns: columns.length, counts: cells, countMax, lowestKey: lowest, keysPerRow, schema };
}

/** The range of values of a row. */
export function rowRange({ lowestKey, keysPerRow, schema }: HeatCells, row: number): { low: number; high: number } {
  const first = lowestKey + row * keysPerRow;
  return { low: rangeOf(first, schema).low, high: rangeOf(first + keysPerRow - 1, schema).high };
}

/** Exemplars that lead to a trace, as near as possible to a cell. */
export interface CellExemplars {
  /** Whether they lie in it. */
  readonly isInside: boolean;
  /** The exemplars, the nearest first. */
  readonly exemplars: readonly Exemplar[];
}

const NEAREST_MAX = 3;

/** The exemplars of a cell; else, those nearest to it by their value and then by their time. */
export function exemplarsOfCell(
  exemplars: readonly Exemplar[],
  { low, high }: { readonly low: number; readonly high: number },
  fromMs: number,
  toMs: number,
  schema: number,
): CellExemplars {
  const traced = exemplars.filter(({ labels }) => labels.trace_id !== undefined);
  const inside = traced.filter(({ value, timestampMs }) =>
    value > low && value <= high && timestampMs >= fromMs && timestampMs < toMs
  );
  if (inside.length > 0) return { isInside: true, exemplars: inside };
  const middle = keyOf(Math.sqrt(low * high), schema);
  const distance = ({ value, timestampMs }: Exemplar) =>
    Math.abs(keyOf(value, schema) - middle) * 1e9 + Math.abs(timestampMs - (fromMs + toMs) / 2);
  const nearest = traced.toSorted((one, other) => distance(one) - distance(other)).slice(0, NEAREST_MAX);
  return { isInside: false, exemplars: nearest };
}

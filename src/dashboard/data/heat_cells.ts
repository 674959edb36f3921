/**
 * Cells of a heat map: columns of time, rows of values, and the count of each cell. A row has as many whole buckets as
 * it takes to be visible.
 *
 * @module
 */

import type { Exemplar } from "../../model/model.ts";
import { type Counts, keyOf, rangeOf } from "./bucket_keys.ts";

/** Cells of a heat map; row 0 is at the bottom. */
export interface HeatCells {
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly columns: number;
  /** Counts, at `column · rows + row`. */
  readonly counts: Float64Array;
  /** Largest count. */
  readonly countMax: number;
  /** Key of the lowest bucket. */
  readonly lowestKey: number;
  /** Number of keys in a row. */
  readonly keysPerRow: number;
  /** Resolution of the buckets. */
  readonly schema: number;
}

/**
 * Distributes counts over cells.
 *
 * @param columns Counts of each column
 * @param schema Resolution of the buckets
 * @param rowsMax Maximum number of rows
 * @param keysPerBucket Number of keys in each bucket, whose own key is in their middle
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
      // A logarithmic axis has only values above zero.
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

/** Returns the range of values of a row. */
export function rowRange({ lowestKey, keysPerRow, schema }: HeatCells, row: number): { low: number; high: number } {
  const first = lowestKey + row * keysPerRow;
  return { low: rangeOf(first, schema).low, high: rangeOf(first + keysPerRow - 1, schema).high };
}

/** Exemplars with a trace, in a cell or near it. */
export interface CellExemplars {
  /** Whether they lie in the cell. */
  readonly isInside: boolean;
  /** Exemplars, the nearest first. */
  readonly exemplars: readonly Exemplar[];
}

const NEAREST_MAX = 3;

/** Returns the exemplars of a cell, or else those nearest to it by value, then by time. */
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

/**
 * Tables of a report: order of the rows, and widths of the columns.
 *
 * @module
 */

import { cutEnd, cutMiddle, widthOf } from "./text_width.ts";

const GAP = "  ";
/** Columns that the name and the last column keep on a narrow terminal. */
const NAME_WIDTH_MIN = 20;
const LAST_WIDTH_MIN = 24;

/** Row of a table. */
export interface Row {
  /** Texts of the columns. */
  readonly cells: readonly string[];
  /** Values to sort by, by the column; a column without a value does not order its rows. */
  readonly keys: Readonly<Record<string, string | number | null | undefined>>;
}

/** Sorts rows by a column: texts ascend, numbers descend, rows without a value come last. */
export function sorted(rows: readonly Row[], column: string | undefined): readonly Row[] {
  if (column === undefined) return rows;
  return rows.toSorted((a, b) => compare(a.keys[column] ?? undefined, b.keys[column] ?? undefined));
}

/**
 * Formats rows under their titles: the first and last columns are aligned left, numbers right.
 *
 * @param titles Titles of the columns
 * @param rows Rows
 * @param widthMax Columns of the terminal: the last column is cut at its end, the first in its middle
 */
export function table(titles: readonly string[], rows: readonly Row[], widthMax: number = Infinity): string[] {
  if (rows.length === 0) return [];
  const lines = [titles, ...rows.map(({ cells }) => cells)];
  const last = titles.length - 1;
  const widths = titles.map((_, column) => lines.reduce((width, line) => Math.max(width, widthOf(line[column])), 0));
  shrink(widths, widthMax);
  return lines.map((line) => {
    const cells = line.map((cell, column) => {
      if (column === last) return cutEnd(cell, widths[last]);
      const shown = column === 0 ? cutMiddle(cell, widths[0]) : cell;
      const blanks = " ".repeat(widths[column] - widthOf(shown));
      return column === 0 ? shown + blanks : blanks + shown;
    });
    return cutEnd(cells.join(GAP), widthMax).trimEnd();
  });
}

/** Takes what is too much from the last column, then from the first, then from the last again. */
function shrink(widths: number[], widthMax: number): void {
  const last = widths.length - 1;
  for (const [column, widthMin] of [[last, LAST_WIDTH_MIN], [0, NAME_WIDTH_MIN], [last, 0]]) {
    const width = widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length);
    if (width <= widthMax) return;
    widths[column] = Math.min(widths[column], Math.max(widthMin, widths[column] - (width - widthMax)));
  }
}

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (typeof a === "string") return a < b ? -1 : Number(a > b);
  return Number(b) - a;
}

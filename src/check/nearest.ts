/**
 * Known name nearest to a misspelled one.
 *
 * Source of the distance: Damerau, "A Technique for Computer Detection and Correction of Spelling Errors", 1964.
 *
 * @module
 */

/** Maximum share of a name that may be edited; a larger one suggests unrelated names. */
const EDITED_SHARE_MAX = 0.4;

/**
 * Returns the known name that takes the fewest edits; `undefined` if none is near.
 *
 * @param given Misspelled name
 * @param known Known names
 */
export function nearest(given: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const name of known) {
    const editsMax = Math.max(given.length, name.length) * EDITED_SHARE_MAX;
    // The difference in length is a lower bound, so unrelated texts cost little.
    if (Math.abs(given.length - name.length) > editsMax) continue;
    const distance = editDistance(given, name);
    if (distance >= bestDistance || distance > editsMax) continue;
    best = name;
    bestDistance = distance;
  }
  return best;
}

/** Number of UTF-16 units to insert, delete, replace or swap with their neighbour to turn one text into the other. */
export function editDistance(a: string, b: string): number {
  // `row[j]` is the distance from the units of `a` so far to the first j units of `b`; `previous` is one unit behind.
  let previous: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = row[j] + (a[i] === b[j] ? 0 : 1);
      const isSwapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const swapped = isSwapped ? previous[j - 1] + 1 : Infinity;
      next.push(Math.min(replaced, swapped, row[j + 1] + 1, next[j] + 1));
    }
    previous = row;
    row = next;
  }
  return row[b.length];
}

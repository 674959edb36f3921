/**
 * The known name that a misspelled one is nearest to.
 *
 * Source of the distance: Damerau, "A Technique for Computer Detection and Correction of Spelling Errors", 1964.
 *
 * @module
 */

/** Share of a name that may be edited; with more, names are suggested that were not meant. */
const EDITED_SHARE_MAX = 0.4;

/**
 * Returns the name that takes the fewest edits; `undefined` if none is near.
 *
 * @param given What was written
 * @param known The names there are
 */
export function nearest(given: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const name of known) {
    const editsMax = Math.max(given.length, name.length) * EDITED_SHARE_MAX;
    // As many edits at least, which saves the work for a text that is nothing like a name.
    if (Math.abs(given.length - name.length) > editsMax) continue;
    const distance = editDistance(given, name);
    if (distance >= bestDistance || distance > editsMax) continue;
    best = name;
    bestDistance = distance;
  }
  return best;
}

/** Number of UTF-16 units to insert, delete, replace or swap with their neighbour to make one text of another. */
export function editDistance(a: string, b: string): number {
  // `row[j]` is the distance of the units of `a` up to here to the first j units of `b`; `previous` is one unit before.
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

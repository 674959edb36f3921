/**
 * Which of the known names somebody meant.
 *
 * Source of the distance: Wagner and Fischer, "The String-to-String Correction Problem", 1974.
 *
 * @module
 */

/**
 * The name that takes the fewest edits.
 *
 * @param given What was written
 * @param known What could have been
 * @returns `undefined` if more than half of the longer name had to change
 */
export function nearest(given: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const name of known) {
    // As many edits at least, which saves the work for a text that is nothing like a name.
    if (Math.abs(given.length - name.length) > Math.max(given.length, name.length) / 2) continue;
    const distance = editDistance(given, name);
    if (distance >= bestDistance || distance > Math.max(given.length, name.length) / 2) continue;
    best = name;
    bestDistance = distance;
  }
  return best;
}

/** How many UTF-16 units have to be inserted, deleted or replaced to make one text of another. */
export function editDistance(a: string, b: string): number {
  // `row[j]` is the distance of what was seen of `a` to the first j units of `b`.
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = row[j] + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, row[j + 1] + 1, next[j] + 1));
    }
    row = next;
  }
  return row[b.length];
}

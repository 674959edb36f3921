/**
 * Choice of the sliding window nearest to a length.
 *
 * @module
 */

/** Returns the item whose length is nearest by ratio, the longer of two equally near; `undefined` without items. */
export function nearestWindow<Item>(
  items: readonly Item[],
  lengthMsOf: (item: Item) => number,
  wantedMs: number,
): Item | undefined {
  let nearest: Item | undefined;
  let distance = Number.POSITIVE_INFINITY;
  for (const item of items.toSorted((a, b) => lengthMsOf(b) - lengthMsOf(a))) {
    const itsDistance = Math.max(lengthMsOf(item) / wantedMs, wantedMs / lengthMsOf(item));
    if (itsDistance >= distance) continue;
    nearest = item;
    distance = itsDistance;
  }
  return nearest;
}

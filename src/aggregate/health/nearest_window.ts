/**
 * Which of the windows there are comes closest to the one that a check asks for.
 *
 * @module
 */

/** The item whose length is nearest by ratio, the longer of two that are as near; `undefined` if there is none. */
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

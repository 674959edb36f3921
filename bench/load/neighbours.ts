/**
 * Runs with something between runs without it: each is compared with the mean of its two neighbours, so that a machine
 * that slowly changes its speed does not show.
 *
 * @module
 */

/** Things to be run in turn, with a run of the reference before, between and after them. */
export function interleaved<Thing>(reference: Thing, things: readonly Thing[]): Thing[] {
  return [reference, ...things.flatMap((thing) => [thing, reference])];
}

/** In another order each round, so that nothing always follows the same. */
export function rotated<Thing>(things: readonly Thing[], round: number): Thing[] {
  const from = round % things.length;
  return [...things.slice(from), ...things.slice(0, from)];
}

/** Outcome of a run, as a multiple of its neighbours and beyond them. */
export interface Against {
  /** Times the geometric mean of the neighbours. */
  readonly ratio: number;
  /** More than their mean; below zero if it is less. */
  readonly difference: number;
}

/** Each run of {@linkcode interleaved} that is none of the reference, against its neighbours. */
export function againstNeighbours(values: readonly number[]): Against[] {
  const found: Against[] = [];
  for (let i = 1; i + 1 < values.length; i += 2) {
    const [before, value, after] = values.slice(i - 1, i + 2);
    found.push({ ratio: value / Math.sqrt(before * after), difference: value - (before + after) / 2 });
  }
  return found;
}

/**
 * Sorting of weighted values without an object for each.
 *
 * @module
 */

/** Length of the runs that insertion sort handles before they are merged. */
const RUN_LENGTH = 16;

/** Maximum number of values in a sort. */
export const PAIRS_MAX = 1_024;

const scratchValues = new Float64Array(PAIRS_MAX);
const scratchWeights = new Float64Array(PAIRS_MAX);

/**
 * Sorts the first `count` values ascending, with their weights: a stable bottom-up merge sort in memory that is
 * allocated once.
 *
 * @param values Any numbers except NaN
 * @param weights Weight of each value
 * @param count At most {@linkcode PAIRS_MAX}
 */
export function sortPairs(values: Float64Array, weights: Float64Array, count: number): void {
  for (let from = 0; from < count; from += RUN_LENGTH) {
    insertionSort(values, weights, from, Math.min(count, from + RUN_LENGTH));
  }
  for (let length = RUN_LENGTH; length < count; length *= 2) {
    for (let from = 0; from + length < count; from += 2 * length) {
      mergeRuns(values, weights, from, from + length, Math.min(count, from + 2 * length));
    }
  }
}

function insertionSort(values: Float64Array, weights: Float64Array, from: number, end: number): void {
  for (let i = from + 1; i < end; i++) {
    const value = values[i];
    const weight = weights[i];
    let to = i;
    while (to > from && values[to - 1] > value) {
      values[to] = values[to - 1];
      weights[to] = weights[to - 1];
      to -= 1;
    }
    values[to] = value;
    weights[to] = weight;
  }
}

/** Merges two sorted neighbouring runs; the first is copied aside, so that nothing is overwritten before it is read. */
function mergeRuns(values: Float64Array, weights: Float64Array, from: number, middle: number, end: number): void {
  if (values[middle - 1] <= values[middle]) return;
  const asideValues = scratchValues;
  const asideWeights = scratchWeights;
  const aside = middle - from;
  for (let i = 0; i < aside; i++) {
    asideValues[i] = values[from + i];
    asideWeights[i] = weights[from + i];
  }
  let first = 0;
  let second = middle;
  for (let to = from; first < aside; to++) {
    if (second === end || asideValues[first] <= values[second]) {
      values[to] = asideValues[first];
      weights[to] = asideWeights[first++];
    } else {
      values[to] = values[second];
      weights[to] = weights[second++];
    }
  }
}

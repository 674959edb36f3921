/**
 * The slope of a line through points, by Theil and Sen: the median of the slopes of all pairs. Up to 29 of 100 points may
 * be anything without moving it far, which the mean of squares cannot say.
 *
 * @module
 */

/** A point; no two have the same `x`. */
export type Point = readonly [x: number, y: number];

/** The slope; 0 for less than two points. */
export function slopeOf(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (let i = 0; i < points.length; i++) {
    for (let j = i + 1; j < points.length; j++) {
      slopes.push((points[j][1] - points[i][1]) / (points[j][0] - points[i][0]));
    }
  }
  return slopes.length === 0 ? 0 : medianOf(slopes);
}

function medianOf(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

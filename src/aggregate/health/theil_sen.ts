/**
 * Slope of a line through points by the Theil–Sen estimator: the median of the slopes of all pairs. Unlike with least
 * squares, up to 29 of 100 points may be arbitrary without moving it far.
 *
 * @module
 */

/** Point; no two points may have the same `x`. */
export type Point = readonly [x: number, y: number];

/** Returns the slope; 0 for fewer than two points. */
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

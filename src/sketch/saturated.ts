/**
 * Sums that stay finite, because JSON has no infinity and an infinite sum would never change again.
 *
 * @module
 */

/** Finite double nearest to a sum. */
export function saturated(sum: number): number {
  if (sum > Number.MAX_VALUE) return Number.MAX_VALUE;
  return sum < -Number.MAX_VALUE ? -Number.MAX_VALUE : sum;
}

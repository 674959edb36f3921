/**
 * Sums that stay numbers: JSON has no infinity, and an infinite sum would never change again.
 *
 * @module
 */

/** The double that is nearest to a sum: one beyond the largest is the largest. */
export function saturated(sum: number): number {
  if (sum > Number.MAX_VALUE) return Number.MAX_VALUE;
  return sum < -Number.MAX_VALUE ? -Number.MAX_VALUE : sum;
}

/**
 * Quantiles of counts by bucket, by the rule of the aggregator: the smallest value that at least `q · count` values do
 * not exceed, and for it the middle of its bucket.
 *
 * @module
 */

import { type Counts, middleOf, totalOf } from "./bucket_keys.ts";

/** The quantiles that are drawn, ascending, by their names in frames. */
export const DRAWN_QUANTILES: readonly string[] = ["0.5", "0.95", "0.99", "0.999"];

/** One value a quantile; all NaN if there is nothing. */
export function quantilesOf(counts: Counts, schema: number, quantiles: readonly number[]): number[] {
  const total = totalOf(counts);
  if (total === 0) return quantiles.map(() => NaN);
  let at = 0;
  let passed = counts[1];
  return quantiles.map((q) => {
    const rank = Math.max(1, Math.ceil(q * total));
    while (passed < rank) {
      at += 2;
      passed += counts[at + 1];
    }
    return middleOf(counts[at], schema);
  });
}

/** How a quantile is called: `p99.9`. */
export function quantileName(quantile: string): string {
  return `p${Number((Number(quantile) * 100).toFixed(6))}`;
}

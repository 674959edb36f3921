/**
 * Quantiles of bucket counts, by the rule of the aggregator: the smallest value that is not exceeded by at least
 * `q · count` values, approximated by the middle of its bucket.
 *
 * @module
 */

import { type Counts, middleOf, totalOf } from "./bucket_keys.ts";

/** Drawn quantiles, ascending, by their names in frames. */
export const DRAWN_QUANTILES: readonly string[] = ["0.5", "0.95", "0.99", "0.999"];

/** Returns a value for each quantile; NaN without any counts. */
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

/** Returns a quantile's name as a percentile: `p99.9`. */
export function quantileName(quantile: string): string {
  return `p${Number((Number(quantile) * 100).toFixed(6))}`;
}

/**
 * Shares of counters and gauges for tests.
 *
 * @module
 */

import type { Presence, ThreadShare } from "../../../../src/aggregate/series/scalar.ts";

/** Share of a thread in a series, with its value; a stamp of 0 is that of one that was never set. */
export function shareOf(value: number, stamp = 0): ThreadShare & { readonly thread: Presence } {
  return { thread: { isPresent: true }, cells: Float64Array.of(value, stamp), index: 0, stampIndex: 1 };
}

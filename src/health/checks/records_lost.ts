/**
 * Check of the records that histograms lost with a failed aggregator in the last minute.
 *
 * @module
 */

import type { BuiltInCheck } from "./built_in_check.ts";
import { degradedBy } from "./finding.ts";

const RECENT_MS = 60_000;

/** Check of lost records. It shares the alert of `restarts`, without which nothing is lost. */
export const recordsLost: BuiltInCheck<boolean> = {
  key: "records_lost",
  fallback: true,
  judge(inputs) {
    const { count, agoMs } = inputs.recordsLost();
    const isRecent = count > 0 && agoMs < RECENT_MS;
    return degradedBy(isRecent ? `histograms lost records in the last minute, ${count} in all` : undefined, count);
  },
};

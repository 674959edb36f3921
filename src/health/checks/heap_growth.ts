/**
 * Check of the heaps: the growth of what garbage collections leave, on the thread where it is largest.
 *
 * @module
 */

import type { BuiltInCheck } from "./built_in_check.ts";
import type { HeapGrowth } from "./inputs.ts";
import { compare, labelText, percent, rounded } from "./finding.ts";
import { NEVER, type WindowThresholds } from "./thresholds.ts";

/** Exposed name of the gauge of used heap. */
export const HEAP_METRIC = "deno_heap_used_bytes";
/** Growth in bytes below which a heap is never reported, whatever its share. */
const BYTES_MIN = 2 ** 24;
const MINUTE_MS = 60_000;

export const heapGrowth: BuiltInCheck<WindowThresholds> = {
  key: "heap_growth",
  unit: "factor",
  // Memory in use is no reason to take a program out of service.
  fallback: { windowMs: 300_000, degraded: 0.25, unhealthy: NEVER, critical: NEVER },
  judge(inputs, limits) {
    let worst: { readonly growth: HeapGrowth; readonly ratio: number } | undefined;
    for (const growth of inputs.heapGrowths()) {
      const ratio = growth.bytes < BYTES_MIN ? Math.min(0, growth.ratio) : growth.ratio;
      if (worst === undefined || ratio > worst.ratio) worst = { growth, ratio };
    }
    if (worst === undefined) return { status: "NOT_MEASURED" };
    const { growth: { labels }, ratio } = worst;
    return compare(ratio, limits, () => {
      const minutes = rounded(limits.windowMs / MINUTE_MS);
      return `the heap${labelText(labels)} has grown by ${percent(ratio)} within ${minutes} min`;
    });
  },
  alert: {
    name: "HotpathHeapGrowth",
    group: "runtime",
    metric: HEAP_METRIC,
    // Minima are compared, because a heap rises until the next collection.
    expr({ series, range }, limit) {
      const used = series(HEAP_METRIC);
      const now = `min_over_time(${used}[${range}])`;
      const before = `min_over_time(${used}[${range}] offset ${range})`;
      return `${now} / ${before} - 1 > ${limit} and ${now} - ${before} >= ${BYTES_MIN}`;
    },
    summary:
      "The heap of {{ $labels.thread }} on {{ $labels.instance }} has grown by {{ $value | humanizePercentage }}",
    description: (range) =>
      `Memory that garbage collections leave behind grew within ${range}. The program may leak memory.`,
  },
};

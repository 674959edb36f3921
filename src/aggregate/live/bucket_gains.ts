/**
 * Gains of a series' buckets between two frames.
 *
 * @module
 */

import type { BucketRun, ExponentialBuckets } from "../../model/families.ts";
import type { LiveBuckets } from "../../model/live_frames.ts";
import { lowered } from "../../sketch/sketch.ts";

/** Buckets of an empty series. */
export const NO_BUCKETS: Omit<ExponentialBuckets, "schema"> = {
  zeroThreshold: 0,
  zeroCount: 0,
  positive: { low: 0, counts: new Float64Array(0) },
  negative: { low: 0, counts: new Float64Array(0) },
};

/**
 * Returns the gains of buckets. If the resolution was halved in between, the earlier buckets are halved too.
 *
 * @param before Earlier buckets
 * @param now Current buckets, with no count below its earlier one
 * @param schema Resolution that the reader assumes
 */
export function gainsOf(before: ExponentialBuckets, now: ExponentialBuckets, schema: number): LiveBuckets {
  const steps = before.schema - now.schema;
  const positive = gainsOfRun(lowered(before.positive, steps), now.positive);
  const negative = gainsOfRun(lowered(before.negative, steps), now.negative);
  const zero = now.zeroCount - before.zeroCount;
  return {
    ...(now.schema !== schema && { schema: now.schema }),
    ...(positive.length > 0 && { positive }),
    ...(negative.length > 0 && { negative }),
    ...(zero > 0 && { zero }),
  };
}

/** Returns pairs of an index and a count, for each bucket with a gain. */
function gainsOfRun(before: BucketRun, now: BucketRun): number[] {
  const { low, counts } = now;
  const shift = low - before.low;
  const gains: number[] = [];
  for (let at = 0; at < counts.length; at++) {
    const from = at + shift;
    const gain = counts[at] - (from >= 0 && from < before.counts.length ? before.counts[from] : 0);
    if (gain > 0) gains.push(low + at, gain);
  }
  return gains;
}

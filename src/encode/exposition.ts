/**
 * Writing of families point by point, with pauses, because an exposition of a hundred thousand series takes longer than
 * rings can wait.
 *
 * @module
 */

import type { MetricFamily } from "../model/families.ts";
import type { Encoder } from "./encoder.ts";

/** Points of counters and gauges between two reads of the clock, which costs as much as a point. */
const POINTS_PER_LOOK = 64;

/**
 * Writes families.
 *
 * @param families Families, each name once
 * @param encoder Encoder of the families
 * @param isTired Called often; returns whether to pause
 * @returns Generator that pauses at each `yield`; everything is written once it is done
 */
export function* writeFamilies(
  families: Iterable<MetricFamily>,
  encoder: Encoder,
  isTired: () => boolean,
): Generator<void> {
  for (const family of families) {
    const isCheap = family.type === "counter" || family.type === "gauge";
    let written = 0;
    encoder.begin(family);
    for (const point of family.points) {
      encoder.write(point);
      written += 1;
      if ((!isCheap || written % POINTS_PER_LOOK === 0) && isTired()) yield;
    }
    encoder.endFamily();
  }
}

/**
 * A sketch that is finished: the same counts in the narrowest array that holds them. Windows are
 * made of slices, and most counts in a slice are small.
 *
 * @module
 */

import type { BucketRun } from "./bucket_store.ts";
import type { Sketch, SketchLike } from "./sketch.ts";

/** An immutable sketch. */
export type Slice = SketchLike;

/** Copies what a sketch holds into a slice. */
export function freeze(sketch: Sketch): Slice {
  return {
    schema: sketch.schema,
    moments: sketch.moments.slice(),
    positive: packed(sketch.positive),
    negative: packed(sketch.negative),
  };
}

function packed(run: BucketRun): BucketRun {
  const { low, counts } = run;
  let largest = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] > largest) largest = counts[i];
  if (largest < 2 ** 8) return { low, counts: Uint8Array.from(counts) };
  if (largest < 2 ** 16) return { low, counts: Uint16Array.from(counts) };
  if (largest < 2 ** 32) return { low, counts: Uint32Array.from(counts) };
  return { low, counts: Float64Array.from(counts) };
}

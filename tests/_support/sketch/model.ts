/**
 * What a sketch is, slowly: a map from bucket to count, and the values themselves.
 *
 * @module
 */

import { Batch } from "../../../src/sketch/batch.ts";
import { indexOf, ZERO_THRESHOLD } from "../../../src/sketch/exponential.ts";
import { Moment, type SketchLike } from "../../../src/sketch/sketch.ts";

/** A value and its weight. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** Comparable contents of a sketch. */
export interface Content {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly positive: readonly [index: number, count: number][];
  readonly negative: readonly [index: number, count: number][];
}

/** Expected contents of a sketch of these values at a schema. */
export function contentOf(values: readonly Weighted[], schema: number): Content {
  const positive = new Map<number, number>();
  const negative = new Map<number, number>();
  let zeros = 0;
  for (const { value, weight } of values) {
    if (Math.abs(value) <= ZERO_THRESHOLD) zeros += weight;
    else {
      const buckets = value > 0 ? positive : negative;
      const index = indexOf(Math.abs(value), schema);
      buckets.set(index, (buckets.get(index) ?? 0) + weight);
    }
  }
  return {
    count: values.reduce((total, { weight }) => total + weight, 0),
    min: values.reduce((min, { value }) => Math.min(min, value), Infinity),
    max: values.reduce((max, { value }) => Math.max(max, value), -Infinity),
    zeros,
    positive: [...positive].toSorted(([a], [b]) => a - b),
    negative: [...negative].toSorted(([a], [b]) => a - b),
  };
}

/** Contents of a sketch. */
export function contentIn({ moments, positive, negative }: SketchLike): Content {
  const entries = ({ low, counts }: SketchLike["positive"]) =>
    Array.from(counts, (count, i): [number, number] => [low + i, count]).filter(([, count]) => count > 0);
  return {
    count: moments[Moment.count],
    min: moments[Moment.min],
    max: moments[Moment.max],
    zeros: moments[Moment.zeros],
    positive: entries(positive),
    negative: entries(negative),
  };
}

/** The value of a quantile by the nearest rank, from sorted values. */
export function nearestRank(sorted: ArrayLike<number>, q: number): number {
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1];
}

/** A batch that holds values from a place on, with their buckets found. */
export function batchOf(values: readonly Weighted[], from = 0): Batch {
  const batch = new Batch(from + values.length);
  batch.isWeighted = values.some(({ weight }) => weight !== 1);
  values.forEach(({ value, weight }, i) => {
    batch.values[from + i] = value;
    batch.weights[from + i] = weight;
  });
  batch.findBuckets(from + values.length);
  return batch;
}

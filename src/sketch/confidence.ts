/**
 * Confidence intervals of the mean and quantiles of sampled records. A record that represents w calls has the weight w.
 * If sampled-out calls are distributed like recorded ones, the mean over all N calls differs from the mean over the
 * records with the variance σ² · (Σw² − N) / N²: the variance of the repetitions, excluding the calls known from their
 * records. It is zero if no call was sampled out.
 *
 * σ² is the variance of the middles of buckets or centroids, so that recording costs nothing more.
 *
 * @module
 */

import type { Interval } from "../model/snapshot.ts";
import { upperBoundOf } from "./exponential.ts";
import { Moment } from "./moments.ts";
import { middle } from "./quantile.ts";
import type { SketchLike } from "./sketch.ts";
import type { DigestLike } from "./tdigest.ts";

/** Probability that an interval contains the true value. */
export const LEVEL = 0.95;
/** Quantile of the normal distribution at (1 + level) / 2. */
const Z = 1.959964;

/** Values that a sketch cannot distinguish. */
interface Group {
  readonly weight: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/**
 * Interval of the mean.
 *
 * @param sketch Sketch with at least one value
 */
export function meanInterval(sketch: SketchLike | DigestLike): Interval {
  const { moments } = sketch;
  const count = moments[Moment.count];
  const squaredWeights = moments[Moment.squaredWeights];
  const freedom = count * count / squaredWeights - 1;
  if (freedom <= 0) return [null, null];
  const mean = moments[Moment.sum] / count;
  let squares = 0;
  for (const { weight, middle } of groupsOf(sketch)) squares += weight * (middle - mean) ** 2;
  const variance = squares / count * (1 + 1 / freedom);
  // First term of Student's t from the normal quantile, because the variance is an estimate.
  const t = Z + (Z ** 3 + Z) / (4 * freedom);
  const margin = t * Math.sqrt(variance * (squaredWeights - count)) / count;
  return [boundOf(mean - margin), boundOf(mean + margin)];
}

/** Bound; `null` where squares of the largest doubles overflowed. */
function boundOf(bound: number): number | null {
  return Number.isFinite(bound) ? bound : null;
}

/**
 * Sampling rate of the values: at rate r the weights are geometric, so the mean of their squares over their mean is
 * (2 − r) / r.
 *
 * @returns 0 to 1; 1 if every record represents one call
 */
export function samplingRateOf(moments: Float64Array): number {
  return 2 / (1 + moments[Moment.squaredWeights] / moments[Moment.count]);
}

/**
 * Intervals of quantiles: the values at the ranks that enclose the true one, widened to the bounds of their buckets.
 *
 * The weight beyond the true quantile is a sum of a few random weights, modeled by a gamma distribution in the
 * approximation of Wilson and Hilferty. With fewer than four effective records beyond a quantile, the interval has no
 * bound on that side.
 *
 * @param sketch Sketch with at least one value
 * @param quantiles Quantiles, each 0 to 1
 */
export function quantileIntervals(sketch: SketchLike | DigestLike, quantiles: readonly number[]): Interval[] {
  const { moments } = sketch;
  const count = moments[Moment.count];
  const spread = (moments[Moment.squaredWeights] - count) / (count * count);
  const groups = [...groupsOf(sketch)];
  return quantiles.map((q) => {
    // The extremes of all calls lie at or beyond those of the recorded ones, which gives no bound on that side.
    if (q === 0) return [null, moments[Moment.min]];
    if (q === 1) return [moments[Moment.max], null];
    const variance = q * (1 - q) * spread;
    const isUpper = q >= 0.5;
    const tail = isUpper ? 1 - q : q;
    const [least, most] = gammaInterval(tail, variance);
    const [low, high] = isUpper ? [1 - most, 1 - least] : [least, most];
    return [
      q ** 2 < Z ** 2 * variance || low <= 0 ? null : groupAt(groups, low * count).low,
      (1 - q) ** 2 < Z ** 2 * variance || high >= 1 ? null : groupAt(groups, high * count).high,
    ];
  });
}

/** Interval of a gamma variable at {@linkcode LEVEL}, after Wilson and Hilferty. */
function gammaInterval(mean: number, variance: number): [low: number, high: number] {
  const root = Math.sqrt(variance) / (3 * mean);
  return [mean * Math.max(0, 1 - root * root - Z * root) ** 3, mean * (1 - root * root + Z * root) ** 3];
}

function groupAt(groups: readonly Group[], rank: number): Group {
  let passed = 0;
  return groups.find(({ weight }) => (passed += weight) >= rank) ?? groups[groups.length - 1];
}

function groupsOf(sketch: SketchLike | DigestLike): Generator<Group> {
  return "means" in sketch ? centroidGroups(sketch) : bucketGroups(sketch);
}

/** Yields centroids as groups, whose values lie between the neighbouring centroids. */
function* centroidGroups({ moments, means, weights }: DigestLike): Generator<Group> {
  for (let i = 0; i < means.length; i++) {
    yield {
      weight: weights[i],
      low: i === 0 ? moments[Moment.min] : means[i - 1],
      middle: means[i],
      high: i === means.length - 1 ? moments[Moment.max] : means[i + 1],
    };
  }
}

function* bucketGroups({ schema, moments, positive, negative }: SketchLike): Generator<Group> {
  for (let i = negative.counts.length - 1; i >= 0; i--) {
    const { low, middle, high } = bucketGroup(schema, negative.low + i, negative.counts[i]);
    if (negative.counts[i] > 0) yield { weight: negative.counts[i], low: -high, middle: -middle, high: -low };
  }
  if (moments[Moment.zeros] > 0) yield { weight: moments[Moment.zeros], low: 0, middle: 0, high: 0 };
  for (let i = 0; i < positive.counts.length; i++) {
    if (positive.counts[i] > 0) yield bucketGroup(schema, positive.low + i, positive.counts[i]);
  }
}

function bucketGroup(schema: number, index: number, weight: number): Group {
  return {
    weight,
    low: upperBoundOf(index - 1, schema),
    middle: middle(schema, index),
    high: upperBoundOf(index, schema),
  };
}

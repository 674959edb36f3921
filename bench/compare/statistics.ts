/**
 * What repeated ratios show: their median, its interval of confidence, and how many are needed.
 *
 * Nothing is assumed of their distribution but that they are independent: a ratio of two processes that ran one after the
 * other is far off now and then, because another program used the machine. So the centre is the median and its interval is
 * the binomial one, from one of the sorted ratios to another.
 *
 * @module
 */

import { median } from "../lib/harness.ts";

/**
 * How sure an interval is to hold the true median. More than the usual 95 %, because a comparison has many rows and is
 * looked at after each repetition.
 */
export const CONFIDENCE = 0.99;
/** The fewest ratios of which an interval is that sure: 1 − 2 · 0.5⁸ > 0.99. */
export const REPETITIONS_MIN = 8;

/** Where {@linkcode CONFIDENCE} of a normal distribution end. */
const NORMAL_QUANTILE = 2.576;
/** A median of normal values spreads that much more than their mean: √(π / 2). */
const MEDIAN_SPREAD = 1.2533;
/** A normal distribution's deviation, in median absolute deviations. */
const DEVIATION_OF_MEDIAN_ABSOLUTE = 1.4826;

/** A median and where the true one lies. */
export interface Estimate {
  /** The median. */
  readonly ratio: number;
  /** The true one is no lower, {@linkcode CONFIDENCE} sure together with `high`; 0 if there are too few values. */
  readonly low: number;
  /** The true one is no higher; infinite if there are too few values. */
  readonly high: number;
}

/** The median of ratios with its interval. */
export function estimate(ratios: readonly number[]): Estimate {
  const sorted = ratios.toSorted((a, b) => a - b);
  const cut = valuesCut(sorted.length);
  if (cut < 0) return { ratio: median(ratios), low: 0, high: Infinity };
  return { ratio: median(sorted), low: sorted[cut], high: sorted[sorted.length - 1 - cut] };
}

/**
 * How many of the sorted values lie outside of the interval at either end: as many as leave it sure enough. −1 if even
 * the lowest and the highest value are not.
 */
export function valuesCut(count: number): number {
  // The k-th lowest of n is above the true median if fewer than k of n coins show heads.
  let probability = 0.5 ** count;
  let outside = probability;
  let cut = -1;
  while (2 * outside <= 1 - CONFIDENCE) {
    cut += 1;
    probability *= (count - cut) / (cut + 1);
    outside += probability;
  }
  return cut;
}

/**
 * By how much the logarithms of ratios spread around zero that should all be one: a standard deviation that outliers do
 * not move.
 */
export function noiseOf(ratios: readonly number[]): number {
  return DEVIATION_OF_MEDIAN_ABSOLUTE * median(ratios.map((ratio) => Math.abs(Math.log(ratio))));
}

/** Each value over the one before it: what two runs of the same differ by. */
export function successiveRatios(values: readonly number[]): number[] {
  return values.slice(1).map((value, i) => value / values[i]);
}

/**
 * How many ratios it takes until their interval reaches half way from the median to the threshold, and so leaves no doubt
 * about what is as fast as before.
 *
 * @param noise Result of {@linkcode noiseOf}
 * @param threshold The share by which something may be slower
 */
export function repetitionsFor(noise: number, threshold: number): number {
  const reach = Math.log1p(threshold) / 2;
  return Math.max(REPETITIONS_MIN, Math.ceil((NORMAL_QUANTILE * MEDIAN_SPREAD * noise / reach) ** 2));
}

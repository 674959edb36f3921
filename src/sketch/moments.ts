/**
 * Exact statistics of every kind of sketch: count, sum, minimum, maximum, the sum of the squared weights, from which
 * the sampling rate follows, and the number of violations of an objective.
 *
 * @module
 */

import { saturated } from "./saturated.ts";
import type { Batch } from "./batch.ts";

/** Positions in the moments of a sketch. */
export const Moment = { count: 0, sum: 1, min: 2, max: 3, zeros: 4, squaredWeights: 5, violations: 6 } as const;
/** Number of moments. */
export const MOMENTS = 7;

let saturations = 0;

/** Returns the number of values since the last call that took a sum past the largest double, where the sum stays. */
export function takeSaturations(): number {
  const count = saturations;
  saturations = 0;
  return count;
}

/** Creates the moments of an empty sketch. */
export function createMoments(): Float64Array {
  const moments = new Float64Array(MOMENTS);
  clearMoments(moments);
  return moments;
}

/** Removes all values. */
export function clearMoments(moments: Float64Array): void {
  moments.fill(0);
  moments[Moment.min] = Number.POSITIVE_INFINITY;
  moments[Moment.max] = Number.NEGATIVE_INFINITY;
}

/** Adds a value that represents `weight` values. */
export function addMoments(moments: Float64Array, value: number, weight: number): void {
  moments[Moment.count] += weight;
  moments[Moment.sum] = sumWith(moments[Moment.sum], value, weight);
  moments[Moment.squaredWeights] += weight * weight;
  if (value < moments[Moment.min]) moments[Moment.min] = value;
  if (value > moments[Moment.max]) moments[Moment.max] = value;
}

/** Adds a run of a batch's values. */
export function addRunMoments(moments: Float64Array, batch: Batch, from: number, end: number): void {
  if (batch.isWeighted) addWeighted(moments, batch, from, end);
  else addUnweighted(moments, batch, from, end);
}

/** Adds the moments of other values. */
export function mergeMoments(mine: Float64Array, theirs: Float64Array): void {
  mine[Moment.count] += theirs[Moment.count];
  mine[Moment.sum] = saturated(mine[Moment.sum] + theirs[Moment.sum]);
  mine[Moment.min] = Math.min(mine[Moment.min], theirs[Moment.min]);
  mine[Moment.max] = Math.max(mine[Moment.max], theirs[Moment.max]);
  mine[Moment.zeros] += theirs[Moment.zeros];
  mine[Moment.squaredWeights] += theirs[Moment.squaredWeights];
  mine[Moment.violations] += theirs[Moment.violations];
}

/** Sets the sum of a run. An overflowed one is added up step by step, because later values may bring it back. */
function setSum(moments: Float64Array, sum: number, { values, weights }: Batch, from: number, end: number): void {
  let exact = sum;
  if (!Number.isFinite(sum)) {
    exact = moments[Moment.sum];
    for (let i = from; i < end; i++) exact = sumWith(exact, values[i], weights[i]);
  }
  moments[Moment.sum] = exact;
}

function sumWith(sum: number, value: number, weight: number): number {
  const next = sum + value * weight;
  if (Number.isFinite(next)) return next;
  saturations += 1;
  return saturated(sum + saturated(value * weight));
}

function addUnweighted(moments: Float64Array, batch: Batch, from: number, end: number): void {
  const { values } = batch;
  let sum = moments[Moment.sum];
  let min = moments[Moment.min];
  let max = moments[Moment.max];
  for (let i = from; i < end; i++) {
    const value = values[i];
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  moments[Moment.count] += end - from;
  setSum(moments, sum, batch, from, end);
  moments[Moment.min] = min;
  moments[Moment.max] = max;
  moments[Moment.squaredWeights] += end - from;
}

function addWeighted(moments: Float64Array, batch: Batch, from: number, end: number): void {
  const { values, weights } = batch;
  let count = moments[Moment.count];
  let sum = moments[Moment.sum];
  let min = moments[Moment.min];
  let max = moments[Moment.max];
  let squaredWeights = moments[Moment.squaredWeights];
  for (let i = from; i < end; i++) {
    const value = values[i];
    const weight = weights[i];
    count += weight;
    sum += value * weight;
    squaredWeights += weight * weight;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  moments[Moment.count] = count;
  setSum(moments, sum, batch, from, end);
  moments[Moment.min] = min;
  moments[Moment.max] = max;
  moments[Moment.squaredWeights] = squaredWeights;
}

/**
 * Selection of a distribution's exemplars: the last one of each classic bucket, and for native histograms a few spread
 * over the range. Created with the first exemplar of a series, because most series have none.
 *
 * Source: client_golang, `prometheus/histogram.go`, for the exemplar that a new one replaces.
 *
 * @module
 */

import type { Exemplar } from "../../model/model.ts";

/** Maximum number of exemplars spread over the range. */
const SPREAD_MAX = 10;
/** Age in milliseconds after which the oldest of them is replaced first. */
const TTL_MS = 300_000;

/** Exemplars of one distribution. */
export class DistributionExemplars {
  readonly #bounds: Float64Array;
  readonly #byBucket: (Exemplar | undefined)[];
  readonly #spread: Exemplar[] = [];

  /**
   * Creates a selection without exemplars.
   *
   * @param bounds Upper bounds of the classic buckets, ascending, the last one `+Inf`
   */
  constructor(bounds: Float64Array) {
    this.#bounds = bounds;
    this.#byBucket = new Array(bounds.length).fill(undefined);
  }

  /** Last exemplar of each classic bucket, that of `+Inf` last. */
  get byBucket(): readonly (Exemplar | undefined)[] {
    return this.#byBucket;
  }

  /** Exemplars from the whole range, ascending. */
  get spread(): readonly Exemplar[] {
    return this.#spread;
  }

  /** Adds an exemplar, which may replace others. */
  add(exemplar: Exemplar): void {
    this.#byBucket[this.#bounds.findIndex((bound) => exemplar.value <= bound)] = exemplar;
    const spread = this.#spread;
    if (spread.length === SPREAD_MAX) spread.splice(replacedBy(exemplar, spread), 1);
    spread.splice(firstAbove(exemplar.value, spread), 0, exemplar);
  }
}

/**
 * Returns the position of the exemplar that a new one replaces: the oldest if it has expired, else the older of the two
 * closest to each other, including the new one. A time in the future precedes a correction of the wall clock.
 */
function replacedBy({ value, timestampMs }: Exemplar, spread: readonly Exemplar[]): number {
  const agesMs = spread.map((each) => Math.abs(timestampMs - each.timestampMs));
  const oldest = agesMs.indexOf(Math.max(...agesMs));
  if (agesMs[oldest] > TTL_MS) return oldest;
  let replaced = oldest;
  let closest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < spread.length; i++) {
    const distance = distanceOf(spread[i - 1].value, spread[i].value);
    if (distance >= closest) continue;
    closest = distance;
    replaced = spread[i].timestampMs < spread[i - 1].timestampMs ? i : i - 1;
  }
  const at = spread.findIndex((each) => value <= each.value);
  for (const neighbour of at < 0 ? [spread.length - 1] : [at - 1, at]) {
    if (neighbour < 0) continue;
    const distance = distanceOf(spread[neighbour].value, value);
    if (distance >= closest) continue;
    closest = distance;
    replaced = neighbour;
  }
  return replaced;
}

/** Returns the position after all exemplars that are not larger. */
function firstAbove(value: number, spread: readonly Exemplar[]): number {
  const at = spread.findIndex((each) => value < each.value);
  return at < 0 ? spread.length : at;
}

/** Returns the distance of two values by their logarithms; infinite if zero lies between them. */
function distanceOf(a: number, b: number): number {
  if (a === b) return 0;
  if (Math.sign(a) !== Math.sign(b)) return Number.POSITIVE_INFINITY;
  return Math.abs(Math.log(Math.abs(a)) - Math.log(Math.abs(b)));
}

/**
 * Which exemplars a distribution keeps: of each classic bucket the last one, and for native histograms a few that are
 * spread over the range. Made for a series when its first exemplar comes; most never have one.
 *
 * Source: client_golang, `prometheus/histogram.go`, of which exemplar a new one takes the place.
 *
 * @module
 */

import type { Exemplar } from "../../model/model.ts";

/** How many are spread over the range. */
const SPREAD_MAX = 10;
/** When the oldest of them goes first. */
const TTL_MS = 300_000;

/** The exemplars of one distribution. */
export class DistributionExemplars {
  readonly #bounds: Float64Array;
  readonly #byBucket: (Exemplar | undefined)[];
  readonly #spread: Exemplar[] = [];

  /**
   * None.
   *
   * @param bounds Upper bounds of the classic buckets, ascending, the last one `+Inf`
   */
  constructor(bounds: Float64Array) {
    this.#bounds = bounds;
    this.#byBucket = new Array(bounds.length).fill(undefined);
  }

  /** By classic bucket, that of `+Inf` last: its last exemplar. */
  get byBucket(): readonly (Exemplar | undefined)[] {
    return this.#byBucket;
  }

  /** Exemplars from all over the range, ascending. */
  get spread(): readonly Exemplar[] {
    return this.#spread;
  }

  /** Adds one; others may have to go. */
  add(exemplar: Exemplar): void {
    this.#byBucket[this.#bounds.findIndex((bound) => exemplar.value <= bound)] = exemplar;
    const spread = this.#spread;
    if (spread.length === SPREAD_MAX) spread.splice(replacedBy(exemplar, spread), 1);
    spread.splice(firstAbove(exemplar.value, spread), 0, exemplar);
  }
}

/**
 * Which of the exemplars goes for a new one: the oldest if it is too old; else of the two that are closest together, the
 * new one counted in, the older. One of a time to come is from before the wall clock was set back.
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

/** Behind all that are not larger. */
function firstAbove(value: number, spread: readonly Exemplar[]): number {
  const at = spread.findIndex((each) => value < each.value);
  return at < 0 ? spread.length : at;
}

/** How far apart two values are, by their logarithms; as far as can be if they lie on two sides of zero. */
function distanceOf(a: number, b: number): number {
  if (a === b) return 0;
  if (Math.sign(a) !== Math.sign(b)) return Number.POSITIVE_INFINITY;
  return Math.abs(Math.log(Math.abs(a)) - Math.log(Math.abs(b)));
}

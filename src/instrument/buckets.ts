/**
 * The bounds of classic buckets: what is allowed, and the usual ways to choose them.
 *
 * @module
 */

import { add, type Decimal, decimalOf, isWritten, multiply, numberOf, shortened } from "../check/decimal.ts";
import { rangeError, typeError } from "../check/errors.ts";
import { BUCKETS_COUNT_MAX } from "../model/model.ts";

/**
 * Bounds that are equally far apart.
 *
 * @param start The first
 * @param width From each to the next, above 0
 * @param count How many, 1 to 256
 * @throws {TypeError} If one of them is no number
 * @throws {RangeError} If one of them is out of range, or the bounds would not be finite or not ascend
 *
 * @example Percentages in steps of 25
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { linearBuckets } from "@hotpath/metrics";
 *
 * assertEquals(linearBuckets(25, 25, 4), [25, 50, 75, 100]);
 * ```
 */
export function linearBuckets(start: number, width: number, count: number): readonly number[] {
  const action = "make linear buckets";
  checkNumber(action, "start", start);
  checkAbove(action, "width", width, 0);
  const [first, step] = [decimalOf(start), decimalOf(width)];
  const error = errorOf(first, step);
  return bounds(
    action,
    count,
    1,
    (i) => numberOf(add(first, multiply(step, { digits: BigInt(i), exponent: 0 }))),
    (i) => error * (Math.abs(start) + i * width),
  );
}

/**
 * Bounds of which each is a factor larger than the one before.
 *
 * @param start The first, above 0
 * @param factor From each to the next, above 1
 * @param count How many, 1 to 256
 * @throws {TypeError} If one of them is no number
 * @throws {RangeError} If one of them is out of range, or the bounds would not be finite or not ascend
 *
 * @example Sizes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { exponentialBuckets } from "@hotpath/metrics";
 *
 * assertEquals(exponentialBuckets(64, 4, 4), [64, 256, 1_024, 4_096]);
 * ```
 */
export function exponentialBuckets(start: number, factor: number, count: number): readonly number[] {
  const action = "make exponential buckets";
  checkAbove(action, "start", start, 0);
  checkAbove(action, "factor", factor, 1);
  const [first, step] = [decimalOf(start), decimalOf(factor)];
  const error = errorOf(first, step);
  return bounds(
    action,
    count,
    1,
    (i) => numberOf({ digits: first.digits * step.digits ** BigInt(i), exponent: first.exponent + i * step.exponent }),
    (i, bound) => error * (i + 1) * bound,
  );
}

/**
 * Bounds from one value to another, each the same factor larger than the one before.
 *
 * @param min The first, above 0
 * @param max The last, above the first
 * @param count How many, 2 to 256
 * @throws {TypeError} If one of them is no number
 * @throws {RangeError} If one of them is out of range, or the bounds would not ascend
 *
 * @example From 1 ms to 10 s
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { exponentialBucketsRange } from "@hotpath/metrics";
 *
 * assertEquals(exponentialBucketsRange(0.001, 10, 5), [0.001, 0.01, 0.1, 1, 10]);
 * ```
 */
export function exponentialBucketsRange(min: number, max: number, count: number): readonly number[] {
  const action = "make exponential buckets";
  checkAbove(action, "min", min, 0);
  checkAbove(action, "max", max, min);
  const last = count - 1;
  // The error of a power grows with the logarithm of its base. Of both ends, because max / min may be infinite.
  const error = Number.EPSILON * (2 + Math.abs(Math.log(min)) + Math.abs(Math.log(max)));
  return bounds(
    action,
    count,
    2,
    (i) => i === last ? max : i === 0 ? min : min ** (1 - i / last) * max ** (i / last),
    (i, bound) => i === last ? 0 : error * bound,
  );
}

/**
 * Checks the upper bounds of classic buckets.
 *
 * @throws {TypeError} If they are not numbers
 * @throws {RangeError} If they do not ascend, or are too many
 */
export function checkBuckets(action: string, buckets: unknown, field: string = "buckets"): readonly number[] {
  return checkAscending(action, field, buckets, BUCKETS_COUNT_MAX, Number.isFinite, "be finite, +Inf is always there");
}

/**
 * Checks numbers that ascend.
 *
 * @param countMax How many there may be
 * @param isGood Whether one of them will do
 * @param must What each must be, for the error
 * @throws {TypeError} If they are not numbers
 * @throws {RangeError} If one will not do, they do not ascend, or are too many
 */
export function checkAscending(
  action: string,
  field: string,
  given: unknown,
  countMax: number,
  isGood: (each: number) => boolean,
  must: string,
): readonly number[] {
  if (!Array.isArray(given)) throw typeError(action, field, "be an array of numbers", given);
  if (given.length > countMax) throw rangeError(action, field, `be at most ${countMax}`, given.length);
  // Methods of arrays pass over what is left empty; in a copy it is there, as undefined.
  const numbers: unknown[] = [...given];
  let before = Number.NEGATIVE_INFINITY;
  for (const each of numbers) {
    if (typeof each !== "number") throw typeError(action, field, "be an array of numbers", each);
    if (!isGood(each)) throw rangeError(action, field, must, each);
    if (each <= before) throw rangeError(action, field, "ascend", `${each} after ${before}`);
    before = each;
  }
  return Object.freeze(numbers as number[]);
}

/** How far from a bound that was meant one may lie that is computed of two numbers, as a share; 0 if both were written. */
function errorOf(first: Decimal, step: Decimal): number {
  return isWritten(first) && isWritten(step) ? 0 : Number.EPSILON;
}

function bounds(
  action: string,
  count: unknown,
  countMin: number,
  boundAt: (i: number) => number,
  toleranceAt: (i: number, bound: number) => number,
): readonly number[] {
  if (typeof count !== "number") throw typeError(action, "count", "be a number", count);
  if (!Number.isInteger(count) || count < countMin || count > BUCKETS_COUNT_MAX) {
    throw rangeError(action, "count", `be a whole number from ${countMin} to ${BUCKETS_COUNT_MAX}`, count);
  }
  // Far out, numbers lie too far apart for some widths and factors: then the bounds do not ascend.
  const computed = checkBuckets(action, Array.from({ length: count }, (_, i) => boundAt(i)));
  const meant = computed.map((bound, i) => i === 0 ? bound : shortened(bound, toleranceAt(i, bound)));
  return meant.every((bound, i) => i === 0 || bound > meant[i - 1]) ? Object.freeze(meant) : computed;
}

function checkNumber(action: string, field: string, given: unknown): asserts given is number {
  if (typeof given !== "number") throw typeError(action, field, "be a number", given);
  if (!Number.isFinite(given)) throw rangeError(action, field, "be finite", given);
}

function checkAbove(action: string, field: string, given: unknown, min: number): void {
  checkNumber(action, field, given);
  if (given <= min) throw rangeError(action, field, `be above ${min}`, given);
}

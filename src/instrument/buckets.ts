/**
 * Bounds of classic buckets: their validation, and functions that compute them.
 *
 * @module
 */

import { add, type Decimal, decimalOf, isWritten, multiply, numberOf, shortened } from "../check/decimal.ts";
import { checkAbove, checkFinite, checkList, checkWhole } from "../check/checks.ts";
import { type Check, refusal } from "../check/place.ts";
import { BUCKETS_COUNT_MAX } from "../model/model.ts";

const checkPositive = checkAbove(0);
const checkFactor = checkAbove(1);

/**
 * Returns bounds at equal distances from each other.
 *
 * @param start First bound
 * @param width Difference between each bound and the previous one, above 0
 * @param count Number of bounds, 1 to 256
 * @throws {TypeError} If an argument is not a number
 * @throws {RangeError} If an argument is out of range, or the bounds would not be finite or not ascend
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
  const action = "create linear buckets";
  checkFinite({ action, path: "start" }, start);
  checkPositive({ action, path: "width" }, width);
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
 * Returns bounds, each larger than the previous one by the same factor.
 *
 * @param start First bound, above 0
 * @param factor Ratio of each bound to the previous one, above 1
 * @param count Number of bounds, 1 to 256
 * @throws {TypeError} If an argument is not a number
 * @throws {RangeError} If an argument is out of range, or the bounds would not be finite or not ascend
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
  const action = "create exponential buckets";
  checkPositive({ action, path: "start" }, start);
  checkFactor({ action, path: "factor" }, factor);
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
 * Returns bounds from one value to another, each larger than the previous one by the same factor.
 *
 * @param min First bound, above 0
 * @param max Last bound, above the first
 * @param count Number of bounds, 2 to 256
 * @throws {TypeError} If an argument is not a number
 * @throws {RangeError} If an argument is out of range, or the bounds would not ascend
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
  const action = "create exponential buckets";
  checkPositive({ action, path: "min" }, min);
  checkAbove(min)({ action, path: "max" }, max);
  const last = count - 1;
  // The error of a power grows with the logarithm of its base. It is computed from both ends, because max / min may be
  // infinite.
  const error = Number.EPSILON * (2 + Math.abs(Math.log(min)) + Math.abs(Math.log(max)));
  return bounds(
    action,
    count,
    2,
    (i) => i === last ? max : i === 0 ? min : min ** (1 - i / last) * max ** (i / last),
    (i, bound) => i === last ? 0 : error * bound,
  );
}

const checkBound: Check<number> = (place, given) => {
  if (Number.isFinite(given)) return given as number;
  throw refusal(place, "be a finite number, +Inf is always included", given, typeof given === "number");
};

/** Checks the upper bounds of classic buckets: at most 256 finite numbers that ascend. */
export const checkBuckets: Check<readonly number[]> = checkAscending(checkBound, BUCKETS_COUNT_MAX);

/** Returns a check of numbers that ascend. */
export function checkAscending(check: Check<number>, countMax: number): Check<readonly number[]> {
  const checkNumbers = checkList(check, "be an array of numbers", countMax);
  return (place, given) => {
    const numbers = checkNumbers(place, given);
    for (let i = 1; i < numbers.length; i++) {
      const [before, each] = [numbers[i - 1], numbers[i]];
      if (each <= before) throw refusal(place, "ascend", `${each} after ${before}`, true);
    }
    return Object.freeze(numbers);
  };
}

/** Relative error of a bound that is computed from two numbers; 0 if both were written as decimals. */
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
  const length = checkWhole(countMin, BUCKETS_COUNT_MAX)({ action, path: "count" }, count);
  // Large doubles are too far apart for some widths and factors, so the bounds may not ascend.
  const computed = checkBuckets({ action, path: "buckets" }, Array.from({ length }, (_, i) => boundAt(i)));
  const meant = computed.map((bound, i) => i === 0 ? bound : shortened(bound, toleranceAt(i, bound)));
  return meant.every((bound, i) => i === 0 || bound > meant[i - 1]) ? Object.freeze(meant) : computed;
}

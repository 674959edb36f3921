/**
 * Buckets of values, as frames have them.
 *
 * @module
 */

import fc from "fast-check";
import { indexOf } from "../../../../src/sketch/exponential.ts";

/** Resolution of the buckets. */
export const SCHEMA = 6;

/** Values of both signs, and zero. */
export const VALUES: fc.Arbitrary<number[]> = fc.array(
  fc.oneof(
    fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
    fc.double({ min: -1e9, max: -1e-9, noNaN: true }),
    fc.constant(0),
  ),
  { minLength: 1, maxLength: 80 },
);

/** Returns the buckets of values. */
export function bucketsOf(values: readonly number[]): { positive: number[]; negative: number[]; zero: number } {
  const pairs = (wanted: readonly number[]) => {
    const counts = new Map<number, number>();
    for (const value of wanted) {
      const index = indexOf(value, SCHEMA);
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    return [...counts].toSorted(([one], [other]) => one - other).flat();
  };
  return {
    positive: pairs(values.filter((value) => value > 0)),
    negative: pairs(values.filter((value) => value < 0).map((value) => -value)),
    zero: values.filter((value) => value === 0).length,
  };
}

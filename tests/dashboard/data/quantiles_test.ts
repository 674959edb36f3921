import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { countsOf } from "../../../src/dashboard/data/bucket_keys.ts";
import { DRAWN_QUANTILES, quantileName, quantilesOf } from "../../../src/dashboard/data/quantiles.ts";
import { indexOf } from "../../../src/sketch/exponential.ts";
import { middle } from "../../../src/sketch/quantile.ts";
import { bucketsOf, SCHEMA, VALUES } from "../../_support/dashboard/data/buckets.ts";

/** Returns the middle of a value's bucket, by the aggregator's rule. */
function middleOfBucket(value: number): number {
  return value === 0 ? 0 : Math.sign(value) * middle(SCHEMA, indexOf(Math.abs(value), SCHEMA));
}

Deno.test("quantilesOf returns the same buckets as the aggregator", () => {
  fc.assert(fc.property(VALUES, (values) => {
    const sorted = values.toSorted((one, other) => one - other);
    const found = quantilesOf(countsOf(bucketsOf(values), SCHEMA), SCHEMA, DRAWN_QUANTILES.map(Number));
    DRAWN_QUANTILES.forEach((quantile, i) => {
      const expected = middleOfBucket(sorted[Math.max(1, Math.ceil(Number(quantile) * values.length)) - 1]);
      assertAlmostEquals(found[i], expected, Math.abs(expected) * 1e-12);
    });
  }));
});

Deno.test("quantilesOf is NaN without counts", () => {
  assertEquals(quantilesOf(countsOf({}, SCHEMA), SCHEMA, [0.5, 0.99]), [NaN, NaN]);
});

Deno.test("quantileName writes percentiles", () => {
  assertEquals(DRAWN_QUANTILES.map(quantileName), ["p50", "p95", "p99", "p99.9"]);
});

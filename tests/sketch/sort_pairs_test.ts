import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { PAIRS_MAX, sortPairs } from "../../src/sketch/sort_pairs.ts";

Deno.test("sortPairs sorts the first values, stable, with their weights, and keeps the rest in place", () => {
  const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { maxLength: PAIRS_MAX + 100, size: "max" }), fc.nat(PAIRS_MAX), (given, most) => {
      const count = Math.min(most, given.length);
      const pairs = given.map((value, i): [number, number] => [value, i]);
      const sorted = [...pairs.slice(0, count).toSorted(([a], [b]) => a - b || 0), ...pairs.slice(count)];
      const values = Float64Array.from(given);
      const weights = Float64Array.from(given, (_, i) => i);
      sortPairs(values, weights, count);
      assertEquals(Array.from(values), sorted.map(([value]) => value));
      assertEquals(Array.from(weights), sorted.map(([, weight]) => weight));
    }),
    { seed: 56, numRuns: 200 },
  );
});

import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { againstNeighbours, interleaved, rotated } from "./neighbours.ts";

Deno.test("interleaved puts the reference before, between and after", () => {
  assertEquals(interleaved("noop", ["rate 1", "rate 0"]), ["noop", "rate 1", "noop", "rate 0", "noop"]);
});

Deno.test("rotated begins elsewhere each round, and omits nothing", () => {
  assertEquals([0, 1, 2, 3].map((round) => rotated(["a", "b", "c"], round).join("")), ["abc", "bca", "cab", "abc"]);
});

Deno.test("againstNeighbours sees what something adds", () => {
  assertEquals(againstNeighbours([2, 3, 2, 2, 2]), [{ ratio: 1.5, difference: 1 }, { ratio: 1, difference: 0 }]);
  assertEquals(againstNeighbours([2]), []);
});

Deno.test("againstNeighbours does not see that the machine becomes slower or faster all the time", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.8, max: 1.25, noNaN: true }), fc.integer({ min: 1, max: 8 }), (drift, count) => {
      const values = Array.from({ length: 2 * count + 1 }, (_, i) => 100 * drift ** i * (i % 2 === 1 ? 1.3 : 1));
      const found = againstNeighbours(values);
      assertEquals(found.length, count);
      for (const { ratio } of found) assertAlmostEquals(ratio, 1.3, 1e-9);
    }),
  );
});

import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Point, slopeOf } from "../../../src/aggregate/health/theil_sen.ts";

function line(slope: number, start: number, count: number = 10): Point[] {
  return Array.from({ length: count }, (_, x) => [x, start + slope * x]);
}

const slope = fc.double({ min: -1e6, max: 1e6, noNaN: true });

Deno.test("slopeOf is that of the line that all points lie on", () => {
  fc.assert(fc.property(slope, slope, (expected, start) => {
    assertAlmostEquals(slopeOf(line(expected, start)), expected, 1e-6);
  }));
  assertEquals([slopeOf([]), slopeOf([[3, 7]])], [0, 0]);
});

Deno.test("slopeOf is not affected by two points of ten, whatever they are", () => {
  const place = fc.uniqueArray(fc.nat(9), { minLength: 2, maxLength: 2 });
  fc.assert(fc.property(place, slope, slope, (places, first, second) => {
    const points = line(3, 100).map(([x, y]): Point => [x, x === places[0] ? first : x === places[1] ? second : y]);
    assertAlmostEquals(slopeOf(points), 3, 1e-9);
  }));
});

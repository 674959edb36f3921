import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { QUANTILES, quantilesOf } from "../../src/sketch/quantile.ts";
import { Sketch } from "../../src/sketch/sketch.ts";
import { normalFrom, randomFrom } from "../_support/random.ts";
import { nearestRank } from "../_support/sketch/model.ts";

const WORST_ERROR = 0.0055;
const MANY = 50_000;

function sketchOf(values: Iterable<number>, schema = 6): Sketch {
  const sketch = new Sketch(schema);
  for (const value of values) sketch.record(value, 1);
  return sketch;
}

function assertQuantiles(values: readonly number[], quantiles: readonly number[], worst: number): void {
  const sorted = Float64Array.from(values).sort();
  quantilesOf(sketchOf(values), quantiles).forEach((actual, i) => {
    const exact = nearestRank(sorted, quantiles[i]);
    assertLessOrEqual(Math.abs(actual - exact), Math.abs(exact) * worst, `q ${quantiles[i]}: ${actual}, not ${exact}`);
  });
}

const random = randomFrom(15);
const normal = normalFrom(random);
const DISTRIBUTIONS: Readonly<Record<string, () => number>> = {
  "uniform": () => random() * 1_000,
  "log-normal": () => Math.exp(normal() * 1.5 - 7),
  "bimodal": () => random() < 0.9 ? 0.001 + random() * 0.0005 : 0.25 + normal() * 0.01,
  "Pareto(1.16)": () => 1e-4 * (1 - random()) ** (-1 / 1.16),
  "normal, half of it negative": () => normal() * 50,
  "constant": () => 0.125,
};

for (const [name, next] of Object.entries(DISTRIBUTIONS)) {
  Deno.test(`quantilesOf is within 0.55 % of an exact sort, ${name}`, () => {
    const values = Array.from({ length: MANY }, next);
    assertQuantiles(values, QUANTILES, WORST_ERROR);
    assertQuantiles(values, Array.from({ length: 1_001 }, (_, i) => i / 1_000), WORST_ERROR);
  });
}

Deno.test("quantilesOf is within 0.55 % of an exact sort, for any values and quantiles", () => {
  // Within 64 powers of two, so that the resolution is not halved.
  const magnitude = fc.double({ min: 2 ** -31, max: 2 ** 31, noNaN: true });
  const value = fc.oneof(magnitude, magnitude.map((value) => -value), fc.constant(0));
  const quantile = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 200, size: "max" }),
      fc.array(quantile),
      (values, quantiles) => {
        assertQuantiles(values, quantiles.toSorted((a, b) => a - b), WORST_ERROR);
      },
    ),
    { seed: 16, numRuns: 500 },
  );
});

Deno.test("quantilesOf counts a weighted value as often as it weighs", () => {
  const sketch = new Sketch(6);
  sketch.record(1, 89);
  sketch.record(1_000, 9);
  sketch.record(7, 1);
  sketch.record(5_000, 1);
  const [p50, p90, p95, p99, p999] = quantilesOf(sketch, QUANTILES);
  assertLessOrEqual(Math.abs(p50 - 1), WORST_ERROR);
  assertLessOrEqual(Math.abs(p90 - 7) / 7, WORST_ERROR);
  assertLessOrEqual(Math.abs(p95 - 1_000) / 1_000, WORST_ERROR);
  assertLessOrEqual(Math.abs(p99 - 1_000) / 1_000, WORST_ERROR);
  assertEquals(p999, 5_000);
});

Deno.test("quantilesOf knows the extremes exactly, and returns nothing outside them", () => {
  const values = [0.1, 0.123456789, 3, 17.000001];
  const quantiles = Array.from({ length: 101 }, (_, i) => i / 100);
  const actual = quantilesOf(sketchOf(values), quantiles);
  assertEquals([actual[0], actual.at(-1)], [0.1, 17.000001]);
  assertEquals(actual.every((value) => value >= 0.1 && value <= 17.000001), true);
  assertEquals(actual, actual.toSorted((a, b) => a - b));
});

Deno.test("quantilesOf takes values too small for a bucket, and too wide for the resolution", () => {
  assertEquals(quantilesOf(sketchOf([1e-40, 1e-40, 1e-40]), [0, 0.5, 1]), [1e-40, 1e-40, 1e-40]);
  assertEquals(quantilesOf(sketchOf([-1, 0, 1]), [0.5]), [0]);
  const wide = [2 ** -120, 1, 2, 3, Number.MAX_VALUE, Number.MAX_VALUE];
  const actual = quantilesOf(sketchOf(wide), [0, 0.3, 0.5, 0.8, 1]);
  assertEquals([actual[0], actual[4]], [2 ** -120, Number.MAX_VALUE]);
  assertEquals(actual.every(Number.isFinite), true);
  assertEquals(actual, actual.toSorted((a, b) => a - b));
});

Deno.test("quantilesOf nothing is NaN", () => {
  assertEquals(quantilesOf(new Sketch(6), [0, 0.5, 1]), [NaN, NaN, NaN]);
});

import { assertEquals, assertGreater, assertGreaterOrEqual, assertLess } from "@std/assert";
import { meanInterval, quantileIntervals, samplingRateOf } from "../../src/sketch/confidence.ts";
import { QUANTILES } from "../../src/sketch/quantile.ts";
import { Sketch } from "../../src/sketch/sketch.ts";
import { TDigest } from "../../src/sketch/tdigest.ts";
import type { Interval } from "../../src/model/snapshot.ts";
import { normalFrom, randomFrom } from "../_support/random.ts";
import { nearestRank, type Weighted } from "../_support/sketch/model.ts";

const RUNS = 100;
const COVERED_MIN = 90;
const CALLS = 20_000;

type Draw = (random: () => number, normal: () => number) => number;

const DISTRIBUTIONS: Readonly<Record<string, Draw>> = {
  "log-normal": (_, normal) => 0.001 * Math.exp(normal()),
  "bimodal": (random, normal) => (random() < 0.8 ? 5e-5 : 5e-3) * Math.exp(0.25 * normal()),
};

const SKETCHES = { exponential: () => new Sketch(6), tdigest: () => new TDigest() } as const;

/** Records calls as sampling does: each with a probability, its weight one and those skipped before it. */
function sampled(calls: Float64Array, rate: number, random: () => number): Weighted[] {
  const records: Weighted[] = [];
  let skipped = 0;
  calls.forEach((value, i) => {
    // A series' first is never skipped.
    if (i > 0 && random() >= rate) skipped += 1;
    else {
      records.push({ value, weight: 1 + skipped });
      skipped = 0;
    }
  });
  return records;
}

function holds([low, high]: Interval, truth: number): boolean {
  return (low === null || low <= truth) && (high === null || truth <= high);
}

/** How many runs' intervals hold the truth: of the mean, then of each quantile. */
function coverage(draw: Draw, rate: number, create: () => Sketch | TDigest): number[] {
  const covered = new Array<number>(1 + QUANTILES.length).fill(0);
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = randomFrom(seed * 1_000);
    const normal = normalFrom(random);
    const calls = Float64Array.from({ length: CALLS }, () => draw(random, normal));
    const sketch = create();
    for (const { value, weight } of sampled(calls, rate, random)) sketch.record(value, weight);
    const sorted = calls.toSorted();
    const mean = calls.reduce((total, value) => total + value, 0) / CALLS;
    if (holds(meanInterval(sketch), mean)) covered[0] += 1;
    quantileIntervals(sketch, QUANTILES).forEach((interval, i) => {
      if (holds(interval, nearestRank(sorted, QUANTILES[i]))) covered[i + 1] += 1;
    });
  }
  return covered;
}

for (const [name, draw] of Object.entries(DISTRIBUTIONS)) {
  for (const [sketch, create] of Object.entries(SKETCHES)) {
    Deno.test(`intervals of ${name} values, ${sketch}, hold the truth in 90 of 100 runs at any rate`, () => {
      for (const rate of [0.5, 0.1, 0.03]) {
        const covered = coverage(draw, rate, create);
        for (const each of covered) assertGreaterOrEqual(each, COVERED_MIN, `rate ${rate}: ${covered}`);
      }
    });
  }
}

Deno.test("intervals are narrow where much was recorded, and have no bound where too little was", () => {
  const random = randomFrom(61);
  const calls = Float64Array.from({ length: CALLS }, () => 1 + random());
  const sketch = new Sketch(6);
  for (const { value, weight } of sampled(calls, 0.1, random)) sketch.record(value, weight);
  const [low, high] = meanInterval(sketch);
  assertLess((high ?? Infinity) - (low ?? -Infinity), 0.05);
  const [p50, , , p99, p999] = quantileIntervals(sketch, QUANTILES);
  for (const [low, high] of [p50, p99]) assertLess((high ?? Infinity) - (low ?? -Infinity), 0.15);
  assertGreater(p999[0] ?? 0, 1.95);
  assertEquals(p999[1], null, "two records or so lie beyond p99.9");
});

Deno.test("intervals of a single record have no bounds", () => {
  const sketch = new Sketch(6);
  sketch.record(3, 10);
  assertEquals(meanInterval(sketch), [null, null]);
  assertEquals(quantileIntervals(sketch, [0.5]), [[null, null]]);
});

Deno.test("intervals of the extremes have one bound, the extreme of what was recorded", () => {
  const sketch = new Sketch(6);
  for (const value of [3, 0.5, 7]) sketch.record(value, 10);
  assertEquals(quantileIntervals(sketch, [0, 1]), [[null, 0.5], [7, null]]);
});

Deno.test("intervals of values below and at zero hold them", () => {
  const sketch = new Sketch(6);
  for (let i = 0; i < 3_000; i++) sketch.record(i % 3 - 1, 2);
  const [middle, low] = quantileIntervals(sketch, [0.5, 0.1]);
  assertEquals(middle, [0, 0]);
  assertEquals([holds(low, -1), holds(low, -0.9)], [true, false]);
});

Deno.test("samplingRateOf finds the rate that values were sampled at", () => {
  const random = randomFrom(5);
  for (const rate of [1, 0.5, 0.1, 0.03]) {
    const sketch = new Sketch(6);
    for (const { value, weight } of sampled(new Float64Array(200_000).fill(1), rate, random)) {
      sketch.record(value, weight);
    }
    const found = samplingRateOf(sketch.moments);
    if (rate === 1) assertEquals(found, 1);
    else assertLess(Math.abs(found / rate - 1), 0.06);
  }
});

Deno.test("meanInterval has no bounds where the squares of the values are too large", () => {
  const sketch = new Sketch(6);
  for (const value of [1e300, -1e300, 1e200]) sketch.record(value, 3);
  assertEquals(meanInterval(sketch), [null, null]);
});

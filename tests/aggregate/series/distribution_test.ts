import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { classicBounds } from "../../../src/aggregate/series/classic_buckets.ts";
import { Distribution } from "../../../src/aggregate/series/distribution.ts";
import type { SketchName } from "../../../src/model/model.ts";
import { batchOf } from "../../_support/sketch/model.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";

const PLAN = planWindows([{ name: "1s", lengthMs: 1_000 }, { name: "10s", lengthMs: 10_000 }]);

function setUp(nowMs = 0): Distribution {
  return new Distribution({ pair: "BTC" }, { schema: 6, classic: classicBounds([1, 10], 6), plan: PLAN }, nowMs);
}

Deno.test("Distribution.snapshot is exact in count, sum, min, max and mean", () => {
  const distribution = setUp();
  for (const [value, weight] of [[5, 1], [0.5, 2], [-3, 1], [20, 6]]) distribution.record(value, weight, 10);
  const { labels, count, sum, min, max, mean, bucketCounts } = distribution.snapshot(10);
  assertEquals({ labels, count, sum, min, max, mean, bucketCounts }, {
    labels: { pair: "BTC" },
    count: 10,
    sum: 123,
    min: -3,
    max: 20,
    mean: 12.3,
    bucketCounts: [3, 4],
  });
});

Deno.test("Distribution.snapshot changes nothing", () => {
  const distribution = setUp();
  for (let i = 0; i < 100; i++) distribution.record(i, 1, i * 30);
  assertEquals(distribution.snapshot(3_000), distribution.snapshot(3_000));
});

Deno.test("Distribution.recordRun of any runs is record of their values", () => {
  const run = fc.record({
    gapMs: fc.integer({ min: 0, max: 3_000 }),
    values: fc.array(fc.double({ min: -1e3, max: 1e6, noNaN: true }), { maxLength: 40, size: "max" }),
  });
  fc.assert(
    fc.property(fc.array(run, { maxLength: 10 }), (runs) => {
      const inRuns = setUp();
      const oneByOne = setUp();
      let nowMs = 0;
      for (const { gapMs, values } of runs) {
        nowMs += gapMs;
        const weighted = values.map((value, i) => ({ value, weight: i + 1 }));
        for (const { value, weight } of weighted) oneByOne.record(value, weight, nowMs);
        inRuns.recordRun(batchOf(weighted, 10), 10, 10 + values.length, nowMs);
      }
      const { sum, mean, windows: _windows, ...rest } = inRuns.snapshot(nowMs);
      const { sum: otherSum, mean: otherMean, windows: _others, ...others } = oneByOne.snapshot(nowMs);
      assertEquals(rest, others);
      assertAlmostEquals(sum, otherSum, 1e-3);
      assertAlmostEquals(mean ?? 0, otherMean ?? 0, 1e-6);
    }),
    { seed: 20, numRuns: 200 },
  );
});

Deno.test("Distribution.reset starts again, windows and buckets included", () => {
  const distribution = setUp();
  for (let i = 0; i < 50; i++) distribution.record(i, 1, i * 100);
  distribution.reset(5_000);
  const fresh = setUp(5_000);
  assertEquals(distribution.snapshot(5_000), fresh.snapshot(5_000));
  for (const each of [distribution, fresh]) each.record(7, 1, 5_001);
  assertEquals(distribution.snapshot(6_000), fresh.snapshot(6_000));
});

Deno.test("Distribution.createdMs is when it was made, reset, or began again after a pause", () => {
  const spec = { schema: 6, classic: classicBounds([], 6), plan: PLAN, idleTtlMs: 60_000 };
  const distribution = new Distribution({}, spec, 0, 1_000);
  distribution.record(1, 1, 59_999);
  assertEquals(distribution.createdMs, 1_000);
  const beforeMs = Date.now();
  distribution.record(1, 1, 119_999);
  assertEquals(beforeMs <= distribution.createdMs && distribution.createdMs <= Date.now(), true);
  distribution.reset(120_000, 2_000);
  assertEquals(distribution.createdMs, 2_000);
});

Deno.test("Distribution counts past 2^32 without a loss", () => {
  const distribution = setUp();
  const weight = 2 ** 24 - 1;
  for (let i = 0; i < 1_024; i++) distribution.record(3, weight, i * 100);
  const { count, sum, bucketCounts } = distribution.snapshot(102_400);
  assertEquals([count, sum, bucketCounts], [weight * 1_024, weight * 3_072, [0, weight * 1_024]]);
});

const SKETCHES: readonly SketchName[] = ["exponential", "tdigest"];

for (const sketch of SKETCHES) {
  Deno.test(`Distribution with sketch ${sketch} is exact in moments, windows and classic buckets`, () => {
    const classic = classicBounds([-1, 2, 50], 6);
    const distribution = new Distribution({}, { schema: 6, sketch, classic, plan: PLAN }, 0);
    for (let i = 0; i < 100; i++) {
      distribution.recordRun(batchOf([{ value: i, weight: 1 }, { value: -i, weight: 1 }]), 0, 2, i * 100);
    }
    const { count, sum, min, max, quantiles, windows, bucketCounts } = distribution.snapshot(9_900);
    assertEquals([count, sum, min, max, ...bucketCounts], [200, 0, -99, 99, 99, 103, 151]);
    assertEquals([windows["1s"].count, windows["1s"].max, windows["10s"].count], [22, 99, 200]);
    assertAlmostEquals(quantiles["0.9"] ?? 0, 79, 1);
  });

  Deno.test(`Distribution with sketch ${sketch} has a confidence where its window holds a weighted record`, () => {
    const distribution = new Distribution({}, { schema: 6, sketch, classic: classicBounds([], 6), plan: PLAN }, 0);
    for (let i = 0; i < 500; i++) distribution.record(1 + i % 7, i % 2 + 1, 0);
    for (let i = 0; i < 500; i++) distribution.record(1 + i % 7, 1, 5_000);
    const { "1s": narrow, "10s": wide } = distribution.snapshot(5_000).windows;
    assertEquals("confidence" in narrow, false);
    assertEquals(wide.confidence?.level, 0.95);
    assertEquals(Object.keys(wide.confidence?.quantiles ?? {}), Object.keys(wide.quantiles));
    const [low, high] = wide.confidence?.mean ?? [null, null];
    assertEquals([(low ?? 9) < (wide.mean ?? 0), (high ?? 0) > (wide.mean ?? 9)], [true, true]);
  });
}

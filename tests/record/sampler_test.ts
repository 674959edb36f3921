import { assertAlmostEquals, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { Control, createControlBuffer } from "../../src/ring/control.ts";
import { GAP_MAX, Sampler } from "../../src/record/sampler.ts";

function samplerAt(rate: number, seed = 1): Sampler {
  const control = new Control(createControlBuffer(false));
  control.set(true, rate);
  const sampler = new Sampler(control, seed);
  assertEquals(sampler.adoptRate(), rate);
  return sampler;
}

const gapsOf = (sampler: Sampler, count: number) => Array.from({ length: count }, () => sampler.drawGap());

Deno.test("Sampler draws gaps that are geometric: the share that each length has is that of its probability", () => {
  for (const rate of [0.5, 0.1, 0.03]) {
    const gaps = gapsOf(samplerAt(rate), 200_000);
    const shareOf = (gap: number) => gaps.filter((each) => each === gap).length / gaps.length;
    for (const gap of [0, 1, 2, 5]) assertAlmostEquals(shareOf(gap), rate * (1 - rate) ** gap, 0.004);
    const mean = gaps.reduce((sum, gap) => sum + gap) / gaps.length;
    assertAlmostEquals(mean / ((1 - rate) / rate), 1, 0.02);
  }
});

Deno.test("Sampler draws gaps that do not follow from the one before", () => {
  const gaps = gapsOf(samplerAt(0.1), 100_000);
  const mean = gaps.reduce((sum, gap) => sum + gap) / gaps.length;
  let variance = 0;
  let covariance = 0;
  for (let i = 1; i < gaps.length; i++) {
    variance += (gaps[i] - mean) ** 2;
    covariance += (gaps[i] - mean) * (gaps[i - 1] - mean);
  }
  assertAlmostEquals(covariance / variance, 0, 0.01);
});

Deno.test("Sampler draws no gap at rate 1, and one without end at rate 0", () => {
  assertEquals(gapsOf(samplerAt(1), 3), [0, 0, 0]);
  assertEquals(gapsOf(samplerAt(0), 3), [GAP_MAX, GAP_MAX, GAP_MAX]);
  assertEquals(gapsOf(samplerAt(1e-300), 1), [GAP_MAX]);
});

Deno.test("Sampler draws the same gaps for the same seed, others for another, whatever the seed is", () => {
  for (const seed of [0, 1, 2 ** 31, 2 ** 32 - 1]) {
    assertEquals(gapsOf(samplerAt(0.1, seed), 20), gapsOf(samplerAt(0.1, seed), 20));
    assertNotEquals(gapsOf(samplerAt(0.1, seed), 20), gapsOf(samplerAt(0.1, seed + 1), 20));
  }
});

Deno.test("Sampler draws the same gaps in every release", () => {
  assertEquals(gapsOf(samplerAt(0.1, 7), 6), [9, 4, 33, 14, 4, 8]);
});

Deno.test("Sampler draws gaps from the seed whose state would be zero, which never leaves zero", () => {
  assertEquals(new Set(gapsOf(samplerAt(0.1, 2_436_121_381), 20)).size > 5, true);
});

Deno.test("GAP_MAX is the largest integer that V8 keeps without a heap object", () => {
  assertEquals(GAP_MAX, 2 ** 30 - 1);
});

Deno.test("Sampler.rate follows its control, and is zero while recording is disabled", () => {
  const control = new Control(createControlBuffer(false));
  const sampler = new Sampler(control, 1);
  const rates = ([[true, 0.5], [false, 0.5], [true, 0.25], [true, 0]] as const).map(([enabled, rate]) => {
    control.set(enabled, rate);
    return [sampler.rate, sampler.rate];
  });
  assertEquals(rates, [[0.5, 0.5], [0, 0], [0.25, 0.25], [0, 0]]);
  assertStrictEquals(sampler.word, control.word);
  assertStrictEquals(sampler.gate, control.gate);
});

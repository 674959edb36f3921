import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  CONFIDENCE,
  estimate,
  noiseOf,
  REPETITIONS_MIN,
  repetitionsFor,
  successiveRatios,
  valuesCut,
} from "./statistics.ts";
import { normal as normalFrom, uniform } from "../lib/workload.ts";

function binomial(n: number, k: number): number {
  let ways = 1;
  for (let i = 0; i < k; i++) ways *= (n - i) / (i + 1);
  return ways;
}

/** How sure the interval is that leaves so many values out at either end. */
function confidenceOf(count: number, cut: number): number {
  let outside = 0;
  for (let k = 0; k <= cut; k++) outside += binomial(count, k) * 0.5 ** count;
  return 1 - 2 * outside;
}

Deno.test("valuesCut leaves the narrowest interval that is sure enough", () => {
  for (let count = REPETITIONS_MIN; count <= 200; count++) {
    const cut = valuesCut(count);
    assert(confidenceOf(count, cut) >= CONFIDENCE, `${count} values, ${cut} cut`);
    assert(confidenceOf(count, cut + 1) < CONFIDENCE, `${count} values, ${cut + 1} cut`);
  }
});

Deno.test("REPETITIONS_MIN is the fewest of which an interval is sure enough", () => {
  assertEquals(valuesCut(REPETITIONS_MIN - 1), -1);
  assertEquals(valuesCut(REPETITIONS_MIN), 0);
});

Deno.test("estimate knows no interval of too few ratios", () => {
  assertEquals(estimate([1.3, 1.1, 1.2]), { ratio: 1.2, low: 0, high: Infinity });
});

Deno.test("estimate takes the extremes of eight, and excludes outliers of many", () => {
  assertEquals(estimate([8, 1, 7, 2, 6, 3, 5, 4]), { ratio: 4.5, low: 1, high: 8 });
  const many = Array.from({ length: 39 }, (_, i) => 1 + i / 1_000);
  const { ratio, low, high } = estimate([...many, 50]);
  assertAlmostEquals(ratio, 1.0195, 1e-9);
  assert(low > 1.005 && high < 1.035, `[${low}, ${high}]`);
});

Deno.test("estimate contains the true median as often as it claims", () => {
  const normal = normalFrom(uniform(7));
  const trials = 2_000;
  let held = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { low, high } = estimate(Array.from({ length: 20 }, () => Math.exp(0.1 * normal())));
    if (low <= 1 && high >= 1) held += 1;
  }
  assert(held / trials >= CONFIDENCE - 0.01, `${held} of ${trials}`);
});

Deno.test("noiseOf is a deviation that an outlier does not move", () => {
  const normal = normalFrom(uniform(11));
  const ratios = Array.from({ length: 4_000 }, () => Math.exp(0.05 * normal()));
  assertAlmostEquals(noiseOf(ratios), 0.05, 0.003);
  assertAlmostEquals(noiseOf([...ratios, 1e9]), 0.05, 0.003);
});

Deno.test("successiveRatios compares each value with the one before", () => {
  assertEquals(successiveRatios([2, 4, 1]), [2, 0.25]);
  assertEquals(successiveRatios([2]), []);
});

Deno.test("repetitionsFor asks for four times as many if there is twice the noise", () => {
  const quiet = repetitionsFor(0.1, 0.1);
  assertEquals(quiet, 46);
  assertAlmostEquals(repetitionsFor(0.2, 0.1) / quiet, 4, 0.05);
  assertEquals(repetitionsFor(0, 0.1), REPETITIONS_MIN);
  assert(repetitionsFor(0.1, 0.3) < quiet);
});

Deno.test("repetitionsFor returns enough to recognize unchanged speed", () => {
  const normal = normalFrom(uniform(3));
  const [noise, threshold] = [0.08, 0.1];
  const repetitions = repetitionsFor(noise, threshold);
  let recognized = 0;
  for (let trial = 0; trial < 500; trial++) {
    const { high } = estimate(Array.from({ length: repetitions }, () => Math.exp(noise * normal())));
    if (high < 1 + threshold) recognized += 1;
  }
  assert(recognized >= 475, `${recognized} of 500`);
});

import { assertAlmostEquals, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import type { CallCost } from "../../../src/model/diagnostics.ts";
import { secondsPerCall, shareAt } from "../../../src/aggregate/sampling/cost_model.ts";

const COST: CallCost = { recordedSeconds: 90, sampledSeconds: 320, skippedSeconds: 6 };
const NS_MAX = 10_000;
const costs = fc.tuple(fc.nat(NS_MAX), fc.nat(NS_MAX), fc.nat(NS_MAX)).map(([one, other, third]): CallCost => {
  const [skippedSeconds, recordedSeconds, sampledSeconds] = [one, other, third].sort((a, b) => a - b);
  return { skippedSeconds, recordedSeconds: recordedSeconds + 1, sampledSeconds: sampledSeconds + 1 };
});

Deno.test("secondsPerCall is what was measured at the rates at which it was", () => {
  assertEquals([0, 1].map((share) => secondsPerCall(share, COST)), [6, 90]);
  const nearly0 = 1e-6;
  assertAlmostEquals((secondsPerCall(nearly0, COST) - 6) / nearly0, 314, 0.001);
});

Deno.test("shareAt finds the lowest share that costs so much", () => {
  const lowest = shareAt(90, COST);
  assertAlmostEquals(lowest, 84 / 230, 1e-9);
  assertAlmostEquals(secondsPerCall(lowest, COST), 90, 1e-9);
  assertEquals(shareAt(6, COST), 0);
  assertLess(shareAt(5, COST), 0);
  assertEquals(shareAt(6, { recordedSeconds: 6, sampledSeconds: 6, skippedSeconds: 6 }), 1);
});

Deno.test("shareAt returns a share of the given cost, and none below it costs more", () => {
  fc.assert(fc.property(costs, fc.double({ min: 0, max: 1, noNaN: true }), (cost, part) => {
    const seconds = cost.skippedSeconds + part * (cost.recordedSeconds - cost.skippedSeconds);
    const share = shareAt(seconds, cost);
    assertLessOrEqual(share, 1 + 1e-9);
    assertAlmostEquals(secondsPerCall(share, cost), seconds, 1e-6 * NS_MAX);
    for (const lower of [0.1, 0.5, 0.9]) {
      assertLessOrEqual(secondsPerCall(lower * share, cost), seconds + 1e-6 * NS_MAX);
    }
  }));
});

import { assertEquals } from "@std/assert";
import { sloStateOf } from "../../../src/dashboard/data/slo_state.ts";
import type { LiveDistribution } from "../../../src/model/live_frames.ts";

const OBJECTIVE = { thresholdSeconds: 0.005, target: 0.99 };

function judged(compliance: number | null, burnRate: number | null, count = 1_000): LiveDistribution {
  const violations = compliance === null ? 0 : Math.round((1 - compliance) * count);
  const window = { count: 10, rate: 1, mean: null, max: null, quantiles: {} };
  return { id: 0, count, sum: 0, window, slo: { violations, compliance, burnRate } };
}

Deno.test("sloStateOf is OK, at risk or breached by target and burn rate", () => {
  const cases: [number | null, number | null, string][] = [
    [0.995, 0.5, "OK"],
    [0.99, 1, "OK"],
    [0.995, 1.01, "at risk"],
    [0.9899, 0.2, "breached"],
    [1, null, "OK"],
  ];
  for (const [compliance, burnRate, verdict] of cases) {
    assertEquals(sloStateOf(OBJECTIVE, [judged(compliance, burnRate)]).verdict, verdict);
  }
  assertEquals(sloStateOf(OBJECTIVE, [judged(null, null, 0)]).verdict, "no data");
  assertEquals(sloStateOf(OBJECTIVE, []).verdict, "no data");
});

Deno.test("sloStateOf weighs several series by their durations", () => {
  const state = sloStateOf(OBJECTIVE, [judged(1, 0, 3_000), judged(0.98, 2, 1_000)]);
  assertEquals([state.compliance, state.burnRate, state.verdict], [0.995, 1, "OK"]);
});

Deno.test("sloStateOf has the rest of the error budget", () => {
  assertEquals(sloStateOf(OBJECTIVE, [judged(1, 0)]).budgetLeft, 1);
  assertEquals(sloStateOf(OBJECTIVE, [judged(0.9, 0)]).budgetLeft, 0);
  assertEquals(sloStateOf(OBJECTIVE, [judged(0.995, 0)]).budgetLeft.toFixed(6), "0.500000");
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { noopMetrics } from "../../mod.ts";
import { isRolling, rolloutRate, settingsOf } from "../../src/model/adjustable_settings.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";

const rate = fc.double({ min: 0, max: 1, noNaN: true });

Deno.test("rolloutRate goes from one rate to the other, never back, and is never far from linear", () => {
  const share = fc.double({ min: -0.5, max: 1.5, noNaN: true });
  fc.assert(fc.property(rate, rate, fc.integer({ min: 1_000, max: 1e9 }), share, share, (from, to, overMs, a, b) => {
    const rollout = { from, to, overMs, startedAtMs: 5e9, rateBefore: 1 };
    const rateAt = (elapsed: number) => rolloutRate(rollout, rollout.startedAtMs + elapsed * overMs);
    assertEquals([rateAt(-1), rateAt(0), rateAt(1), rateAt(2)], [from, from, to, to]);
    const linear = from + (to - from) * Math.min(1, Math.max(0, a));
    assert(Math.abs(rateAt(a) - linear) <= Math.abs(to - from) / 100 + 1e-6, `${rateAt(a)} at ${a}`);
    const [first, second] = [Math.min(a, b), Math.max(a, b)].map(rateAt);
    assert((second - first) * Math.sign(to - from) >= 0, `${second} after ${first}`);
  }));
});

Deno.test("isRolling holds up to the end of the rollout", () => {
  const rollout = { from: 0, to: 1, overMs: 1_000, startedAtMs: 500, rateBefore: 1 };
  assertEquals([500, 1_499, 1_500, 9_999].map((nowMs) => isRolling(rollout, nowMs)), [true, true, false, false]);
});

Deno.test("settingsOf finds the settings of metrics that have any", async () => {
  await using test = inlineMetrics({ sampling: { rate: 0.5 }, enabled: false });
  assertEquals(settingsOf(test.metrics)?.read(), {
    enabled: false,
    samplingRate: 0.5,
    budget: undefined,
    exportEnabled: true,
    rollout: undefined,
  });
  assertEquals(settingsOf(noopMetrics), undefined);
});

import { assertGreater, assertLess } from "@std/assert";
import { CallCostMeter } from "../../src/instrument/call_cost.ts";
import { createMetrics } from "../../mod.ts";

/** Replaces `performance.now` for the time of an action. */
async function withPerformanceNow(now: () => number, action: () => Promise<void> | void): Promise<void> {
  const real = performance.now;
  performance.now = now;
  try {
    await action();
  } finally {
    performance.now = real;
  }
}

for (const [what, shown] of [["stands still", 1_000], ["shows NaN", NaN]] as const) {
  Deno.test(`CallCostMeter assumes a cost where the clock ${what}`, async () => {
    await withPerformanceNow(() => shown, () => {
      const cost = new CallCostMeter({ now: () => shown }).step();
      assertGreater(cost?.recordedSeconds, cost?.skippedSeconds);
      assertLess(cost?.recordedSeconds, 1e-5);
    });
  });

  Deno.test(`metrics with a budget are made and closed although performance.now ${what}`, async () => {
    await withPerformanceNow(() => shown, async () => {
      await using metrics = createMetrics({ aggregation: "inline", sampling: { budget: 0.5 } });
      metrics.counter("orders_total").inc();
      await metrics.snapshot();
    });
  });
}

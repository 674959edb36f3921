import { assertEquals } from "@std/assert";
import { healthLimits } from "../../../src/aggregate/health/limits.ts";
import { HEALTH_DEFAULTS } from "../../../src/health/settings.ts";

Deno.test("healthLimits has what is on, and no limit that is never reached", () => {
  assertEquals(healthLimits(HEALTH_DEFAULTS), {
    eventLoopLag: { windowMs: 60_000, degraded: 0.1, unhealthy: 0.5, critical: 2 },
    dropRatio: { degraded: 0 },
    burnRate: { windowMs: 300_000, degraded: 1 },
    heapGrowth: { windowMs: 300_000, degraded: 0.25 },
    ringOccupancy: { degraded: 0.8 },
    seriesUsage: {},
  });
  const { eventLoopLag: _, ...others } = HEALTH_DEFAULTS;
  assertEquals(Object.keys(healthLimits({ ...others, eventLoopLag: undefined })), [
    ...["dropRatio", "burnRate", "heapGrowth", "ringOccupancy", "seriesUsage"],
  ]);
});

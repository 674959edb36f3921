import { assertEquals, assertThrows } from "@std/assert";
import { createMetrics, type HealthOptions, type MetricsOptions } from "../../../mod.ts";
import { HEALTH_DEFAULTS } from "../../../src/health/settings.ts";
import { resolveOptions } from "../../../src/config/options.ts";

function resolved(health: HealthOptions) {
  return resolveOptions({ health }).aggregate.health;
}

Deno.test("health has the defaults for omitted options, and for true", () => {
  assertEquals(resolved({}), HEALTH_DEFAULTS);
  assertEquals(resolved({ eventLoopLag: true, dropRatio: {}, burnRate: undefined }), HEALTH_DEFAULTS);
});

Deno.test("health switches off each check", () => {
  assertEquals(
    resolved({
      eventLoopLag: false,
      dropRatio: false,
      burnRate: false,
      heapGrowth: false,
      ringOccupancy: false,
      seriesUsage: false,
      restarts: false,
      recordsLost: false,
      clashes: false,
      staleAfter: "3s",
      recoverAfter: "10ms",
    }),
    {
      eventLoopLag: undefined,
      dropRatio: undefined,
      burnRate: undefined,
      heapGrowth: undefined,
      ringOccupancy: undefined,
      seriesUsage: undefined,
      restarts: false,
      recordsLost: false,
      clashes: false,
      staleAfterMs: 3_000,
      recoverAfterMs: 10,
    },
  );
});

Deno.test("health takes thresholds in the check's own unit, false for never, and a window", () => {
  const { eventLoopLag, burnRate, dropRatio } = resolved({
    eventLoopLag: { degraded: "20ms", critical: false, window: "5s" },
    burnRate: { degraded: false, unhealthy: 2 },
    dropRatio: { unhealthy: 0.5, critical: 1 },
  });
  assertEquals(eventLoopLag, { degraded: 0.02, unhealthy: 0.5, critical: Infinity, windowMs: 5_000 });
  assertEquals(burnRate, { degraded: Infinity, unhealthy: 2, critical: Infinity, windowMs: 300_000 });
  assertEquals(dropRatio, { degraded: 0, unhealthy: 0.5, critical: 1 });
});

Deno.test("health can be set in a file, by its own keys", () => {
  const config = {
    source: "hotpath.yaml",
    metrics: { health: { event_loop_lag: { degraded: "20ms" }, drop_ratio: false, stale_after: "3s" } },
  };
  const expected = { ...HEALTH_DEFAULTS.eventLoopLag, degraded: 0.02 };
  const { health } = resolveOptions({ config }).aggregate;
  assertEquals([health.eventLoopLag, health.dropRatio, health.staleAfterMs], [expected, undefined, 3_000]);
  assertEquals(resolveOptions({ config, health: {} }).aggregate.health, HEALTH_DEFAULTS);
  const refusal = (metrics: Record<string, unknown>) =>
    assertThrows(() => resolveOptions({ config: { source: "hotpath.yaml", metrics } })).message;
  assertEquals(
    refusal({ health: { event_loop_lag: { degraded: 5 } } }),
    'Cannot create metrics: metrics.health.event_loop_lag.degraded in hotpath.yaml must be a duration such as "5ms", ' +
      '"1s" or "1m", got 5',
  );
  const keys = "event_loop_lag, drop_ratio, burn_rate, heap_growth, restarts, records_lost, ring_occupancy, " +
    "series_usage, clashes";
  assertEquals(
    refusal({ health: { eventLoopLag: false } }),
    `Cannot create metrics: keys of metrics.health in hotpath.yaml must be among ${keys}, stale_after, recover_after, ` +
      'got "eventLoopLag"; did you mean "event_loop_lag"?',
  );
});

const THRESHOLDS = "be true, false or an object with thresholds";

const REFUSALS: readonly [health: unknown, error: typeof RangeError | typeof TypeError, says: string][] = [
  [5, TypeError, ' must be an object such as { eventLoopLag: { degraded: "100ms" } }, got 5'],
  [{ lag: false }, TypeError, "keys of health must be among eventLoopLag, dropRatio, burnRate, heapGrowth, "],
  [{ dropRatio: 0.5 }, TypeError, `.dropRatio must ${THRESHOLDS}, got 0.5`],
  [{ dropRatio: { degraded: 2 } }, RangeError, ".dropRatio.degraded must be a number from 0 to 1, got 2"],
  [{ dropRatio: { degraded: "5ms" } }, TypeError, '.dropRatio.degraded must be a number from 0 to 1, got "5ms"'],
  [
    { dropRatio: { window: "1m" } },
    TypeError,
    'keys of health.dropRatio must be among degraded, unhealthy, critical, got "window"',
  ],
  [{ eventLoopLag: { degraded: 0.1 } }, TypeError, ".eventLoopLag.degraded must be a duration such as "],
  [{ eventLoopLag: { window: "999ms" } }, RangeError, '.eventLoopLag.window must be from 1s to 24h, got "999ms"'],
  [
    { eventLoopLag: { degraded: "1s" } },
    RangeError,
    '.eventLoopLag must ascend from degraded to critical, got "1, 0.5, 2"',
  ],
  [
    { burnRate: { unhealthy: 6, critical: 5 } },
    RangeError,
    '.burnRate must ascend from degraded to critical, got "1, 6, 5"',
  ],
  [{ burnRate: { unhealthy: NaN } }, RangeError, ".burnRate.unhealthy must be a number from 0 to 1000000, got NaN"],
  [{ heapGrowth: { degraded: -1 } }, RangeError, ".heapGrowth.degraded must be a number from 0 to 1000000, got -1"],
  [{ ringOccupancy: null }, TypeError, `.ringOccupancy must ${THRESHOLDS}, got null`],
  [{ restarts: 1 }, TypeError, ".restarts must be true or false, got 1"],
  [{ staleAfter: "50ms" }, RangeError, '.staleAfter must be from 100ms to 1h, got "50ms"'],
  [{ recoverAfter: "2h" }, RangeError, '.recoverAfter must be from 1us to 1h, got "2h"'],
  [{ recoverAfter: 5 }, TypeError, ".recoverAfter must be a duration such as "],
];

Deno.test("createMetrics refuses wrong settings of the health with field, rule and what was given", () => {
  for (const [health, error, says] of REFUSALS) {
    const { message } = assertThrows(() => createMetrics({ health } as MetricsOptions), error);
    const expected = `Cannot create metrics: ${says.startsWith("keys") ? says : `health${says}`}`;
    assertEquals(message.slice(0, expected.length), expected);
  }
});

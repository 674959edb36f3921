import { assert, assertEquals, assertThrows } from "@std/assert";
import { createMetrics, type MetricsOptions } from "../../mod.ts";
import { HEALTH_DEFAULTS } from "../../src/health/settings.ts";
import { NO_PLAN } from "../../src/model/sampling_plan.ts";
import { resolveOptions } from "../../src/config/options.ts";
import { show } from "../../src/check/errors.ts";
import { TRACE_LIMITS } from "../_support/aggregate/traces/trace_limits.ts";

Deno.test("resolveOptions fills in the defaults, also for what is given as undefined", () => {
  for (const options of [{}, { ringCapacity: undefined, windows: undefined }]) {
    const { main: { clock: _clock, sampling: { seed, ...sampling }, ...main }, ...parts } = resolveOptions(options);
    assert(Number.isInteger(seed));
    assertEquals({ ...parts, main: { ...main, sampling } }, {
      main: {
        aggregation: "worker",
        enabled: true,
        sampling: { rate: 1, budget: undefined },
        ringCapacity: 131_072,
        runtime: { process: false, heap: false, gc: false, eventLoop: false },
      },
      record: {
        overflow: "overwrite-oldest",
        drainIntervalMs: 100,
        seriesMax: 10_000,
        labelValueMax: 256,
        defaults: { timerBuckets: undefined, sloByTimer: new Map() },
        tracer: { isEnabled: true, isAutomatic: false, rate: 1 },
      },
      aggregate: {
        drainIntervalMs: 100,
        seriesMax: 10_000,
        windows: [
          { name: "1s", lengthMs: 1_000 },
          { name: "5s", lengthMs: 5_000 },
          { name: "1m", lengthMs: 60_000 },
          { name: "5m", lengthMs: 300_000 },
        ],
        exposedWindows: undefined,
        bucketLimit: { bucketsMax: 1_600, zeroThresholdMax: 0 },
        idleTtlMs: Infinity,
        health: HEALTH_DEFAULTS,
        selfMetrics: true,
        samplingPlan: NO_PLAN,
        traceLimits: TRACE_LIMITS,
        hasProcessMetrics: false,
      },
      push: { traceExport: undefined },
      serve: {},
    });
  }
});

Deno.test("resolveOptions takes the limits themselves", () => {
  const least = resolveOptions({ ringCapacity: 64, drainIntervalMs: 1, seriesMax: 1, windows: [] });
  assertEquals([least.main.ringCapacity, least.aggregate.windows], [64, []]);
  const most = resolveOptions({ ringCapacity: 2 ** 24, drainIntervalMs: 60_000, seriesMax: 1_000_000 });
  assertEquals(most.main.ringCapacity, 2 ** 24);
  for (const part of ["record", "aggregate"] as const) {
    assertEquals([least[part].drainIntervalMs, least[part].seriesMax], [1, 1]);
    assertEquals([most[part].drainIntervalMs, most[part].seriesMax], [60_000, 1_000_000]);
  }
  assertEquals([16, 4_096].map((labelValueMax) => resolveOptions({ labelValueMax }).record.labelValueMax), [16, 4_096]);
  assertEquals(resolveOptions({ nativeBucketsMax: 4, nativeZeroThresholdMax: 0.5 }).aggregate.bucketLimit, {
    bucketsMax: 4,
    zeroThresholdMax: 0.5,
  });
  assertEquals(resolveOptions({ idleTtl: "5m" }).aggregate.idleTtlMs, 300_000);
  assertEquals(resolveOptions({ traces: false }).record.tracer, { isEnabled: false, isAutomatic: false, rate: 1 });
  assertEquals(resolveOptions({ traces: true }).record.tracer, { isEnabled: true, isAutomatic: true, rate: 1 });
  assertEquals(resolveOptions({ traces: { rate: 0.1 } }).record.tracer, {
    isEnabled: true,
    isAutomatic: true,
    rate: 0.1,
  });
  assertEquals(
    resolveOptions({ traces: { slowestMax: 0, spansMax: 10_000, bytesMax: 2 ** 32 } }).aggregate.traceLimits,
    {
      ...TRACE_LIMITS,
      slowestMax: 0,
      spansMax: 10_000,
      bytesMax: 2 ** 32,
    },
  );
  const patient = { recentMax: 10, idleTimeout: "1h", startTimeout: "24h", endGrace: "1m", waitingMax: 100 } as const;
  assertEquals(resolveOptions({ traces: patient }).aggregate.traceLimits, {
    ...TRACE_LIMITS,
    recentMax: 10,
    idleMs: 3_600_000,
    startTimeoutMs: 86_400_000,
    endGraceMs: 60_000,
    waitingMax: 100,
  });
  assertEquals(resolveOptions({ windows: ["100ms", "24h"] }).aggregate.windows.map(({ lengthMs }) => lengthMs), [
    100,
    86_400_000,
  ]);
});

const ALL =
  "aggregation, clock, enabled, ringCapacity, sampling, drainIntervalMs, seriesMax, overflow, labelValueMax, " +
  "windows, exposedWindows, idleTtl, health, selfMetrics, nativeBucketsMax, nativeZeroThresholdMax, " +
  "histogramBuckets, sloByTimer, runtime, traces, config";

const SLO = 'a duration such as "5ms", or an object such as { threshold: "5ms", target: 0.999 }';

const REFUSALS: readonly [options: unknown, error: typeof RangeError | typeof TypeError, says: string][] = [
  [null, TypeError, "options must be an object, got null"],
  [5, TypeError, "options must be an object, got 5"],
  [{ ringSize: 5 }, TypeError, `options must be among ${ALL}, got "ringSize"`],
  [{ constructor: 5 }, TypeError, `options must be among ${ALL}, got "constructor"`],
  [{ aggregation: "thread" }, RangeError, 'aggregation must be "worker" or "inline", got "thread"'],
  [{ aggregation: 5 }, TypeError, 'aggregation must be "worker" or "inline", got 5'],
  [{ nativeBucketsMax: 3 }, RangeError, "nativeBucketsMax must be a whole number from 4 to 100000, got 3"],
  [
    { nativeZeroThresholdMax: -1 },
    RangeError,
    `nativeZeroThresholdMax must be a number from 0 to ${Number.MAX_VALUE}, got -1`,
  ],
  [{ overflow: "block" }, RangeError, 'overflow must be "overwrite-oldest" or "drop-newest", got "block"'],
  [{ sampling: { rate: "all" } }, TypeError, 'sampling.rate must be a number from 0 to 1, got "all"'],
  [{ sampling: { rate: NaN } }, RangeError, "sampling.rate must be a number from 0 to 1, got NaN"],
  [{ sampling: { seed: -1 } }, RangeError, "sampling.seed must be a whole number from 0 to 4294967295, got -1"],
  [{ aggregation: null }, TypeError, 'aggregation must be "worker" or "inline", got null'],
  [{ enabled: 1 }, TypeError, "enabled must be true or false, got 1"],
  [{ sampling: 0.5 }, TypeError, "sampling must be an object such as { rate: 0.1 }, got 0.5"],
  [{ sampling: { rate: 2 } }, RangeError, "sampling.rate must be a number from 0 to 1, got 2"],
  [{ sloByTimer: { a: 5 } }, TypeError, `sloByTimer.a must be ${SLO}, got 5`],
  [{ histogramBuckets: [2, 1] }, RangeError, 'histogramBuckets must ascend, got "1 after 2"'],
  [{ clock: "sun" }, RangeError, 'clock must be "auto", "ffi", "performance" or a clock, got "sun"'],
  [{ clock: {} }, TypeError, "clock must have a now() method, got {}"],
  [{ ringCapacity: "64" }, TypeError, 'ringCapacity must be a whole number from 64 to 16777216, got "64"'],
  [{ ringCapacity: 100 }, RangeError, "ringCapacity must be a power of two, got 100"],
  [{ ringCapacity: 32 }, RangeError, "ringCapacity must be a whole number from 64 to 16777216, got 32"],
  [{ ringCapacity: 2 ** 25 }, RangeError, "ringCapacity must be a whole number from 64 to 16777216, got 33554432"],
  [{ ringCapacity: NaN }, RangeError, "ringCapacity must be a whole number from 64 to 16777216, got NaN"],
  [{ drainIntervalMs: 0 }, RangeError, "drainIntervalMs must be a whole number from 1 to 60000, got 0"],
  [{ drainIntervalMs: 1.5 }, RangeError, "drainIntervalMs must be a whole number from 1 to 60000, got 1.5"],
  [{ drainIntervalMs: 60_001 }, RangeError, "drainIntervalMs must be a whole number from 1 to 60000, got 60001"],
  [{ drainIntervalMs: 5n }, TypeError, "drainIntervalMs must be a whole number from 1 to 60000, got 5n"],
  [{ seriesMax: 0 }, RangeError, "seriesMax must be a whole number from 1 to 1000000, got 0"],
  [{ labelValueMax: 15 }, RangeError, "labelValueMax must be a whole number from 16 to 4096, got 15"],
  [{ labelValueMax: "64" }, TypeError, 'labelValueMax must be a whole number from 16 to 4096, got "64"'],
  [{ seriesMax: Infinity }, RangeError, "seriesMax must be a whole number from 1 to 1000000, got Infinity"],
  [{ windows: "1s" }, TypeError, 'windows must be an array such as ["1s", "1m"], got "1s"'],
  [{ windows: ["1s", , "1m"] }, TypeError, 'windows[1] must be a duration such as "5ms", "1s" or "1m", got undefined'],
  [
    { histogramBuckets: [1, , 3] },
    TypeError,
    "histogramBuckets[1] must be a finite number, +Inf is always included, got undefined",
  ],
  [{ windows: ["1"] }, TypeError, 'windows[0] must be a duration such as "5ms", "1s" or "1m", got "1"'],
  [{ windows: [1_000] }, TypeError, 'windows[0] must be a duration such as "5ms", "1s" or "1m", got 1000'],
  [{ windows: ["0s"] }, RangeError, 'windows[0] must be longer than zero, got "0s"'],
  [{ windows: ["99ms"] }, RangeError, 'windows[0] must be from 100ms to 24h, got "99ms"'],
  [{ windows: ["25h"] }, RangeError, 'windows[0] must be from 100ms to 24h, got "25h"'],
  [{ windows: ["1m", "60s"] }, RangeError, 'windows must differ, got ["1m","60s"]'],
  [{ exposedWindows: "1m" }, TypeError, 'exposedWindows must be an array such as ["1m"], got "1m"'],
  [{ exposedWindows: [60] }, TypeError, "exposedWindows[0] must be a string, got 60"],
  [
    { exposedWindows: ["1m", "5mi"] },
    RangeError,
    'exposedWindows must be among the windows 1s, 5s, 1m, 5m, got "5mi"; did you mean "5m"?',
  ],
  [
    { windows: ["10s"], exposedWindows: ["1m"] },
    RangeError,
    'exposedWindows must be among the windows 10s, got "1m"',
  ],
  [
    { sampling: { min: 0.5, max: 0.1 } },
    RangeError,
    "sampling.min must be at most sampling.max, which is 0.1, got 0.5",
  ],
  [{ sampling: { budget: 2 } }, RangeError, "sampling.budget must be a number from 0.0001 to 1, got 2"],
  [{ sampling: { budget: "1%" } }, TypeError, 'sampling.budget must be a number from 0.0001 to 1, got "1%"'],
  [
    { sampling: { eventRateThreshold: 0 } },
    RangeError,
    "sampling.eventRateThreshold must be a number from 1 to 1000000000, got 0",
  ],
  [{ sampling: { ringPressure: 1 } }, TypeError, "sampling.ringPressure must be true or false, got 1"],
  [{ traces: { rate: 2 } }, RangeError, "traces.rate must be a number from 0 to 1, got 2"],
  [{ traces: { recentMax: 9 } }, RangeError, "traces.recentMax must be a whole number from 10 to 10000, got 9"],
  [{ traces: { slowestMax: -1 } }, RangeError, "traces.slowestMax must be a whole number from 0 to 1000, got -1"],
  [{ traces: { spansMax: 0 } }, RangeError, "traces.spansMax must be a whole number from 1 to 10000, got 0"],
  [{ traces: { spansMax: "5" } }, TypeError, 'traces.spansMax must be a whole number from 1 to 10000, got "5"'],
  [{ traces: { bytesMax: 5 } }, RangeError, "traces.bytesMax must be a whole number from 1048576 to 4294967296, got 5"],
  [{ traces: { waitingMax: 99 } }, RangeError, "traces.waitingMax must be a whole number from 100 to 1000000, got 99"],
  [{ traces: { idleTimeout: "2h" } }, RangeError, 'traces.idleTimeout must be from 1s to 1h, got "2h"'],
  [{ traces: { startTimeout: "999ms" } }, RangeError, 'traces.startTimeout must be from 1s to 24h, got "999ms"'],
  [
    { traces: { startTimeout: 60 } },
    TypeError,
    'traces.startTimeout must be a duration such as "5ms", "1s" or "1m", got 60',
  ],
  [{ traces: { endGrace: "2h" } }, RangeError, 'traces.endGrace must be from 1s to 1h, got "2h"'],
  [{ idleTtl: "soon" }, TypeError, 'idleTtl must be a duration such as "5ms", "1s" or "1m", got "soon"'],
  [{ idleTtl: 60 }, TypeError, 'idleTtl must be a duration such as "5ms", "1s" or "1m", got 60'],
  [{ idleTtl: "0s" }, RangeError, 'idleTtl must be longer than zero, got "0s"'],
  [
    { traces: "http://localhost" },
    TypeError,
    'traces must be a boolean, or an object such as { endpoint: "http://localhost:4318" }, got a hidden value',
  ],
  [{ windows: Array.from({ length: 9 }, (_, i) => `${i + 1}s`) }, RangeError, "windows must be at most 8, got 9"],
];

Deno.test("createMetrics refuses wrong options with field, rule and what was given", () => {
  for (const [options, error, says] of REFUSALS) {
    const thrown = assertThrows(() => createMetrics(options as MetricsOptions), error);
    assertEquals(thrown.message, `Cannot create metrics: ${says}`);
  }
});

Deno.test("resolveOptions makes a plan of what the sampling rate is to follow", () => {
  const planOf = (sampling: MetricsOptions["sampling"]) => resolveOptions({ sampling }).aggregate.samplingPlan;
  const budgetOf = (budget: number | false) => resolveOptions({ sampling: { budget } }).main.sampling.budget;
  const none = { min: 0, max: 1, eventRateThreshold: undefined, followsRingPressure: false };
  assertEquals(planOf({ rate: 0.5, min: 0.1, max: 0.9 }), { ...none, min: 0.1, max: 0.9 });
  assertEquals(planOf({ budget: false, ringPressure: false, eventRateThreshold: false }), none);
  assertEquals(planOf({ budget: 0.01, min: 0.001 }), { ...none, min: 0.001 });
  assertEquals([budgetOf(0.01), budgetOf(false)], [0.01, undefined]);
  assertEquals(planOf({ eventRateThreshold: true }), { ...none, eventRateThreshold: 1_000 });
  assertEquals(planOf({ eventRateThreshold: 5e4, ringPressure: true }), {
    ...none,
    eventRateThreshold: 5e4,
    followsRingPressure: true,
  });
});

Deno.test("createMetrics refuses unknown options of traces with the nearest one", () => {
  const options = { traces: { recentsMax: 5 } } as MetricsOptions;
  const { message } = assertThrows(() => createMetrics(options), TypeError);
  assert(message.startsWith("Cannot create metrics: keys of traces must be among rate, recentMax, "), message);
  assert(message.endsWith('got "recentsMax"; did you mean "recentMax"?'), message);
});

Deno.test("show renders what was given on one short line", () => {
  assertEquals(show("a\n"), '"a\\n"');
  assertEquals(show(() => 1), "a function");
  assertEquals(show(undefined), "undefined");
  assertEquals(show(Symbol("x")), "Symbol(x)");
  assertEquals(show(-0), "0");
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  assertEquals(show(circular), "an object");
  assertEquals(show("x".repeat(200)).length < 90, true);
  assertEquals(show(Array.from({ length: 100 }, () => 1)).length <= 80, true);
});

Deno.test("createMetrics refuses lists, maps and headers where an object is asked for, instead of finding nothing in them", () => {
  const wrong: [given: object, shown: string][] = [
    [[], "[]"],
    [new Map([["rate", 0.5]]), "an object of class Map"],
    [new Set(["rate"]), "an object of class Set"],
    [new URLSearchParams("rate=0.5"), "an object of class URLSearchParams"],
  ];
  for (const [given, shown] of wrong) {
    const options: object[] = [given, { sampling: given }, { sloByTimer: given }, { runtime: given }, {
      health: given,
    }];
    for (const each of options) {
      const { message } = assertThrows(() => createMetrics(each), TypeError);
      assert(message.endsWith(`, got ${shown}`), message);
    }
  }
  const traces = { endpoint: "http://127.0.0.1:4318", headers: new Headers({ "api-key": "s3cret" }) };
  const { message } = assertThrows(() => createMetrics({ traces: traces as object }), TypeError);
  assert(
    message.endsWith('traces.headers must be an object such as { "api-key": "…" }, got a hidden value'),
  );
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { createMetrics } from "../../../mod.ts";
import { keysOf, named, type Setting, variablesOf } from "../../../src/config/settings/setting.ts";
import { optionNames, SETTINGS } from "../../../src/config/settings/table.ts";
import { type Layers, resolveAll } from "../../_support/config/resolving.ts";

const ROWS: readonly [string, Setting<unknown>][] = Object.entries(SETTINGS);

/** Settings whose names in file or environment are not those of the option, and those names. */
const EXCEPTIONS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  // OpenTelemetry's own names; Kubernetes sets METRICS_PORT for a service that is called "metrics".
  host: ["host", "OTEL_EXPORTER_PROMETHEUS_HOST"],
  port: ["port", "OTEL_EXPORTER_PROMETHEUS_PORT"],
  "traces.endpoint": ["traces_endpoint", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
  "traces.zipkinEndpoint": ["traces_zipkin_endpoint", "OTEL_EXPORTER_ZIPKIN_ENDPOINT"],
  "traces.headers": ["traces_headers", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"],
  // Of the program, not of its traces alone.
  "traces.serviceName": ["service_name", "OTEL_SERVICE_NAME"],
  // What is chosen where metrics are created.
  aggregation: [undefined, undefined],
  clock: [undefined, undefined],
};

Deno.test("SETTINGS has each key and each variable once", () => {
  const names = ROWS.flatMap(([, row]) => [...keysOf(row), ...variablesOf(row)]);
  assertEquals(new Set(names).size, names.length);
  for (const [, { variable, checkText }] of ROWS) if (variable !== undefined) assert(checkText !== undefined, variable);
});

Deno.test("SETTINGS names a setting the same in all layers, but for the exceptions", () => {
  for (const [, { option, key, variable, checkText }] of ROWS) {
    if (option === undefined) continue;
    const canonical = named(option);
    const expected = EXCEPTIONS[option] ?? [canonical.key, checkText && canonical.variable];
    assertEquals([option, key, variable], [option, ...expected]);
  }
});

Deno.test("optionNames are those of the options, or of the options below one", () => {
  const rows = Object.fromEntries(ROWS.filter(([, { option }]) => option?.startsWith("s") === true));
  assertEquals(optionNames(rows), [
    "sampling",
    "seriesMax",
    "selfMetrics",
    "sloByTimer",
    "scrapesMax",
    "scrapeTimeout",
  ]);
  assertEquals(optionNames(rows, "sampling"), [
    "rate",
    "seed",
    "min",
    "max",
    "eventRateThreshold",
    "ringPressure",
    "budget",
  ]);
});

Deno.test("the options of each area have a row for each member, and a member for each row", async () => {
  const folder = new URL("../../../src/config/", import.meta.url);
  const paths = [
    "options",
    ...["main", "sampling", "record", "aggregate", "traces", "serve"].map((area) => `settings/${area}`),
  ];
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(new URL(`${path}.ts`, folder))));
  const members = texts.flatMap((text) => [...text.matchAll(/^export interface \w+Options [^]*?^}/gm)])
    .flatMap(([options]) => [...options.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name));
  const rows = ROWS.flatMap(([, { option }]) => option?.split(".").at(-1) ?? []);
  assertEquals(members.toSorted(), [...rows, "config", "sampling"].toSorted());
});

/** Older names with their older units, what is set by the canonical name, and what both come to. */
const ALIASES: readonly [name: string, alias: Layers, canonical: Layers, value: unknown][] = [
  ["ringCapacity", { file: { buffer_size: 64 } }, { file: { ring_capacity: 64 } }, 64],
  ["ringCapacity", { env: { METRICS_BUFFER_SIZE: "64" } }, { env: { METRICS_RING_CAPACITY: "64" } }, 64],
  ["drainIntervalMs", { file: { aggregation_interval_ms: 250 } }, { file: { drain_interval_ms: 250 } }, 250],
  [
    "drainIntervalMs",
    { env: { METRICS_FLUSH_INTERVAL: "0.25" } },
    { env: { METRICS_DRAIN_INTERVAL_MS: "250" } },
    250,
  ],
  [
    "sloByTimer",
    { file: { sla_thresholds: { a: "5ms" } } },
    { file: { slo_by_timer: { a: "5ms" } } },
    [["a", { thresholdSeconds: 0.005, target: 0.999 }]],
  ],
  [
    "windows",
    { env: { METRICS_WINDOW_SIZE_SECONDS: "20" } },
    { env: { METRICS_WINDOWS: "20s" } },
    [{ name: "20s", lengthMs: 20_000 }],
  ],
  ["labelValueMax", { env: { METRICS_MAX_LABEL_VALUE: "32" } }, { env: { METRICS_LABEL_VALUE_MAX: "32" } }, 32],
  ["selfMetrics", { env: { METRICS_ENABLE_META: "0" } }, { env: { METRICS_SELF_METRICS: "0" } }, false],
  ["internalMetrics", { env: { METRICS_PROMETHEUS_ENABLED: "1" } }, { env: { METRICS_INTERNAL_METRICS: "1" } }, true],
  ["auth", { env: { METRICS_AUTH_TOKEN: "t" } }, { env: { METRICS_AUTH_BEARER: "t" } }, { bearer: "t" }],
  ["admin", { env: { METRICS_ADMIN_TOKEN_FILE: "f" } }, { env: { METRICS_ADMIN_BEARER_FILE: "f" } }, {
    bearerFile: "f",
  }],
  [
    "runtime",
    { env: { METRICS_EVENT_LOOP_MONITORING: "true" } },
    { env: { METRICS_RUNTIME_EVENT_LOOP: "true" } },
    { process: false, heap: false, gc: false, eventLoop: true },
  ],
  ["scrapeTimeoutMs", { env: { METRICS_SCRAPE_TIMEOUT: "2.5" } }, { env: { METRICS_SCRAPE_TIMEOUT: "2500ms" } }, 2_500],
  [
    "histogramBuckets",
    { env: { METRICS_HISTOGRAM_BUCKETS: "25, 50" } },
    { env: { METRICS_HISTOGRAM_BUCKETS: "25ms,50ms" } },
    [0.025, 0.05],
  ],
];

Deno.test("resolveOptions takes older names in their older units, and canonical names in the option's", async () => {
  const aliased = await resolveAll(ALIASES.map(([, alias]) => alias));
  const canonical = await resolveAll(ALIASES.map(([, , layers]) => layers));
  ALIASES.forEach(([name, , , value], i) => {
    for (const { resolved, error } of [aliased[i], canonical[i]]) {
      assertEquals([error, resolved?.[name]], [undefined, value]);
    }
  });
});

Deno.test("resolveOptions takes the older names of sampling", async () => {
  const env = { METRICS_SAMPLE_RATE: "0.5", METRICS_MIN_SAMPLE_RATE: "0.1", METRICS_MAX_SAMPLE_RATE: "0.9" };
  const file = { sampling_rate: 0.5, sampling_min: 0.1, sampling_max: 0.9 };
  for (const { resolved } of await resolveAll([{ env }, { file }])) {
    const { rate, plan } = resolved?.sampling as { rate: number; plan: { min: number; max: number } };
    assertEquals([rate, plan.min, plan.max], [0.5, 0.1, 0.9]);
  }
});

Deno.test("resolveOptions looks at the canonical variable before its aliases", async () => {
  const [{ resolved }] = await resolveAll([{
    env: {
      METRICS_DRAIN_INTERVAL_MS: "10",
      METRICS_FLUSH_INTERVAL: "nonsense",
      METRICS_AUTH_BEARER: "new",
      METRICS_AUTH_TOKEN: "old",
    },
  }]);
  assertEquals([resolved?.drainIntervalMs, resolved?.auth], [10, { bearer: "new" }]);
});

Deno.test("createMetrics refuses a file that gives a setting by two names", () => {
  const config = { source: "hotpath.yaml", metrics: { buffer_size: 64, ring_capacity: 128 } };
  const { message } = assertThrows(() => createMetrics({ config }), TypeError);
  assertEquals(
    message,
    "Cannot create metrics: metrics.buffer_size in hotpath.yaml must be omitted where ring_capacity is given, got 64",
  );
});

Deno.test("resolveOptions refuses METRICS_MAX_SAMPLES, which would have no effect", async () => {
  const [{ error }] = await resolveAll([{ env: { METRICS_MAX_SAMPLES: "1000" } }]);
  assertEquals(
    error,
    "TypeError: Cannot create metrics: METRICS_MAX_SAMPLES in the environment must be unset, because distributions are " +
      'histograms, which keep no samples, got "1000"',
  );
});

Deno.test("resolveOptions takes new keys and variables of settings that had none", async () => {
  const [file, env] = await resolveAll([
    { file: { idle_ttl: "5m", sampling_budget: 0.01, sampling_seed: 7, traces: true, traces_recent_max: 10 } },
    {
      env: {
        METRICS_IDLE_TTL: "5m",
        METRICS_SAMPLING_BUDGET: "0.01",
        METRICS_SAMPLING_SEED: "7",
        METRICS_TRACES: "true",
        METRICS_TRACES_RECENT_MAX: "10",
        METRICS_EXPORT_ENABLED: "1",
        METRICS_EXPORT_INTERVAL_S: "2.5",
      },
    },
  ]);
  for (const { resolved } of [file, env]) {
    const { seed, budget } = resolved?.sampling as Record<string, number>;
    const { limits, tracer } = resolved?.traces as { limits: { recentMax: number }; tracer: unknown };
    assertEquals([resolved?.idleTtlMs, seed, budget, limits.recentMax], [300_000, 7, 0.01, 10]);
    assertEquals(tracer, { isEnabled: true, isAutomatic: true, rate: 1 });
  }
  assertEquals(env.resolved?.export, { isEnabled: true, intervalMs: 2_500 });
  const [off] = await resolveAll([{
    env: { METRICS_SAMPLING_EVENT_RATE_THRESHOLD: "false", METRICS_ADAPTIVE_SAMPLING: "1" },
  }]);
  const { plan } = off.resolved?.sampling as { plan: unknown };
  assertEquals(plan, { min: 0, max: 1, followsRingPressure: true });
});

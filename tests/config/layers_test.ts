import { assert, assertEquals, assertThrows } from "@std/assert";
import { createMetrics, type MetricsOptions } from "../../mod.ts";
import { SETTINGS } from "../../src/config/settings/table.ts";
import { type Layers, resolveAll } from "../_support/config/resolving.ts";

/** A setting that every layer can give: each of its values, and how the option is given. */
interface Case {
  readonly setting: string;
  readonly option: (value: unknown) => Layers["options"];
  readonly variable: string;
  readonly key: string;
  readonly values: { readonly option: unknown; readonly env: string; readonly file: unknown };
  /** Results of the option, the environment, the file and the default. */
  readonly results: readonly [option: unknown, env: unknown, file: unknown, fallback: unknown];
}

const windows = (...seconds: number[]) => seconds.map((each) => ({ name: `${each}s`, lengthMs: each * 1_000 }));

const CASES: readonly Case[] = [
  {
    setting: "enabled",
    option: (enabled) => ({ enabled }),
    variable: "METRICS_ENABLED",
    key: "enabled",
    values: { option: false, env: "0", file: false },
    results: [false, false, false, true],
  },
  {
    setting: "sampling",
    option: (rate) => ({ sampling: { rate } }),
    variable: "METRICS_SAMPLE_RATE",
    key: "sampling_rate",
    values: { option: 0.1, env: "0.2", file: 0.3 },
    results: [0.1, 0.2, 0.3, 1],
  },
  {
    setting: "ringCapacity",
    option: (ringCapacity) => ({ ringCapacity }),
    variable: "METRICS_BUFFER_SIZE",
    key: "buffer_size",
    values: { option: 64, env: "128", file: 256 },
    results: [64, 128, 256, 131_072],
  },
  {
    setting: "drainIntervalMs",
    option: (drainIntervalMs) => ({ drainIntervalMs }),
    variable: "METRICS_FLUSH_INTERVAL",
    key: "aggregation_interval_ms",
    values: { option: 10, env: "0.25", file: 500 },
    results: [10, 250, 500, 100],
  },
  {
    setting: "windows",
    option: (windows) => ({ windows }),
    variable: "METRICS_WINDOW_SIZE_SECONDS",
    key: "windows",
    values: { option: ["10s"], env: "20", file: ["30s", "40s"] },
    results: [windows(10), windows(20), windows(30, 40), [
      ...windows(1, 5),
      { name: "1m", lengthMs: 60_000 },
      { name: "5m", lengthMs: 300_000 },
    ]],
  },
  {
    setting: "histogramBuckets",
    option: (histogramBuckets) => ({ histogramBuckets }),
    variable: "METRICS_HISTOGRAM_BUCKETS",
    key: "histogram_buckets",
    values: { option: [1, 2], env: "25, 50,100", file: ["5ms", 0.01] },
    results: [[1, 2], [0.025, 0.05, 0.1], [0.005, 0.01], undefined],
  },
  {
    setting: "labelValueMax",
    option: (labelValueMax) => ({ labelValueMax }),
    variable: "METRICS_MAX_LABEL_VALUE",
    key: "label_value_max",
    values: { option: 16, env: "32", file: 64 },
    results: [16, 32, 64, 256],
  },
  {
    setting: "host",
    option: (host) => ({ host }),
    variable: "OTEL_EXPORTER_PROMETHEUS_HOST",
    key: "host",
    values: { option: "a", env: "b", file: "c" },
    results: ["a", "b", "c", "127.0.0.1"],
  },
  {
    setting: "port",
    option: (port) => ({ port }),
    variable: "OTEL_EXPORTER_PROMETHEUS_PORT",
    key: "port",
    values: { option: 1, env: "2", file: 3 },
    results: [1, 2, 3, 9_464],
  },
];

/** Layers that set a value, and the one that counts: an index into the results. */
const COMBINATIONS: readonly { readonly layers: readonly (keyof Layers)[]; readonly counts: 0 | 1 | 2 | 3 }[] = [
  { layers: ["options", "env", "file"], counts: 0 },
  { layers: ["options", "env"], counts: 0 },
  { layers: ["options", "file"], counts: 0 },
  { layers: ["options"], counts: 0 },
  { layers: ["env", "file"], counts: 1 },
  { layers: ["env"], counts: 1 },
  { layers: ["file"], counts: 2 },
  { layers: [], counts: 3 },
];

function layersOf({ option, variable, key, values }: Case, layers: readonly (keyof Layers)[]): Layers {
  return {
    options: layers.includes("options") ? option(values.option) : {},
    env: layers.includes("env") ? { [variable]: values.env } : {},
    file: layers.includes("file") ? { [key]: values.file } : {},
  };
}

Deno.test("resolveOptions takes options before the environment, that before the file, that before the defaults", async () => {
  const asked = CASES.flatMap((each) => COMBINATIONS.map((combination) => ({ each, ...combination })));
  const outcomes = await resolveAll(asked.map(({ each, layers }) => layersOf(each, layers)));
  asked.forEach(({ each: { setting, results }, layers, counts }, i) => {
    const { resolved, error } = outcomes[i];
    const value = setting === "sampling" ? (resolved?.sampling as { rate: number }).rate : resolved?.[setting];
    assertEquals([setting, layers, value, error], [setting, layers, results[counts], undefined]);
  });
});

Deno.test("resolveOptions takes what has no variable from options before the file", async () => {
  const file = { overflow: "drop-newest", series_max: 7, sla_thresholds: { a: "5ms" } };
  const outcomes = await resolveAll([
    { file },
    { file, options: { overflow: "overwrite-oldest", seriesMax: 8, sloByTimer: {} } },
    {},
  ]);
  const slo = ["a", { thresholdSeconds: 0.005, target: 0.999 }];
  assertEquals(outcomes.map(({ resolved }) => [resolved?.overflow, resolved?.seriesMax, resolved?.sloByTimer]), [
    ["drop-newest", 7, [slo]],
    ["overwrite-oldest", 8, []],
    ["overwrite-oldest", 10_000, []],
  ]);
});

Deno.test("resolveOptions takes what has no option or no key from the other layers", async () => {
  const [set, unset] = await resolveAll([{
    env: {
      METRICS_MIN_SAMPLE_RATE: "0.01",
      METRICS_MAX_SAMPLE_RATE: "0.5",
      METRICS_ADAPTIVE_SAMPLING: "true",
      METRICS_ENABLE_META: "false",
      METRICS_PROMETHEUS_ENABLED: "TRUE",
    },
    file: { export_enabled: true, export_interval_s: 2.5 },
  }, {}]);
  const pick = ({ sampling, selfMetrics, internalMetrics, export: files }: Record<
    string,
    unknown
  >) => {
    const { seed: _seed, ...rest } = sampling as Record<string, unknown>;
    return { sampling: rest, selfMetrics, internalMetrics, files };
  };
  assertEquals(pick(set.resolved ?? {}), {
    sampling: {
      rate: 1,
      plan: { min: 0.01, max: 0.5, eventRateThreshold: 1_000, followsRingPressure: true },
    },
    selfMetrics: false,
    internalMetrics: true,
    files: { isEnabled: true, intervalMs: 2_500 },
  });
  assertEquals(pick(unset.resolved ?? {}), {
    sampling: { rate: 1, plan: { min: 0, max: 1, followsRingPressure: false } },
    selfMetrics: true,
    internalMetrics: false,
    files: { isEnabled: false, intervalMs: 60_000 },
  });
});

const SWITCH = 'be "true", "false", "1" or "0"';
const SHARE = "be a number from 0 to 1";
const BUCKETS_MS = 'be durations such as "25ms,1s", or milliseconds such as "25,50,100"';

const BAD_VARIABLES: readonly [variable: string, text: string, must: string, got: string, error?: string][] = [
  ["METRICS_ENABLED", "yes", SWITCH, '"yes"', "RangeError"],
  ["METRICS_ADAPTIVE_SAMPLING", "2", SWITCH, '"2"', "RangeError"],
  ["METRICS_ENABLE_META", " true", SWITCH, '" true"', "RangeError"],
  ["METRICS_EVENT_LOOP_MONITORING", "on", SWITCH, '"on"', "RangeError"],
  ["METRICS_SAMPLE_RATE", "lots", SHARE, '"lots"'],
  ["METRICS_SAMPLE_RATE", "1.1", SHARE, "1.1", "RangeError"],
  ["METRICS_SAMPLE_RATE", "1e-1", SHARE, '"1e-1"'],
  ["METRICS_SAMPLE_RATE", "10%", SHARE, '"10%"'],
  ["METRICS_MIN_SAMPLE_RATE", "-0.1", SHARE, '"-0.1"'],
  ["METRICS_MAX_SAMPLE_RATE", ".5", SHARE, '".5"'],
  ["METRICS_BUFFER_SIZE", "64k", "be a whole number from 64 to 16777216", '"64k"'],
  ["METRICS_BUFFER_SIZE", "64.5", "be a whole number from 64 to 16777216", "64.5", "RangeError"],
  ["METRICS_BUFFER_SIZE", "100", "be a power of two", "100", "RangeError"],
  ["METRICS_FLUSH_INTERVAL", "0", "be a number of seconds from 0.001 to 60", "0", "RangeError"],
  ["METRICS_FLUSH_INTERVAL", "1s", "be a number of seconds from 0.001 to 60", '"1s"'],
  ["METRICS_WINDOW_SIZE_SECONDS", "0.05", "be a number of seconds from 0.1 to 86400", "0.05", "RangeError"],
  ["METRICS_MAX_SAMPLES", "1000", "be unset, because distributions are histograms, which keep no samples", '"1000"'],
  ["METRICS_MAX_LABEL_VALUE", "5000", "be a whole number from 16 to 4096", "5000", "RangeError"],
  ["METRICS_HISTOGRAM_BUCKETS", "25;50", BUCKETS_MS, '"25;50"', "RangeError"],
  ["METRICS_HISTOGRAM_BUCKETS", "25,", BUCKETS_MS, '"25,"', "RangeError"],
  ["METRICS_HISTOGRAM_BUCKETS", "50,25", "ascend", '"25 after 50"', "RangeError"],
  ["METRICS_PROMETHEUS_ENABLED", "enabled", SWITCH, '"enabled"', "RangeError"],
  ["OTEL_EXPORTER_PROMETHEUS_PORT", "http", "be a whole number from 0 to 65535", '"http"'],
  ["OTEL_EXPORTER_PROMETHEUS_PORT", "65536", "be a whole number from 0 to 65535", "65536", "RangeError"],
];

const SERVING = ["METRICS_PROMETHEUS_ENABLED", "OTEL_EXPORTER_PROMETHEUS_PORT"];

Deno.test("resolveOptions refuses a bad variable by its name, rule, text and source", async () => {
  const outcomes = await resolveAll(BAD_VARIABLES.map(([variable, text]) => ({ env: { [variable]: text } })));
  BAD_VARIABLES.forEach(([variable, , must, got, error = "TypeError"], i) => {
    const action = SERVING.includes(variable) ? "serve metrics" : "create metrics";
    const message = `${error}: Cannot ${action}: ${variable} in the environment must ${must}, got ${got}`;
    assertEquals(outcomes[i].error, message);
  });
});

Deno.test("resolveOptions refuses bounds of the sampling rate that leave nothing between", async () => {
  const env = { METRICS_MIN_SAMPLE_RATE: "0.5", METRICS_MAX_SAMPLE_RATE: "0.1" };
  const [{ error }] = await resolveAll([{ env }]);
  const reason =
    "METRICS_MIN_SAMPLE_RATE in the environment must be at most METRICS_MAX_SAMPLE_RATE in the environment, which is 0.1";
  assertEquals(error, `RangeError: Cannot create metrics: ${reason}, got 0.5`);
});

Deno.test("resolveOptions ignores a variable without permission, an empty one, and one that an option precedes", async () => {
  const env = { METRICS_SAMPLE_RATE: "lots", METRICS_BUFFER_SIZE: "64" };
  const [without] = await resolveAll([{}], [], env);
  assertEquals(without.resolved?.ringCapacity, 131_072);
  const [partly] = await resolveAll([{}], ["--allow-env=METRICS_BUFFER_SIZE"], env);
  assertEquals(partly.resolved?.ringCapacity, 64);
  const [empty] = await resolveAll([{ env: { METRICS_SAMPLE_RATE: "", METRICS_BUFFER_SIZE: "" } }]);
  assertEquals(empty.resolved?.ringCapacity, 131_072);
  const [preceded] = await resolveAll([{ env, options: { sampling: { rate: 0.5 } } }]);
  assertEquals(preceded.resolved?.ringCapacity, 64);
});

const BAD_FILES: readonly [key: string, given: unknown, error: typeof RangeError | typeof TypeError, says: string][] = [
  ["enabled", "yes", TypeError, 'must be true or false, got "yes"'],
  ["enabled", null, TypeError, "must be true or false, got null"],
  ["sampling_rate", "lots", TypeError, 'must be a number from 0 to 1, got "lots"'],
  ["sampling_rate", -0.1, RangeError, "must be a number from 0 to 1, got -0.1"],
  ["sampling_rate", NaN, RangeError, "must be a number from 0 to 1, got NaN"],
  ["buffer_size", 10_000, RangeError, "must be a power of two, got 10000"],
  ["overflow", "drop", RangeError, 'must be "overwrite-oldest" or "drop-newest", got "drop"'],
  ["overflow", 1, TypeError, 'must be "overwrite-oldest" or "drop-newest", got 1'],
  ["aggregation_interval_ms", 0.5, RangeError, "must be a whole number from 1 to 60000, got 0.5"],
  ["export_interval_s", 0, RangeError, "must be a number of seconds from 1 to 86400, got 0"],
  ["export_enabled", 1, TypeError, "must be true or false, got 1"],
  ["sla_thresholds", "5ms", TypeError, 'must be an object such as { order_execution: "5ms" }, got "5ms"'],
  ["windows[0]", ["99ms"], RangeError, 'must be from 100ms to 24h, got "99ms"'],
  ["windows[0]", [60], TypeError, 'must be a duration such as "5ms", "1s" or "1m", got 60'],
  ["histogram_buckets", 5, TypeError, 'must be an array such as [0.005, "10ms"], got 5'],
  ["histogram_buckets", ["1s", "5ms"], RangeError, 'must ascend, got "0.005 after 1"'],
  ["histogram_buckets[0]", ["fast"], TypeError, 'must be a duration such as "5ms", "1s" or "1m", got "fast"'],
  ["series_max", 0, RangeError, "must be a whole number from 1 to 1000000, got 0"],
  ["host", "", RangeError, 'must be an address or a name, got ""'],
  ["host", 127, TypeError, "must be a string, got 127"],
  ["port", "9464", TypeError, 'must be a whole number from 0 to 65535, got "9464"'],
];

function refusalOf(metrics: Record<string, unknown>, error: typeof RangeError | typeof TypeError): string {
  return assertThrows(() => createMetrics({ config: { source: "hotpath.yaml", metrics } }), error).message;
}

Deno.test("createMetrics refuses a bad key of a file by its name, rule, value and file, even if an option precedes it", () => {
  for (const [key, given, error, says] of BAD_FILES) {
    const message = `Cannot create metrics: metrics.${key} in hotpath.yaml ${says}`;
    assertEquals(refusalOf({ [key.replace("[0]", "")]: given }, error), message);
  }
  const config = { source: "hotpath.yaml", metrics: { series_max: 0 } };
  assertThrows(() => createMetrics({ seriesMax: 5, config }), RangeError, "metrics.series_max in hotpath.yaml");
});

Deno.test("createMetrics names the member of an objective that is wrong", () => {
  const field = "Cannot create metrics: metrics.sla_thresholds.order_execution";
  const refusals: [unknown, typeof RangeError | typeof TypeError, string][] = [
    [
      5,
      TypeError,
      ' in hotpath.yaml must be a duration such as "5ms", or an object such as { threshold: "5ms", target: 0.999 }, got 5',
    ],
    ["0ms", RangeError, ' in hotpath.yaml must be longer than zero, got "0ms"'],
    [
      { target: 0.9 },
      TypeError,
      '.threshold in hotpath.yaml must be a duration such as "5ms", "1s" or "1m", got undefined',
    ],
    [
      { threshold: "5ms", target: 1 },
      RangeError,
      ".target in hotpath.yaml must be a number above 0 and below 1, got 1",
    ],
    [
      { threshold: "5ms", target: null },
      TypeError,
      ".target in hotpath.yaml must be a number above 0 and below 1, got null",
    ],
  ];
  for (const [slo, error, says] of refusals) {
    assertEquals(refusalOf({ sla_thresholds: { order_execution: slo } }, error), field + says);
  }
  assertEquals(
    refusalOf({ sla_thresholds: { order_execution: { treshold: "5ms" } } }, TypeError),
    "Cannot create metrics: keys of metrics.sla_thresholds.order_execution in hotpath.yaml must be among threshold, " +
      'target, critical, got "treshold"; did you mean "threshold"?',
  );
});

Deno.test("createMetrics refuses an unknown key with those there are and the nearest of them", () => {
  const keys = Object.values<{ readonly key?: string }>(SETTINGS).flatMap(({ key }) => key ?? []);
  const start = `Cannot create metrics: keys of metrics in hotpath.yaml must be among ${keys.join(", ")}, got`;
  assertEquals(refusalOf({ sampling_rat: 1 }, TypeError), `${start} "sampling_rat"; did you mean "sampling_rate"?`);
  assertEquals(refusalOf({ samplingRate: 1 }, TypeError), `${start} "samplingRate"; did you mean "sampling_rate"?`);
  assertEquals(refusalOf({ Port: 1 }, TypeError), `${start} "Port"; did you mean "port"?`);
  assertEquals(refusalOf({ ["__proto__"]: 1 }, TypeError), `${start} "__proto__"`);
});

Deno.test("createMetrics refuses nested keys, and names those that replace them", () => {
  const start = "Cannot create metrics: metrics.sampling in hotpath.yaml must be written without nesting, as ";
  assertEquals(
    refusalOf({ sampling: { rate: 0.1, seed: 1 } }, TypeError),
    `${start}sampling_rate, sampling_seed, got ["rate","seed"]`,
  );
  assert(refusalOf({ sampling: {} }, TypeError).startsWith(`${start}sampling_rate, sampling_seed, `));
});

Deno.test("createMetrics refuses an invalid config, and unknown options of sampling", () => {
  for (const config of [null, 5, "hotpath.yaml", [], { metrics: {} }, { source: "x", metrics: [] }]) {
    const options = { config } as unknown as MetricsOptions;
    assertThrows(
      () => createMetrics(options),
      TypeError,
      "Cannot create metrics: config must come from readConfig, got",
    );
  }
  const options = { sampling: { rat: 1 } } as MetricsOptions;
  assertThrows(() => createMetrics(options), TypeError, 'got "rat"; did you mean "rate"?');
});

Deno.test("resolveOptions compares windows with those of any layer, and names the layer of the wrong one", async () => {
  const outcomes = await resolveAll([
    { env: { METRICS_EXPOSED_WINDOWS: "1s, 1m" } },
    { file: { windows: ["10s"], exposed_windows: ["10s"] } },
    { env: { METRICS_WINDOW_SIZE_SECONDS: "30" }, file: { exposed_windows: ["1m"] } },
    { options: { windows: [] }, env: { METRICS_EXPOSED_WINDOWS: "30m" } },
  ]);
  assertEquals(outcomes.map(({ resolved, error }) => error ?? resolved?.exposedWindows), [
    ["1s", "1m"],
    ["10s"],
    'RangeError: Cannot create metrics: metrics.exposed_windows in hotpath.yaml must be among the windows 30s, got "1m"',
    'RangeError: Cannot create metrics: METRICS_EXPOSED_WINDOWS in the environment must be empty without windows, got "30m"',
  ]);
});

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { Metrics } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";

type Type = "counter" | "gauge" | "histogram" | "timer" | "summary";

interface Refusal {
  /** A counter unless said otherwise. */
  readonly type?: Type;
  /** "x" unless said otherwise. */
  readonly name?: unknown;
  /** None unless said otherwise. */
  readonly options?: unknown;
  readonly error: typeof RangeError | typeof TypeError;
  /** The whole text of the error. */
  readonly says: string;
}

function create(metrics: Metrics, type: Type, name: unknown, options: unknown): void {
  const method = metrics[type] as (name: unknown, options: unknown) => unknown;
  method.call(metrics, name, options);
}

const LONG = "a".repeat(257);
/** Shortened text of an error. */
const LONG_SHOWN = `"${"a".repeat(79)}…"`;

const REFUSALS: readonly Refusal[] = [
  { name: 5, error: TypeError, says: "Cannot create a counter: name must be a string, got 5" },
  {
    name: undefined,
    error: TypeError,
    says: "Cannot create a counter: name must be a string, got undefined",
  },
  {
    name: "",
    error: RangeError,
    says: 'Cannot create counter : name must be text that UTF-8 can encode, and not empty, got ""',
  },
  {
    name: "a\ud800",
    error: RangeError,
    says: 'Cannot create counter a\ud800: name must be text that UTF-8 can encode, and not empty, got "a\\ud800"',
  },
  {
    name: "_total",
    error: RangeError,
    says:
      'Cannot create counter _total: name must have characters before _total, which OpenMetrics removes, got "_total"',
  },
  {
    name: "hotpath.x",
    error: RangeError,
    says:
      'Cannot create counter hotpath.x: name in underscores must not start with hotpath_, the prefix of Hotpath\'s own metrics, got "hotpath_x"',
  },
  {
    name: "hotpath_x",
    error: RangeError,
    says:
      'Cannot create counter hotpath_x: name must not start with hotpath_, the prefix of Hotpath\'s own metrics, got "hotpath_x"',
  },
  { options: null, error: TypeError, says: "Cannot create counter x: options must be an object, got null" },
  { options: "help", error: TypeError, says: 'Cannot create counter x: options must be an object, got "help"' },
  {
    options: { buckets: [1] },
    error: TypeError,
    says: 'Cannot create counter x: options must be among help, unit, labels, got "buckets"',
  },
  {
    type: "timer",
    options: { unit: "seconds" },
    error: TypeError,
    says:
      'Cannot create timer x: options must be among help, labels, buckets, schema, sketch, critical, slo, got "unit"',
  },
  {
    type: "histogram",
    options: { collect: () => 1 },
    error: TypeError,
    says:
      'Cannot create histogram x: options must be among help, unit, labels, buckets, schema, sketch, critical, got "collect"',
  },
  { options: { help: 5 }, error: TypeError, says: "Cannot create counter x: help must be a string, got 5" },
  { options: { unit: 5 }, error: TypeError, says: "Cannot create counter x: unit must be a string, got 5" },
  {
    options: { unit: "MB/s" },
    error: RangeError,
    says: 'Cannot create counter x: unit must match ^[a-z][a-z0-9_]*$, got "MB/s"',
  },
  {
    options: { labels: "side" },
    error: TypeError,
    says: 'Cannot create counter x: labels must be an array of names, got "side"',
  },
  {
    options: { labels: [5] },
    error: TypeError,
    says: "Cannot create counter x: labels[0] must be a string, got 5",
  },
  {
    options: { labels: ["a", , "b"] },
    error: TypeError,
    says: "Cannot create counter x: labels[1] must be a string, got undefined",
  },
  {
    options: { labels: ["a", ""] },
    error: RangeError,
    says: 'Cannot create counter x: labels must each be text that UTF-8 can encode, and not empty, got ""',
  },
  {
    options: { labels: ["__name__"] },
    error: RangeError,
    says: 'Cannot create counter x: labels must not start with __, got "__name__"',
  },
  {
    options: { labels: [".\tname.."] },
    error: RangeError,
    says: 'Cannot create counter x: labels in underscores must not start with __, got "__name__"',
  },
  {
    options: { labels: ["-name-"] },
    error: RangeError,
    says: 'Cannot create counter x: labels in dots must not start with __, got "__name__"',
  },
  {
    options: { labels: ["a.b", "a_dot_b"] },
    error: RangeError,
    says: 'Cannot create counter x: labels in dots must be unique, got ["a.b","a_dot_b"]',
  },
  {
    options: { labels: ["a.b", "U__a_2e_b"] },
    error: RangeError,
    says: 'Cannot create counter x: labels in values must be unique, got ["a.b","U__a_2e_b"]',
  },
  {
    options: { labels: ["hotpath.overflow"] },
    error: RangeError,
    says:
      'Cannot create counter x: labels in underscores must not be one of le, quantile, window, hotpath_overflow, got "hotpath_overflow"',
  },
  {
    options: { labels: ["a.b", "a_b"] },
    error: RangeError,
    says: 'Cannot create counter x: labels in underscores must be unique, got ["a.b","a_b"]',
  },
  ...["le", "quantile", "window", "hotpath_overflow"].map((name) => ({
    options: { labels: [name] },
    error: RangeError,
    says: `Cannot create counter x: labels must not be one of le, quantile, window, hotpath_overflow, got "${name}"`,
  })),
  {
    options: { labels: ["a", "b", "a"] },
    error: RangeError,
    says: 'Cannot create counter x: labels must be unique, got ["a","b","a"]',
  },
  {
    type: "histogram",
    options: { buckets: 5 },
    error: TypeError,
    says: "Cannot create histogram x: buckets must be an array of numbers, got 5",
  },
  {
    type: "histogram",
    options: { buckets: [1, "2"] },
    error: TypeError,
    says: 'Cannot create histogram x: buckets[1] must be a finite number, +Inf is always included, got "2"',
  },
  {
    type: "histogram",
    options: { buckets: [1, 5, 1] },
    error: RangeError,
    says: 'Cannot create histogram x: buckets must ascend, got "1 after 5"',
  },
  {
    type: "timer",
    options: { buckets: [1, 1] },
    error: RangeError,
    says: 'Cannot create timer x: buckets must ascend, got "1 after 1"',
  },
  {
    type: "histogram",
    options: { buckets: [1, Infinity] },
    error: RangeError,
    says: "Cannot create histogram x: buckets[1] must be a finite number, +Inf is always included, got Infinity",
  },
  {
    type: "histogram",
    options: { buckets: [NaN] },
    error: RangeError,
    says: "Cannot create histogram x: buckets[0] must be a finite number, +Inf is always included, got NaN",
  },
  {
    type: "histogram",
    options: { buckets: Array.from({ length: 257 }, (_, i) => i) },
    error: RangeError,
    says: "Cannot create histogram x: buckets must be at most 256, got 257",
  },
  {
    type: "timer",
    options: { schema: "6" },
    error: TypeError,
    says: 'Cannot create timer x: schema must be a whole number from -4 to 8, got "6"',
  },
  {
    type: "timer",
    options: { sketch: "kll" },
    error: RangeError,
    says: 'Cannot create timer x: sketch must be "exponential" or "tdigest", got "kll"',
  },
  {
    type: "histogram",
    options: { sketch: 5 },
    error: TypeError,
    says: 'Cannot create histogram x: sketch must be "exponential" or "tdigest", got 5',
  },
  {
    options: { labels: Array.from({ length: 65 }, (_, i) => `a${i}`) },
    error: RangeError,
    says: "Cannot create counter x: labels must be at most 64, got 65",
  },
  {
    options: { labels: [LONG] },
    error: RangeError,
    says: `Cannot create counter x: labels must have at most 256 characters, got ${LONG_SHOWN}`,
  },
  {
    name: LONG,
    error: RangeError,
    says: `Cannot create a counter: name must have at most 256 characters, got ${LONG_SHOWN}`,
  },
  {
    options: { unit: LONG },
    error: RangeError,
    says: `Cannot create counter x: unit must have at most 256 characters, got ${LONG_SHOWN}`,
  },
  {
    options: { help: "a".repeat(4_097) },
    error: RangeError,
    says: `Cannot create counter x: help must have at most 4096 characters, got ${LONG_SHOWN}`,
  },
  ...[9, -5, 1.5, NaN, Infinity].map((schema) => ({
    type: "timer" as const,
    options: { schema },
    error: RangeError,
    says: `Cannot create timer x: schema must be a whole number from -4 to 8, got ${schema}`,
  })),
  {
    type: "gauge",
    options: { aggregator: "mean" },
    error: RangeError,
    says: 'Cannot create gauge x: aggregator must be "sum", "last", "min", "max" or "average", got "mean"',
  },
  {
    type: "gauge",
    options: { aggregator: 1 },
    error: TypeError,
    says: 'Cannot create gauge x: aggregator must be "sum", "last", "min", "max" or "average", got 1',
  },
  {
    type: "gauge",
    options: { collect: 5 },
    error: TypeError,
    says: "Cannot create gauge x: collect must be a function, got 5",
  },
  {
    type: "gauge",
    options: { collect: 5, labels: ["a"] },
    error: TypeError,
    says: "Cannot create gauge x: collect must be a function, got 5",
  },
  {
    type: "summary",
    options: { buckets: [1] },
    error: TypeError,
    says:
      'Cannot create summary x: options must be among help, unit, labels, window, quantiles, sketch, critical, got "buckets"',
  },
  {
    type: "summary",
    options: { window: 60 },
    error: TypeError,
    says: 'Cannot create summary x: window must be a duration such as "5ms", "1s" or "1m", got 60',
  },
  ...["99ms", "25h"].map((window) => ({
    type: "summary" as const,
    options: { window },
    error: RangeError,
    says: `Cannot create summary x: window must be from 100ms to 24h, got "${window}"`,
  })),
  {
    type: "summary",
    options: { quantiles: 0.5 },
    error: TypeError,
    says: "Cannot create summary x: quantiles must be an array of numbers, got 0.5",
  },
  {
    type: "summary",
    options: { quantiles: ["0.5"] },
    error: TypeError,
    says: 'Cannot create summary x: quantiles[0] must be a number from 0 to 1, got "0.5"',
  },
  {
    type: "summary",
    options: { quantiles: [0.5, , 0.9] },
    error: TypeError,
    says: "Cannot create summary x: quantiles[1] must be a number from 0 to 1, got undefined",
  },
  {
    type: "histogram",
    options: { buckets: [1, , 3] },
    error: TypeError,
    says: "Cannot create histogram x: buckets[1] must be a finite number, +Inf is always included, got undefined",
  },
  ...[-0.1, 1.1, 99, NaN].map((quantile) => ({
    type: "summary" as const,
    options: { quantiles: [quantile] },
    error: RangeError,
    says: `Cannot create summary x: quantiles[0] must be a number from 0 to 1, got ${quantile}`,
  })),
  {
    type: "summary",
    options: { quantiles: [0.9, 0.5] },
    error: RangeError,
    says: 'Cannot create summary x: quantiles must ascend, got "0.5 after 0.9"',
  },
  {
    type: "summary",
    options: { quantiles: Array.from({ length: 33 }, (_, i) => i / 33) },
    error: RangeError,
    says: "Cannot create summary x: quantiles must be at most 32, got 33",
  },
];

Deno.test("an instrument that is defined wrongly is refused with field, rule and what was given", async () => {
  await using test = inlineMetrics();
  for (const refusal of REFUSALS) {
    const { type = "counter", options = {}, error, says } = refusal;
    const name = "name" in refusal ? refusal.name : "x";
    const thrown = assertThrows(() => create(test.metrics, type, name, options), error);
    assertEquals(thrown.message, says);
  }
  assertEquals((await test.metrics.instruments()).length, 0);
});

Deno.test("an instrument that was refused can be created rightly afterwards", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  assertThrows(() => create(metrics, "gauge", "depth", { collect: 5 }), TypeError);
  assertThrows(() => create(metrics, "histogram", "size", { buckets: [2, 1] }), RangeError);
  metrics.gauge("depth").set(1);
  metrics.histogram("size").observe(1);
  assertEquals((await metrics.snapshot()).metrics.length, 2);
});

Deno.test("an instrument's buckets may be empty, up to 256, and are not the caller's array", async () => {
  await using test = inlineMetrics();
  const buckets = [1, 2];
  test.metrics.histogram("a", { buckets });
  buckets[0] = 5;
  test.metrics.histogram("b", { buckets: [] }).observe(3);
  test.metrics.histogram("c", { buckets: Array.from({ length: 256 }, (_, i) => i) });
  const all = (await test.metrics.snapshot()).metrics.map((metric) => "buckets" in metric ? metric.buckets : []);
  assertEquals([all[0], all[1], all[2].length], [[1, 2], [], 256]);
});

Deno.test("an instrument and its labels may be named by any text", async () => {
  await using test = inlineMetrics();
  for (const name of ["1st", "http.requests", "größe", "花火", 'a\n"b\\', "{x}"]) {
    test.metrics.counter(name, { labels: ["service.name", "a:b", "1"] })
      .with({ "service.name": "shop", "a:b": "c", "1": "d" }).inc();
  }
  const { metrics } = await test.metrics.snapshot();
  assertEquals(metrics[1].name, "http.requests_total");
  assertEquals(metrics.map(({ series: [{ labels }] }) => labels["service.name"]), Array(6).fill("shop"));
  const text = await test.metrics.scrape();
  assertStringIncludes(text, '\nhttp_requests_total{_="d",service_name="shop",a_b="c"} 1\n');
});

Deno.test("an instrument's texts and labels may be as long and as many as is allowed", async () => {
  await using test = inlineMetrics();
  const [name, unit] = ["a".repeat(256), "b".repeat(256)];
  const labels = Array.from({ length: 64 }, (_, i) => `c${i}`.padEnd(256, "c"));
  const values = Object.fromEntries(labels.map((label, i) => [label, i]));
  test.metrics.gauge(name, { unit, help: "d".repeat(4_096), labels }).with(values).set(5);
  const { metrics: [gauge] } = await test.metrics.snapshot();
  assertEquals([gauge.name, gauge.help.length], [`${name}_${unit}`, 4_096]);
  assertEquals(Object.values(gauge.series[0].labels), labels.map((_, i) => String(i)));
});

Deno.test("an instrument's names may have colons, and labels any case", async () => {
  await using test = inlineMetrics();
  test.metrics.counter("job:orders:rate5m", { labels: ["_Side1"] }).with({ _Side1: "buy" }).inc();
  assertEquals((await test.metrics.snapshot()).metrics[0].name, "job:orders:rate5m_total");
});

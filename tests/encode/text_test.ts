import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { HistogramPoint, MetricFamily, ScalarPoint, SummaryPoint } from "../../src/model/families.ts";
import type { Labels } from "../../src/model/model.ts";
import { writeFamilies } from "../../src/encode/exposition.ts";
import { type TextDialect, TextFormatEncoder } from "../../src/encode/text.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import {
  encode,
  histogramFamily,
  histogramPoint as pointOf,
  scalarFamily,
  summaryFamily,
} from "../_support/encode/points.ts";

const CREATED_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const EXEMPLAR = { labels: { trace_id: "4bf92f35", route: 'a"b\\c\nd' }, value: 0.0021, timestampMs: CREATED_MS + 5 };

function histogramPoint(given: Parameters<typeof pointOf>[0]): HistogramPoint {
  return pointOf({ createdMs: CREATED_MS, ...given });
}

function summaryPoint(labels: Labels, window: string, values: readonly number[]): SummaryPoint {
  return { labels, window, quantiles: [0.5, 0.999].map((quantile, i) => [quantile, values[i]]) };
}

function textOf(families: readonly MetricFamily[], dialect: TextDialect = "prometheus"): string {
  return new TextDecoder().decode(encode(new TextFormatEncoder(dialect, "allow-utf-8"), families));
}

/** Asserts that text is that of a file of `tests/golden/`, byte for byte. */
function assertGolden(text: string, file: string): void {
  const golden = Deno.readFileSync(new URL(`../golden/${file}`, import.meta.url));
  // The text first: it shows where they differ.
  assertEquals(text, new TextDecoder().decode(golden));
  assertEquals(new TextEncoder().encode(text), golden);
}

/** Without Hotpath's own metrics, which hold times. */
function usersPart(text: string): string {
  return text.split("\n").filter((line) => !/^(# \w+ )?hotpath_/.test(line)).join("\n");
}

const HOSTILE: readonly MetricFamily[] = [
  scalarFamily("counter", {
    name: "orders_total",
    help: 'Orders "sent" over C:\\new\nand \\n counted 🚀',
    points: [
      "plain",
      "",
      " ",
      "\\",
      "\n",
      '"',
      '\\n is no "line feed"\n\\',
      "\\\\",
      "{a=\"b\",c='d'} 1 # x",
      "tab\tstays",
      "Zürich 東京 שלום",
      "🚀👩‍👩‍👧",
      "__proto__",
    ].map((path, value) => ({ labels: { path }, value })),
  }),
  histogramFamily({
    name: "message_bytes",
    unit: "bytes",
    help: "One \\ and\none line feed",
    bounds: [1],
    points: [histogramPoint({ labels: { path: 'a"b\\c\nd', side: "é" }, count: 1, sum: 2, counts: [0] })],
  }),
];

const DISTRIBUTION: readonly MetricFamily[] = [
  histogramFamily({
    name: "order_execution_seconds",
    unit: "seconds",
    help: "Signal to submission",
    bounds: [1e-7, 0.0025, 1, 10, 1e6],
    points: [
      histogramPoint({
        labels: { pair: "BTC-USD", side: "buy" },
        count: 7,
        sum: 20.0125,
        counts: [0, 1, 3, 5, 6],
        bucketExemplars: [undefined, EXEMPLAR, undefined, undefined, undefined, { ...EXEMPLAR, value: 2e6 }],
      }),
      histogramPoint({ labels: { pair: "BTC-USD", side: "sell" }, counts: [0, 0, 0, 0, 0] }),
    ],
  }),
  summaryFamily({
    name: "order_execution_window_seconds",
    unit: "seconds",
    help: "Signal to submission, quantiles over sliding windows",
    points: [
      summaryPoint({ pair: "BTC-USD", side: "buy" }, "1s", [0.001, 20]),
      summaryPoint({ pair: "BTC-USD", side: "buy" }, "5m", [0.0025, 20]),
      summaryPoint({ pair: "BTC-USD", side: "sell" }, "1s", [NaN, NaN]),
    ],
  }),
  summaryFamily({
    name: "wait_seconds",
    unit: "seconds",
    points: [{ labels: {}, quantiles: [[0.5, 1], [1, 2]], count: 3, sum: 4.5, createdMs: CREATED_MS }],
  }),
  scalarFamily("counter", {
    name: "orders_total",
    points: [{ labels: { side: "buy" }, value: 3, createdMs: CREATED_MS, exemplar: EXEMPLAR }],
  }),
  scalarFamily("gauge", {
    name: "depth_bytes",
    unit: "bytes",
    help: 'The "depth"',
    points: [{ labels: {}, value: -1 }],
  }),
];

const UTF8_NAMES: readonly MetricFamily[] = [
  scalarFamily("counter", {
    name: "http.requests_total",
    help: "Requests",
    points: [{ labels: {}, value: 1, createdMs: CREATED_MS }, {
      labels: { "http.method": "GET", code: "200" },
      value: 2,
    }],
  }),
  histogramFamily({
    name: 'größe "b"\\_bytes',
    unit: "bytes",
    bounds: [1],
    points: [histogramPoint({ count: 1, sum: 1, counts: [1] })],
  }),
];

Deno.test("TextFormatEncoder escapes help texts and label values, each by its own rule", () => {
  assertGolden(textOf(HOSTILE), "escaping.txt");
  assertGolden(textOf(HOSTILE, "openmetrics"), "escaping.openmetrics.txt");
});

Deno.test("TextFormatEncoder writes every number that a float64 can be", () => {
  const values = [
    0,
    -0,
    1,
    -1,
    0.1 + 0.2,
    -0.005,
    1e-7,
    5e-324,
    -2.2250738585072014e-308,
    123456789012345680000,
    1e21,
    Number.MAX_SAFE_INTEGER,
    Number.MAX_VALUE,
    Infinity,
    -Infinity,
    NaN,
  ];
  const points = values.map((value, i) => ({ labels: { i: String(i) }, value }));
  assertGolden(textOf([scalarFamily("gauge", { name: "value", help: "Numbers", points })]), "numbers.txt");
});

Deno.test("TextFormatEncoder writes any number so that it reads back as the same", () => {
  const value = fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger(), fc.integer().map((each) => each * 2 ** 30));
  fc.assert(fc.property(value, (value) => {
    const text = textOf([scalarFamily("gauge", { name: "value", points: [{ labels: {}, value }] })]).split("\n")[1]
      .slice("value ".length);
    // Zero has no sign in text.
    assertEquals(Number(text.replace("Inf", "Infinity")) + 0, value + 0);
    if (Number.isInteger(value)) assertEquals(text, String(value));
  }));
});

Deno.test("TextFormatEncoder writes cumulative buckets, sum, count, summaries, and the additions of OpenMetrics", () => {
  assertGolden(textOf(DISTRIBUTION), "distribution.txt");
  assertGolden(textOf(DISTRIBUTION, "openmetrics"), "distribution.openmetrics.txt");
});

Deno.test("TextFormatEncoder quotes names that are not legacy", () => {
  assertGolden(textOf(UTF8_NAMES), "utf8_names.txt");
  assertGolden(textOf(UTF8_NAMES, "openmetrics"), "utf8_names.openmetrics.txt");
});

Deno.test("TextFormatEncoder writes names in the requested escaping", () => {
  const encoder = new TextFormatEncoder("openmetrics", "underscores");
  assertGolden(new TextDecoder().decode(encode(encoder, UTF8_NAMES)), "escaped_names.openmetrics.txt");
});

Deno.test("TextFormatEncoder omits sum and count in OpenMetrics where values may be negative", () => {
  const isWritten = (sum: number, bounds: readonly number[], dialect: TextDialect = "openmetrics") => {
    const point = histogramPoint({ count: 2, sum, counts: bounds.map(() => 2) });
    const text = textOf([histogramFamily({ name: "profit", bounds, points: [point] })], dialect);
    return [`\nprofit_sum ${sum}\n`, "\nprofit_count 2\n"].map((line) => text.includes(line));
  };
  for (const [sum, bounds] of [[-3, [-1, 0]], [3, [-1, 0]], [0, [-0.5]], [-3, [0]], [-3, []]] as const) {
    assertEquals(isWritten(sum, bounds), [false, false], `${sum} ${bounds}`);
    assertEquals(isWritten(sum, bounds, "prometheus"), [true, true], `${sum} ${bounds}`);
  }
  for (const [sum, bounds] of [[3, [0, 1]], [0, [0]], [0, [1]], [0, []]] as const) {
    assertEquals(isWritten(sum, bounds), [true, true], `${sum} ${bounds}`);
  }
});

Deno.test("TextFormatEncoder omits sums and quantiles below zero in OpenMetrics", () => {
  const families: readonly MetricFamily[] = [
    histogramFamily({ name: "profit", bounds: [0], points: [histogramPoint({ count: 2, sum: -3, counts: [2] })] }),
    summaryFamily({
      name: "spread",
      points: [{ labels: {}, quantiles: [[0, -1], [0.5, 0], [0.9, NaN]], count: 3, sum: -0.5 }],
    }),
    histogramFamily({ name: "load", points: [histogramPoint({ count: 2, sum: NaN })] }),
  ];
  const samples = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assertEquals(samples(textOf(families, "openmetrics")).filter((line) => !line.includes("_created")), [
    'profit_bucket{le="0.0"} 2',
    'profit_bucket{le="+Inf"} 2',
    'spread{quantile="0.5"} 0',
    'spread{quantile="0.9"} NaN',
    "spread_count 3",
    'load_bucket{le="+Inf"} 2',
  ]);
  assertEquals(samples(textOf(families)), [
    'profit_bucket{le="0"} 2',
    'profit_bucket{le="+Inf"} 2',
    "profit_sum -3",
    "profit_count 2",
    'spread{quantile="0"} -1',
    'spread{quantile="0.5"} 0',
    'spread{quantile="0.9"} NaN',
    "spread_sum -0.5",
    "spread_count 3",
    'load_bucket{le="+Inf"} 2',
    "load_sum NaN",
    "load_count 2",
  ]);
});

Deno.test("TextFormatEncoder writes the sum and count of a summary only together, in OpenMetrics a sum of zero too", () => {
  const linesOf = (given: Partial<SummaryPoint>, dialect: TextDialect) =>
    textOf([summaryFamily({ name: "size", points: [{ labels: {}, quantiles: [], ...given }] })], dialect)
      .split("\n").filter((line) => line.startsWith("size"));
  for (const dialect of ["prometheus", "openmetrics"] as const) {
    assertEquals(linesOf({ count: 2, sum: 0 }, dialect), ["size_sum 0", "size_count 2"]);
    for (const given of [{}, { count: 2 }, { sum: 1 }, { sum: 1, createdMs: 0 }]) {
      assertEquals(linesOf(given, dialect), []);
    }
  }
});

Deno.test("TextFormatEncoder ends each counter in _total in OpenMetrics, and cuts it off their family's name only", () => {
  const points = [{ labels: {}, value: 1 }];
  const counters = ["orders", "paid_total"].map((name) => scalarFamily("counter", { name, points }));
  const families = [...counters, scalarFamily("gauge", { name: "grand_total", points })];
  assertEquals(
    textOf(families, "openmetrics"),
    "# TYPE orders counter\norders_total 1\n# TYPE paid counter\npaid_total 1\n" +
      "# TYPE grand_total gauge\ngrand_total 1\n# EOF\n",
  );
  assertEquals(
    textOf(families),
    "# TYPE orders counter\norders 1\n# TYPE paid_total counter\npaid_total 1\n" +
      "# TYPE grand_total gauge\ngrand_total 1\n",
  );
});

Deno.test("TextFormatEncoder names a unit in OpenMetrics, and only one that the written name ends in", () => {
  const unitOf = (name: string, unit: string, dialect: TextDialect = "openmetrics") =>
    /^# UNIT (.*)$/m.exec(
      textOf([scalarFamily("counter", { name, unit, points: [{ labels: {}, value: 1 }] })], dialect),
    )
      ?.[1];
  assertEquals(unitOf("paid_seconds_total", "seconds"), "paid_seconds seconds");
  assertEquals(unitOf("paid_seconds_total", "seconds", "prometheus"), undefined);
  for (const [name, unit] of [["paid_total", "seconds"], ["seconds_total", "seconds"], ["paid__total", ""]]) {
    assertEquals(unitOf(name, unit), undefined, name);
  }
});

Deno.test("TextFormatEncoder omits missing help, labels, buckets and points", () => {
  const families: readonly MetricFamily[] = [
    scalarFamily("gauge", { name: "bare", points: [{ labels: {}, value: 1 }] }),
    scalarFamily("gauge", { name: "without_series", help: "Nothing yet", points: [] }),
    histogramFamily({
      name: "bare_seconds",
      unit: "seconds",
      bounds: [],
      points: [histogramPoint({ count: 2, sum: -3 })],
    }),
    histogramFamily({ name: "without_series_bytes", unit: "bytes", help: "Nothing yet", bounds: [64], points: [] }),
  ];
  assertGolden(textOf(families), "bare.txt");
  assertEquals([textOf([]), textOf([], "openmetrics")], ["", "# EOF\n"]);
});

Deno.test("TextFormatEncoder writes the same again, whatever series were added and removed in between", () => {
  const names = ["a", "b", "c", "d", "e", "f"].map((path) => Object.freeze({ path }));
  const scrape = fc.subarray(names).map((labels) => labels.map((each, value) => ({ labels: each, value })));
  fc.assert(fc.property(fc.array(scrape, { size: "medium" }), (scrapes) => {
    const encoder = new TextFormatEncoder("prometheus", "allow-utf-8");
    const owner = {};
    for (const points of scrapes) {
      const twice = points.flatMap((point) => [{ ...point, window: "1s" }, { ...point, window: "1m" }]);
      const families: readonly MetricFamily[] = [
        scalarFamily("counter", { name: "orders_total", owner, points }),
        scalarFamily("gauge", { name: "orders_ratio", owner, points: twice }),
      ];
      assertEquals(new TextDecoder().decode(encode(encoder, families)), textOf(families));
    }
  }));
});

Deno.test("TextFormatEncoder encodes names, label sets, bounds, quantiles and windows once", () => {
  const labels = ["é", "ü"].map((path) => Object.freeze({ path }));
  const families: readonly MetricFamily[] = [
    scalarFamily("gauge", { name: "depth", points: labels.map((labels) => ({ labels, value: 1, window: "1s" })) }),
    histogramFamily({
      bounds: [1, 2],
      points: labels.map((labels) => histogramPoint({ labels, counts: [0, 0] })),
    }),
    summaryFamily({ points: labels.map((labels) => summaryPoint(labels, "1m", [1, 2])) }),
  ];
  const { encode: encodeText, encodeInto } = TextEncoder.prototype;
  for (const dialect of ["prometheus", "openmetrics"] as const) {
    const encoder = new TextFormatEncoder(dialect, "allow-utf-8");
    const first = encode(encoder, families);
    let encodings = 0;
    TextEncoder.prototype.encode = function (text) {
      encodings += 1;
      return encodeText.call(this, text);
    };
    TextEncoder.prototype.encodeInto = function (text, bytes) {
      encodings += 1;
      return encodeInto.call(this, text, bytes);
    };
    try {
      const second = encode(encoder, families);
      assertEquals(encodings, 0);
      assertEquals(second, first);
      // To show that it is counted.
      encode(new TextFormatEncoder(dialect, "allow-utf-8"), families);
      assertEquals(encodings > 10, true);
    } finally {
      Object.assign(TextEncoder.prototype, { encode: encodeText, encodeInto });
    }
  }
});

Deno.test("TextFormatEncoder writes samples completely however full its buffer is, and grows it only if it must", () => {
  const bufferSize = 4_096;
  const labels = [{ path: "x".repeat(40) }, { path: "y".repeat(30) }];
  const points = labels.map((labels): ScalarPoint => ({ labels, value: 12_345, window: "15m" }));
  for (let free = 0; free < 250; free++) {
    const family = scalarFamily("gauge", { help: "h".repeat(bufferSize - free), points });
    const roomy = new TextFormatEncoder("prometheus", "allow-utf-8");
    roomy.reuse(new Uint8Array(4 * bufferSize));
    const expected = encode(roomy, [family]);
    const text = encode(new TextFormatEncoder("prometheus", "allow-utf-8"), [family]);
    assertEquals(text, expected);
    // The value of the last sample has five digits of sixteen and a sign.
    const reserved = text.length - "12345\n".length + 17;
    assertEquals(text.buffer.byteLength === bufferSize, reserved <= bufferSize, `${text.length} bytes`);
  }
});

Deno.test("TextFormatEncoder.reuse overwrites released bytes", () => {
  const encoder = new TextFormatEncoder("openmetrics", "allow-utf-8");
  const first = encode(encoder, DISTRIBUTION);
  encoder.reuse(first);
  assertStrictEquals(encode(encoder, DISTRIBUTION).buffer, first.buffer);
});

Deno.test("writeFamilies pauses where it is asked to, and writes the same as without pauses", () => {
  let looks = 0;
  const encoder = new TextFormatEncoder("prometheus", "allow-utf-8");
  const points = Array.from({ length: 200 }, (_, value) => ({ labels: { path: `${value}` }, value }));
  const families = [...DISTRIBUTION, scalarFamily("gauge", { name: "depth", points })];
  let rests = 0;
  for (const _ of writeFamilies(families, encoder, () => ++looks % 2 === 0)) rests += 1;
  assertEquals(rests, Math.floor(looks / 2));
  assertEquals(looks, 6 + 3);
  assertEquals(new TextDecoder().decode(encoder.end()), textOf(families));
});

Deno.test("writeFamilies rethrows the error of a family", () => {
  const points = {
    *[Symbol.iterator]() {
      yield { labels: {}, value: 1 };
      throw new Error("it broke");
    },
  };
  assertThrows(() => textOf([scalarFamily("gauge", { name: "depth", points })]), Error, "it broke");
});

Deno.test("scrape writes an objective as a counter and two gauges, without empty windows", async () => {
  await using test = inlineMetrics({ windows: ["1s", "1m"], exposedWindows: ["1s", "1m"] });
  const { metrics, clock } = test;
  const slo = { threshold: "5ms", target: 0.75 } as const;
  const buckets = [0.005];
  const execution = metrics.timer("order_execution", { help: "Signal to submission", labels: ["pair"], buckets, slo });
  for (const seconds of [0.001, 0.005, 0.006]) execution.with({ pair: "BTC-USD" }).observe(seconds);
  clock.advance(5_000);
  execution.with({ pair: "BTC-USD" }).observe(0.02);
  execution.with({ pair: 'a"b' });
  // No help, and the unit in the name.
  metrics.timer("parse_seconds", { slo: { threshold: 2, target: 0.5 }, buckets: [] });
  assertGolden(usersPart(await metrics.scrape()), "slo.txt");
});

Deno.test("scrape writes the records of instruments, from end to end", async () => {
  await using test = inlineMetrics({ windows: ["1s", "1m"], exposedWindows: ["1s", "1m"], seriesMax: 6 });
  const { metrics, clock } = test;
  const orders = metrics.counter("orders", { help: "Orders sent", labels: ["pair", "side"] });
  orders.with({ pair: "BTC-USD", side: "buy" }).inc(3);
  orders.with({ pair: 'a"b', side: "sell" }).inc();
  metrics.gauge("portfolio_value", { help: "Value", unit: "dollars" }).set(-12.5);
  metrics.gauge("queue_backlog", { collect: () => 4 });
  const execution = metrics.timer("order_execution", { help: "Signal to submission", buckets: [0.001, 0.005, 0.25] });
  const start = execution.start();
  clock.advance(5);
  execution.end(start);
  const size = metrics.histogram("message", { help: "Message size", unit: "bytes", buckets: [512] });
  size.observe(512);
  size.observe(512);
  orders.with({ pair: "past the cap", side: "buy" }).inc(9);
  await metrics.flush();
  clock.advance(2_000);
  assertGolden(usersPart(await metrics.scrape()), "instruments.txt");
});

Deno.test("TextFormatEncoder writes no part of an invalid time", () => {
  const times = fc.oneof(
    fc.double(),
    fc.constantFrom(NaN, Infinity, -Infinity, 1e300, 8.64e15, 8.64e15 + 2, -1, -1_500, 0),
  );
  fc.assert(fc.property(times, (timeMs) => {
    const exemplar = { labels: { trace_id: "4bf92f35" }, value: 1, timestampMs: timeMs };
    const text = textOf([
      scalarFamily("counter", {
        name: "orders_total",
        points: [{ labels: {}, value: 1, createdMs: timeMs, exemplar }],
      }),
      histogramFamily({
        name: "h",
        bounds: [1],
        points: [pointOf({ labels: {}, count: 1, sum: 1, counts: [1], createdMs: timeMs, exemplars: [exemplar] })],
      }),
    ], "openmetrics");
    // deno-lint-ignore no-control-regex -- that is what must not be there
    assertEquals(/NaN|[\0-\x09\x0b-\x1f]/.test(text), false, text);
    const created = /^orders_created (.*)$/m.exec(text)?.[1];
    const stamp = / # {trace_id="4bf92f35"} 1( .*)?$/m.exec(text)?.[1];
    if (Math.abs(timeMs) <= 8.64e15) {
      assertEquals(Math.round(Number(created) * 1_000), Math.floor(timeMs));
      assertEquals(stamp, ` ${created}`);
    } else assertEquals([created, stamp], [undefined, undefined]);
  }));
});

Deno.test("scrape writes own labels only, and no property that a program has added to all objects", async () => {
  const added = "extend";
  Object.defineProperty(Object.prototype, added, { configurable: true, enumerable: true, value: () => {} });
  try {
    await using test = inlineMetrics();
    const { metrics } = test;
    metrics.counter("orders", { labels: ["side"] }).with({ side: "buy" }).incWithExemplar(1, { trace_id: "a" });
    metrics.histogram("size", { buckets: [1] }).observeWithExemplar(1, { trace_id: "b" });
    const protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    for (const accept of ["text/plain", "application/openmetrics-text", protobuf]) {
      const { body, contentType } = await metrics.scrape({ accept });
      assertEquals(contentType.startsWith(accept), true, contentType);
      assertEquals(new TextDecoder().decode(body).includes(added), false, accept);
    }
  } finally {
    Reflect.deleteProperty(Object.prototype, added);
  }
});

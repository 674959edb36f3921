import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import type { EscapingScheme } from "../../src/model/names.ts";
import type { Exemplar, Labels } from "../../src/model/model.ts";
import type {
  ExponentialBuckets,
  HistogramPoint,
  MetricFamily,
  ScalarPoint,
  SummaryPoint,
} from "../../src/model/families.ts";
import { ProtobufEncoder } from "../../src/encode/protobuf.ts";
import {
  decodeFamilies,
  type ProtoExemplar,
  type ProtoFamily,
  type ProtoHistogram,
  type ProtoLabel,
  type ProtoMetric,
  type ProtoTimestamp,
} from "../_support/encode/metrics_proto.ts";
import {
  encode,
  exponentialBuckets,
  histogramFamily,
  histogramPoint,
  scalarFamily,
  summaryFamily,
} from "../_support/encode/points.ts";
import { type Side, sideOf } from "../_support/encode/span_histogram.ts";

type Entry = readonly [index: number, count: number];

/** Any UTF-16 units, lone surrogates too. */
const text = fc.array(fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 32, max: 126 }) }, fc.nat(0xffff)))
  .map((units) => String.fromCharCode(...units));
const double = fc.double();
const count = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 53 }));
const timeMs = fc.oneof(
  fc.integer({ min: 0, max: 4e12 }),
  fc.double({ min: -1e12, max: 4e12, noNaN: true }),
  fc.constantFrom(0, 999, 1_000, -1, 1_767_323_045_678),
);
const labels: fc.Arbitrary<Labels> = fc.dictionary(text, text, { maxKeys: 4 });
const exemplar: fc.Arbitrary<Exemplar> = fc.record({ labels, value: double, timestampMs: timeMs });
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const head = {
  name: text,
  help: text,
  unit: fc.constantFrom("", "seconds", "bytes"),
};
const place = { labels, window: maybe(fc.constantFrom("1s", "5m", "1h")) };

const scalarPoint: fc.Arbitrary<ScalarPoint> = fc.record({ ...place, value: double });
const counterPoint: fc.Arbitrary<ScalarPoint> = fc.record({
  ...place,
  value: double,
  createdMs: maybe(timeMs),
  exemplar: maybe(exemplar),
});
const summaryPoint: fc.Arbitrary<SummaryPoint> = fc.record({
  ...place,
  quantiles: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), double), { maxLength: 5 }),
  count: maybe(count),
  sum: maybe(double),
  createdMs: maybe(timeMs),
});
const entries = fc.uniqueArray(fc.tuple(fc.integer({ min: -300, max: 300 }), count), { selector: ([index]) => index })
  .map((entries): Entry[] => entries.toSorted(([a], [b]) => a - b));
const buckets = fc.record({
  schema: fc.integer({ min: -4, max: 8 }),
  positive: entries,
  negative: entries,
  zeroCount: count,
});

const scalars = fc.tuple(fc.record(head), fc.array(scalarPoint)).map(([given, points]): MetricFamily =>
  scalarFamily("gauge", { ...given, points })
);
const counters = fc.tuple(fc.record(head), fc.array(counterPoint)).map(([given, points]): MetricFamily =>
  scalarFamily("counter", { ...given, points })
);
const summaries = fc.tuple(fc.record(head), fc.array(summaryPoint)).map(([given, points]): MetricFamily =>
  summaryFamily({ ...given, points })
);
const histograms = fc.tuple(
  fc.record(head),
  fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 4 }),
).chain(([given, bounds]) => {
  const perBucket = { minLength: bounds.length + 1, maxLength: bounds.length + 1 };
  const point = fc.record({
    labels,
    count,
    sum: double,
    createdMs: timeMs,
    counts: fc.array(count, perBucket),
    bucketExemplars: fc.oneof(fc.constant([]), fc.array(maybe(exemplar), perBucket)),
    exemplars: fc.array(exemplar, { maxLength: 3 }),
    buckets: maybe(buckets),
  });
  return fc.array(point, { maxLength: 4 }).map((points): MetricFamily =>
    histogramFamily({
      ...given,
      bounds,
      points: points.map(({ buckets, ...others }) =>
        histogramPoint({
          ...others,
          ...(buckets !== undefined && {
            buckets: exponentialBuckets(buckets.schema, buckets.positive, buckets.negative, buckets.zeroCount),
          }),
        })
      ),
    })
  );
});
const anyFamilies = fc.array(fc.oneof(scalars, counters, summaries, histograms), { maxLength: 4 });

Deno.test("ProtobufEncoder writes every field so that a reader reads it back", () => {
  fc.assert(
    fc.property(anyFamilies, (families) => {
      const encoder = new ProtobufEncoder({
        escaping: "allow-utf-8",
        bucketLimit: { bucketsMax: Infinity, zeroThresholdMax: 0 },
      });
      const bytes = encode(encoder, families);
      assertEquals(decodeFamilies(bytes), familiesRead(families));
      // From memory the second time.
      assertEquals(encode(encoder, families), bytes);
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("ProtobufEncoder writes an exposition byte for byte", () => {
  const point = { labels: { side: "buy" }, value: 1.5, createdMs: 1_500 };
  const bytes = encode(new ProtobufEncoder({ escaping: "allow-utf-8" }), [
    scalarFamily("counter", { name: "paid_seconds_total", help: "h", unit: "seconds", points: [point] }),
  ]);
  const label = [0x0a, 11, 0x0a, 4, ..."side".split("").map(byteOf), 0x12, 3, ..."buy".split("").map(byteOf)];
  const created = [0x1a, 8, 0x08, 1, 0x10, ...[0x80, 0xca, 0xb5, 0xee, 0x01]];
  const counter = [0x1a, 19, 0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, ...created];
  const family = [
    ...[0x0a, 18, ..."paid_seconds_total".split("").map(byteOf)],
    ...[0x12, 1, byteOf("h"), 0x18, 0],
    ...[0x22, label.length + counter.length, ...label, ...counter],
    ...[0x2a, 7, ..."seconds".split("").map(byteOf)],
  ];
  assertEquals([...bytes], [family.length, ...family]);
});

Deno.test("ProtobufEncoder writes a native histogram byte for byte, nothing of a side without buckets", () => {
  const point = histogramPoint({ count: 1, sum: 1.5, buckets: exponentialBuckets(0, [[1, 1]]) });
  const bytes = encode(new ProtobufEncoder({ escaping: "allow-utf-8" }), [histogramFamily({ points: [point] })]);
  const head = [0x08, 1, 0x11, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f];
  const zero = [0x28, 0, 0x31, 0, 0, 0, 0, 0, 0, 0xf0, 0x37, 0x38, 0];
  const positive = [0x62, 4, 0x08, 2, 0x10, 1, 0x6a, 1, 2];
  const histogram = [...head, ...zero, ...positive, 0x7a, 4, 0x08, 0, 0x10, 0];
  const metric = [0x3a, histogram.length, ...histogram];
  const family = [0x0a, 4, ..."size".split("").map(byteOf), 0x18, 4, 0x22, metric.length, ...metric];
  assertEquals([...bytes], [family.length, ...family]);
});

Deno.test("ProtobufEncoder writes no invalid time", () => {
  const timesOf = (timestampMs: number) => {
    const exemplar = { labels: {}, value: 1, timestampMs };
    const [{ metric }] = decodeFamilies(encode(new ProtobufEncoder({ escaping: "allow-utf-8" }), [
      scalarFamily("counter", { points: [{ labels: {}, value: 1, createdMs: timestampMs, exemplar }] }),
    ]));
    const { created_timestamp: created, exemplar: written } = metric![0].counter!;
    return [created, written!.timestamp];
  };
  for (const timestampMs of [NaN, Infinity, -Infinity, 8.64e15 + 2, -8.64e15 - 2]) {
    assertEquals(timesOf(timestampMs), [undefined, undefined]);
  }
  for (const timestampMs of [0, 8.64e15, -8.64e15]) {
    assertEquals(timesOf(timestampMs), [timestampRead(timestampMs), timestampRead(timestampMs)]);
  }
});

Deno.test("ProtobufEncoder writes nothing of a family without points", () => {
  const encoder = new ProtobufEncoder({ escaping: "allow-utf-8" });
  assertEquals(encode(encoder, []), new Uint8Array(0));
  const some = scalarFamily("gauge", { name: "some", points: [{ labels: {}, value: 1 }] });
  const families = [scalarFamily("gauge", {}), some, histogramFamily({}), summaryFamily({})];
  assertEquals(decodeFamilies(encode(encoder, families)).map(({ name }) => name), ["some"]);
});

Deno.test("ProtobufEncoder escapes names of metrics and labels, and not values", () => {
  const encoder = new ProtobufEncoder({ escaping: "underscores" });
  const labels = { "http.method": "a.b" };
  const exemplar: Exemplar = { labels: { "trace.id": "c.d" }, value: 1, timestampMs: 0 };
  const [family] = decodeFamilies(encode(encoder, [
    scalarFamily("counter", { name: "http.calls_total", help: "x.y", points: [{ labels, value: 1, exemplar }] }),
  ]));
  assertEquals([family.name, family.help], ["http_calls_total", "x.y"]);
  assertEquals(family.metric![0].label, [{ name: "http_method", value: "a.b" }]);
  assertEquals(family.metric![0].counter!.exemplar!.label, [{ name: "trace_id", value: "c.d" }]);
});

Deno.test("ProtobufEncoder omits a unit that the written name does not end in", () => {
  const unitOf = (name: string, unit: string, escaping: EscapingScheme = "allow-utf-8") => {
    const points = [{ labels: {}, value: 1 }];
    const [family] = decodeFamilies(
      encode(new ProtobufEncoder({ escaping }), [scalarFamily("counter", { name, unit, points })]),
    );
    return family.unit;
  };
  assertEquals(unitOf("paid_seconds_total", "seconds"), "seconds");
  assertEquals(unitOf("paid_seconds", "seconds"), "seconds");
  assertEquals(unitOf("seconds_total", "seconds"), undefined);
  assertEquals([unitOf("paid_", ""), unitOf("paid__total", "")], [undefined, undefined]);
  assertEquals(unitOf("paid.By/s_total", "By/s"), undefined);
  assertEquals(unitOf("paid_By/s_total", "By/s", "underscores"), undefined);
});

Deno.test("ProtobufEncoder puts the window behind the labels", () => {
  const encoder = new ProtobufEncoder({ escaping: "allow-utf-8" });
  const points = ["buy", "sell"].flatMap((side) => {
    const labels = { side };
    return ["1s", "1m"].map((window): SummaryPoint => ({ labels, window, quantiles: [[0.5, 1]] }));
  });
  const [{ metric }] = decodeFamilies(encode(encoder, [summaryFamily({ points })]));
  const expected = points.map(({ labels, window }) => [
    { name: "side", value: labels.side },
    { name: "window", value: window! },
  ]);
  assertEquals(metric!.map(({ label }) => label), expected);
});

Deno.test("ProtobufEncoder writes large expositions, large families and large values completely", () => {
  const long = "✓long".repeat(20_000);
  const many = Array.from({ length: 30_000 }, (_, i): ScalarPoint => ({ labels: { series: `s${i}` }, value: i }));
  const wide = Array.from({ length: 3_000 }, (_, i): Entry => [i - 1_500, 2 ** (i % 53)]);
  const families = [
    scalarFamily("gauge", { name: "long", help: long, points: [{ labels: { long }, value: 1 }] }),
    scalarFamily("gauge", { name: "many", points: many }),
    histogramFamily({
      name: "wide",
      points: [histogramPoint({ count: 1, buckets: exponentialBuckets(3, wide, wide) })],
    }),
  ];
  const unlimited = new ProtobufEncoder({ escaping: "allow-utf-8" });
  for (let pass = 0; pass < 3; pass++) {
    assertEquals(decodeFamilies(encode(unlimited, families)), familiesRead(families));
  }
  const bucketLimit = { bucketsMax: 1_600, zeroThresholdMax: 0 };
  const limited = new ProtobufEncoder({ escaping: "allow-utf-8", bucketLimit });
  assertEquals(decodeFamilies(encode(limited, families))[2].metric![0].histogram!.schema, 1);
});

Deno.test("ProtobufEncoder.end returns bytes that the next exposition does not touch", () => {
  const encoder = new ProtobufEncoder({ escaping: "allow-utf-8" });
  const family = (value: number) => scalarFamily("gauge", { points: [{ labels: {}, value }] });
  const first = encode(encoder, [family(1)]);
  const copy = first.slice();
  const second = encode(encoder, [family(2)]);
  assertEquals(first, copy);
  assert(first.buffer !== second.buffer);
});

Deno.test("ProtobufEncoder.reuse overwrites released bytes", () => {
  const encoder = new ProtobufEncoder({ escaping: "allow-utf-8" });
  const families = [scalarFamily("gauge", { points: [{ labels: {}, value: 1 }] })];
  const first = encode(encoder, families);
  encoder.reuse(first);
  assertStrictEquals(encode(encoder, families).buffer, first.buffer);
});

Deno.test("ProtobufEncoder encodes a label set once", () => {
  let reads = 0;
  const labels = ["buy", "sell"].map((side) => ({
    get side() {
      reads += 1;
      return side;
    },
  }));
  const encoder = new ProtobufEncoder({ escaping: "allow-utf-8" });
  const family = scalarFamily("gauge", { points: labels.map((labels) => ({ labels, value: 1 })) });
  assertEquals(encode(encoder, [family]), encode(encoder, [family]));
  assertEquals(reads, 2);
});

Deno.test("ProtobufEncoder counts classic buckets only where there are bounds", () => {
  const point = histogramPoint({ count: 1, sum: 1, buckets: exponentialBuckets(0, [[1, 1]]) });
  const bucketCounts = () => {
    throw new Error("counted");
  };
  const encoder = new ProtobufEncoder({ escaping: "allow-utf-8" });
  const [{ metric }] = decodeFamilies(encode(encoder, [histogramFamily({ points: [{ ...point, bucketCounts }] })]));
  assertEquals(metric![0].histogram!.sample_count, "1");
});

Deno.test("ProtobufEncoder starts again after an abandoned exposition", () => {
  const encoder = new ProtobufEncoder({ escaping: "allow-utf-8" });
  const family = scalarFamily("gauge", { points: [{ labels: { side: "buy" }, value: 1 }] });
  const whole = encode(encoder, [family]);
  encoder.begin(family);
  for (const point of family.points) encoder.write(point);
  encoder.end();
  assertEquals(encode(encoder, [family]), whole);
});

Deno.test("ProtobufEncoder writes what a fresh one would, whatever series are added and removed", () => {
  const step = fc.record({ removed: fc.array(fc.nat(40), { maxLength: 20 }), inserted: fc.nat(40), added: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const encoder = new ProtobufEncoder({ escaping: "allow-utf-8" });
      const owner = {};
      let next = 0;
      const series = (): Labels => ({ id: String(next++) });
      let sets = Array.from({ length: 30 }, series);
      for (const { removed, inserted, added } of steps) {
        sets = sets.filter((_, i) => !removed.includes(i)).toSpliced(inserted, 0, series());
        for (let i = 0; i < added; i++) sets.push(series());
        const families = [
          scalarFamily("counter", { owner, points: sets.map((labels, value) => ({ labels, value })) }),
          summaryFamily({
            owner,
            points: sets.flatMap((labels) => ["1s", "1m"].map((window) => ({ labels, window, quantiles: [] }))),
          }),
        ];
        assertEquals(encode(encoder, families), encode(new ProtobufEncoder({ escaping: "allow-utf-8" }), families));
      }
    }),
    { seed: 2, numRuns: 200 },
  );
});

/** What a reader makes of families. */
function familiesRead(families: readonly MetricFamily[]): ProtoFamily[] {
  return families.filter(({ points }) => [...points].length > 0).map((family) => {
    const name = family.name.toWellFormed();
    const isNamedByUnit = family.unit !== "" && new RegExp(`_${family.unit}(_total)?$`).test(name);
    return {
      name,
      ...(family.help !== "" && { help: family.help.toWellFormed() }),
      type: family.type.toUpperCase(),
      metric: [...family.points].map((point) => metricRead(family, point)),
      ...(isNamedByUnit && { unit: family.unit }),
    };
  });
}

function metricRead(family: MetricFamily, point: ScalarPoint | SummaryPoint | HistogramPoint): ProtoMetric {
  const label = [
    ...labelsRead(point.labels),
    ...(point.window === undefined ? [] : [{ name: "window", value: point.window }]),
  ];
  return { ...(label.length > 0 && { label }), ...valueRead(family, point) };
}

function valueRead(family: MetricFamily, point: ScalarPoint | SummaryPoint | HistogramPoint): ProtoMetric {
  if (family.type === "histogram") return { histogram: histogramRead(family.bounds, point as HistogramPoint) };
  if (family.type === "gauge") return { gauge: { value: (point as ScalarPoint).value } };
  const { createdMs } = point as ScalarPoint | SummaryPoint;
  const created = createdMs === undefined ? {} : { created_timestamp: timestampRead(createdMs) };
  if (family.type === "counter") {
    const { value, exemplar } = point as ScalarPoint;
    return { counter: { value, ...(exemplar !== undefined && { exemplar: exemplarRead(exemplar) }), ...created } };
  }
  const { quantiles, count, sum } = point as SummaryPoint;
  const quantile = quantiles.map(([quantile, value]) => ({ quantile, value }));
  return {
    summary: {
      ...(count !== undefined && { sample_count: String(count) }),
      ...(sum !== undefined && { sample_sum: sum }),
      ...(quantile.length > 0 && { quantile }),
      ...created,
    },
  };
}

function histogramRead(bounds: readonly number[], point: HistogramPoint): ProtoHistogram {
  const counts = point.bucketCounts();
  const bucket = [...bounds, Infinity].map((upper_bound, i) => {
    const exemplar = point.bucketExemplars[i];
    return {
      cumulative_count: String(upper_bound === Infinity ? point.count : counts[i]),
      upper_bound,
      ...(exemplar !== undefined && { exemplar: exemplarRead(exemplar) }),
    };
  }).filter(({ upper_bound, exemplar }) => upper_bound !== Infinity || exemplar !== undefined);
  const exponential = point.exponentialBuckets();
  return {
    sample_count: String(point.count),
    sample_sum: point.sum,
    ...(bucket.length > 0 && { bucket }),
    created_timestamp: timestampRead(point.createdMs),
    ...(exponential !== undefined && nativeRead(exponential)),
    ...(exponential !== undefined && point.exemplars.length > 0 && { exemplars: point.exemplars.map(exemplarRead) }),
  };
}

function nativeRead({ schema, zeroThreshold, zeroCount, positive, negative }: ExponentialBuckets): ProtoHistogram {
  const [above, below] = [positive, negative].map(({ low, counts }): Side =>
    sideOf(Array.from(counts, (count, i): Entry => [low + i, count]).filter(([, count]) => count > 0), 2)
  );
  const spans = ({ spans }: Side) => spans.map(([offset, length]) => ({ offset, length }));
  const deltas = ({ deltas }: Side) => deltas.map(String);
  return {
    schema,
    zero_threshold: zeroThreshold,
    zero_count: String(zeroCount),
    ...(below.spans.length > 0 && { negative_span: spans(below), negative_delta: deltas(below) }),
    ...(above.spans.length > 0 && { positive_span: spans(above), positive_delta: deltas(above) }),
  };
}

function exemplarRead({ labels, value, timestampMs }: Exemplar): ProtoExemplar {
  const label = labelsRead(labels);
  return { ...(label.length > 0 && { label }), value, timestamp: timestampRead(timestampMs) };
}

function labelsRead(labels: Labels): ProtoLabel[] {
  return Object.entries(labels).map(([name, value]) => ({ name: name.toWellFormed(), value: value.toWellFormed() }));
}

function timestampRead(timestampMs: number): ProtoTimestamp {
  const wholeMs = BigInt(Math.floor(timestampMs));
  const milliseconds = ((wholeMs % 1_000n) + 1_000n) % 1_000n;
  return { seconds: String((wholeMs - milliseconds) / 1_000n), nanos: Number(milliseconds) * 1_000_000 };
}

function byteOf(letter: string): number {
  return letter.charCodeAt(0);
}

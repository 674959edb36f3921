import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import {
  attachMetrics,
  type Counter,
  type CounterFamily,
  createMetrics,
  type Histogram,
  type Labels,
} from "../../mod.ts";
import type { Metrics, Timer } from "../../mod.ts";
import type { SeriesExemplar } from "../../src/model/model.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { distributionOf, valueOf } from "../_support/snapshots.ts";
import { type Recording, startRecording } from "../_support/instrument/recording.ts";
import { Count } from "../../src/ring/layout.ts";

const TRACE = { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" };

/** A recording thread, and the exemplars that it has announced so far: label sets and values. */
function setUp(): Recording & { sent(): [labels: Labels, value: number][] } {
  const exemplars: SeriesExemplar[] = [];
  const recording = startRecording((news) => {
    if (news.kind === "exemplars") exemplars.push(...news.exemplars);
  });
  const sent = () => {
    recording.recorder.publish();
    return exemplars.splice(0).flatMap(({ exemplar }): [Labels, number][] =>
      exemplar === undefined ? [] : [[exemplar.labels, exemplar.value]]
    );
  };
  return { ...recording, sent };
}

async function totalOf(metrics: Metrics, sample: string): Promise<number> {
  const line = (await metrics.scrape()).split("\n").find((each) => each.startsWith(`${sample} `));
  return Number(line?.split(" ")[1]);
}

Deno.test("Exemplar is offered by each call with the value that it records, at the time of the wall clock", () => {
  const sent: SeriesExemplar[] = [];
  const { create, clock, recorder } = startRecording((news) => {
    if (news.kind === "exemplars") sent.push(...news.exemplars);
  });
  const before = Date.now();
  create<Counter>("counter", "orders_total").incWithExemplar(3, TRACE);
  create<Histogram>("histogram", "size").observeWithExemplar(-7, TRACE);
  create<Timer>("timer", "job").observeWithExemplar(0.5, TRACE);
  const timer = create<Timer>("timer", "wait");
  const start = timer.start();
  clock.advance(250);
  timer.endWithExemplar(start, TRACE);
  assertEquals(sent, []);
  recorder.publish();
  recorder.publish();
  assertEquals(
    sent.map(({ exemplar }) => [exemplar?.labels, exemplar?.value]),
    [3, -7, 0.5, 0.25].map((value) => [
      TRACE,
      value,
    ]),
  );
  for (const { exemplar } of sent) {
    assertGreaterOrEqual(exemplar?.timestampMs ?? NaN, before);
    assertLessOrEqual(exemplar?.timestampMs ?? NaN, Date.now());
  }
});

Deno.test("Exemplar is a copy of the given labels", () => {
  const { create, sent } = setUp();
  const labels: Record<string, string> = { trace_id: "a" };
  create<Counter>("counter", "orders_total").incWithExemplar(1, labels);
  labels.trace_id = "b";
  assertEquals(sent(), [[{ trace_id: "a" }, 1]]);
});

const GOOD: readonly Labels[] = [
  {},
  TRACE,
  { _a1: "", B: '\u0000\n"\\ é 🚀' },
  { a: "x".repeat(127) },
  { a: "🚀".repeat(127) },
  { ["a".repeat(64)]: "x".repeat(63), b: "" },
  { le: "1", quantile: "2", constructor: "3", toString: "4" },
];

const TOO_LONG: readonly unknown[] = [
  { a: "x".repeat(128) },
  { a: "🚀".repeat(128) },
  { a: "x".repeat(65_536) },
  { ["a".repeat(129)]: "" },
  { a: "x".repeat(100), b: "x".repeat(27) },
  Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`a${i}`, ""])),
];

const INVALID: readonly unknown[] = [
  ...[undefined, null, 5, "trace", true, Symbol("trace"), () => ({}), 5n, ["a"]],
  ...[{ a: 1 }, { a: true }, { a: null }, { a: undefined }, { a: {} }, { "\ud800": "a" }],
  ...[{ "": "a" }, { "1a": "a" }, { "trace.id": "a" }, { "trace-id": "a" }, { "é": "a" }, { __a: "a" }],
  {
    get trace_id() {
      throw new Error("there is no trace");
    },
  },
  new Proxy({}, {
    ownKeys() {
      throw new Error("there is nothing");
    },
  }),
];

Deno.test("Exemplar that is rejected is counted by reason, and its value is still recorded", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const counter = metrics.counter("orders_total");
  const histogram = metrics.histogram("size");
  const timer = metrics.timer("job");
  const all = [...TOO_LONG, ...INVALID] as Labels[];
  for (const exemplar of all) {
    counter.incWithExemplar(1, exemplar);
    histogram.observeWithExemplar(1, exemplar);
    timer.observeWithExemplar(1, exemplar);
    timer.endWithExemplar(timer.start(), exemplar);
  }
  const snapshot = await metrics.snapshot();
  assertEquals(valueOf(snapshot, "orders_total"), all.length);
  assertEquals(distributionOf(snapshot, "size").count, all.length);
  assertEquals(distributionOf(snapshot, "job_seconds").count, 2 * all.length);
  assertEquals(await totalOf(metrics, 'hotpath_exemplars_rejected_total{reason="too_long"}'), 4 * TOO_LONG.length);
  assertEquals(await totalOf(metrics, 'hotpath_exemplars_rejected_total{reason="invalid"}'), 4 * INVALID.length);
  assertEquals(await totalOf(metrics, "hotpath_exemplars_dropped_total"), 0);
});

Deno.test("Exemplar of at most 128 code points with names that are allowed everywhere is announced", () => {
  const { create, sent } = setUp();
  const counter = create<CounterFamily<"i">>("counter", "orders_total", { labels: ["i"] });
  GOOD.forEach((labels, i) => counter.with({ i }).incWithExemplar(i, labels));
  assertEquals(sent(), GOOD.map((labels, i) => [labels, i]));
});

Deno.test("Exemplar with lone surrogates has U+FFFD instead, before its code points are counted", () => {
  const { create, sent } = setUp();
  const counter = create<Counter>("counter", "orders_total");
  counter.incWithExemplar(1, { a: "\ud800" });
  assertEquals(sent(), [[{ a: "\ufffd" }, 1]]);
  counter.incWithExemplar(1, { a: "\udfff".repeat(127) });
  assertEquals(sent(), [[{ a: "\ufffd".repeat(127) }, 1]]);
  counter.incWithExemplar(1, { a: "\udfff".repeat(128) });
  assertEquals(sent(), []);
});

Deno.test("Exemplar of a rejected value does not exist, and the value counts as by the plain call", () => {
  const { create, sent, recorder, clock } = setUp();
  const counter = create<Counter>("counter", "orders_total");
  const histogram = create<Histogram>("histogram", "size");
  const timer = create<Timer>("timer", "job");
  for (const value of [NaN, Infinity, -Infinity, "5", null] as number[]) {
    counter.incWithExemplar(value, TRACE);
    histogram.observeWithExemplar(value, TRACE);
    timer.observeWithExemplar(value, TRACE);
    timer.endWithExemplar(value, TRACE);
  }
  counter.incWithExemplar(-1, TRACE);
  timer.observeWithExemplar(-1, TRACE);
  timer.endWithExemplar(clock.now() + 1, TRACE);
  const withExemplar = recorder.counts.slice();
  assertEquals(sent(), []);
  recorder.counts.fill(0);
  for (const value of [NaN, Infinity, -Infinity, "5", null] as number[]) {
    counter.inc(value);
    histogram.observe(value);
    timer.observe(value);
    timer.end(value);
  }
  counter.inc(-1);
  timer.observe(-1);
  timer.end(clock.now() + 1);
  assertEquals(withExemplar, recorder.counts);
});

Deno.test("Exemplar is not offered while recording is disabled, by a removed series, or after the end", () => {
  const { create, sent, recorder, control, clock } = setUp();
  const counters = create<CounterFamily<"id">>("counter", "orders_total", { labels: ["id"] });
  const counter = counters.with({ id: 1 });
  const histogram = create<Histogram>("histogram", "size");
  const timer = create<Timer>("timer", "job");
  const start = timer.start();
  const offerAll = () => {
    counter.incWithExemplar(1, TRACE);
    histogram.observeWithExemplar(1, TRACE);
    timer.observeWithExemplar(1, TRACE);
    timer.endWithExemplar(clock.now(), TRACE);
    counter.incWithExemplar(1, { a: 1 } as unknown as Labels);
    histogram.observeWithExemplar(1, { a: 1 } as unknown as Labels);
    timer.endWithExemplar(start, { a: 1 } as unknown as Labels);
  };
  control.set(false, 1);
  offerAll();
  assertEquals([sent(), recorder.counts.every((count) => count === 0)], [[], true]);
  control.set(true, 1);
  counter.incWithExemplar(1, TRACE);
  counters.remove({ id: 1 });
  counter.incWithExemplar(1, TRACE);
  counter.reset();
  counter.incWithExemplar(1, { a: 1 } as unknown as Labels);
  const others = recorder.counts.filter((_, at) => at !== Count.removed);
  assertEquals([sent(), recorder.counts[Count.removed], others.every((count) => count === 0)], [[], 2, true]);
  recorder.close();
  offerAll();
  assertEquals(sent(), []);
});

Deno.test("Exemplar that was offered before a reset is not announced after it", () => {
  const { create, sent } = setUp();
  const counter = create<Counter>("counter", "orders_total");
  const histogram = create<Histogram>("histogram", "size");
  const timer = create<Timer>("timer", "job");
  const record = (value: number) => {
    counter.incWithExemplar(value, TRACE);
    histogram.observeWithExemplar(value, TRACE);
    timer.observeWithExemplar(value, TRACE);
  };
  record(1);
  for (const instrument of [counter, histogram, timer]) instrument.reset();
  record(2);
  assertEquals(sent(), [2, 2, 2].map((value) => [TRACE, value]));
});

Deno.test("calls with exemplars record exactly what the plain calls record, at any sampling rate", async () => {
  const call = fc.record({
    do: fc.constantFrom("inc" as const, "observe" as const, "time" as const, "end" as const),
    value: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.constantFrom(NaN, -1)),
    isFlushed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { maxLength: 60, size: "max" }),
      fc.constantFrom(0, 0.1, 0.5, 1),
      fc.boolean(),
      async (calls, rate, critical) => {
        const run = async (hasExemplars: boolean) => {
          await using test = inlineMetrics({ sampling: { rate, seed: 7 } });
          const { metrics, clock } = test;
          const counter = metrics.counter("orders_total");
          const size = metrics.histogram("size", { critical });
          const timer = metrics.timer("job", { critical });
          for (const { do: action, value, isFlushed } of calls) {
            const start = timer.start();
            clock.advance(Math.max(0, value) || 0);
            if (action === "inc") hasExemplars ? counter.incWithExemplar(value, TRACE) : counter.inc(value);
            if (action === "observe") hasExemplars ? size.observeWithExemplar(value, TRACE) : size.observe(value);
            if (action === "time") hasExemplars ? timer.observeWithExemplar(value, TRACE) : timer.observe(value);
            if (action === "end") hasExemplars ? timer.endWithExemplar(start, TRACE) : timer.end(start);
            if (isFlushed) await metrics.flush();
          }
          const { timestamp: _, ...rest } = await metrics.snapshot();
          return { ...rest, rejected: (await metrics.performance()).rejected };
        };
        assertEquals(await run(true), await run(false));
      },
    ),
    { seed: 44, numRuns: 60 },
  );
});

Deno.test("Exemplar may belong to a value that is sampled out, but not to such a timing", () => {
  const { create, sent, control } = setUp();
  const histogram = create<Histogram>("histogram", "size");
  const timer = create<Timer>("timer", "job");
  control.set(true, 0);
  // The first of a series is always recorded.
  histogram.observe(1);
  timer.end(timer.start());
  histogram.observeWithExemplar(2, TRACE);
  timer.endWithExemplar(timer.start(), TRACE);
  assertEquals(sent(), [[TRACE, 2]]);
});

Deno.test("Exemplar lists of a thread that does not yield are bounded; further exemplars are counted", async () => {
  await using metrics = createMetrics({ drainIntervalMs: 60_000, seriesMax: 2_000 });
  await using attached = await attachMetrics(metrics.connect());
  const orders = attached.counter("orders_total", { labels: ["id"] });
  const size = attached.histogram("size");
  for (let i = 0; i < 1_000; i++) {
    orders.with({ id: i % 500 }).incWithExemplar(1, TRACE);
    size.observeWithExemplar(1_000 - i, TRACE);
  }
  await attached.flush();
  // Of 256 series, and of two exemplars of the histogram, which is the second among them.
  assertEquals(await totalOf(metrics, "hotpath_exemplars_dropped_total"), 2_000 - 255 - 2);
  assertEquals(distributionOf(await metrics.snapshot(), "size").count, 1_000);
});

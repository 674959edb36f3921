import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Drainer } from "../../../src/aggregate/drain/drainer.ts";
import { ThreadState } from "../../../src/aggregate/drain/thread_state.ts";
import { ThreadTime } from "../../../src/aggregate/drain/thread_time.ts";
import { TraceReader } from "../../../src/aggregate/drain/trace_reader.ts";
import { RUN_TIMER, type Span } from "../../../src/model/spans.ts";
import type { Definition } from "../../../src/model/model.ts";
import type { DistributionSnapshot } from "../../../src/model/snapshot.ts";
import { Consumer } from "../../../src/ring/consumer.ts";
import { Doorbell } from "../../../src/ring/doorbell.ts";
import { Fact, FAILED, Kind, OWN, tagOf } from "../../../src/ring/layout.ts";
import { Producer } from "../../../src/ring/producer.ts";
import { SeriesStore } from "../../../src/aggregate/series/store.ts";
import { TRACE_LIMITS } from "../../_support/aggregate/traces/trace_limits.ts";
import { Traces } from "../../../src/aggregate/traces/traces.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";
import { HISTOGRAM } from "../../_support/aggregate/drain/histogram.ts";
import { ringAt } from "../../_support/ring/rings.ts";

const TIMER: Definition = {
  ...HISTOGRAM,
  type: "timer",
  name: "step",
  exposedName: "step_seconds",
  windowName: "step_window_seconds",
  unit: "seconds",
};

/** Its words have the bits of a NaN where they are a double. */
const TRACE_WORDS = Uint32Array.of(0xffffffff, 0xffffffff, 0x7ff00001, 0xfff80000);
const TRACE = "ffffffffffffffff7ff00001fff80000";
const ORIGIN_MS = 1_700_000_000_000;

/** What the thread's clock is behind the aggregator's. */
const OFFSET_MS = 400;

function setUp({ capacity = 1_024, cursor = 0, isStamped = false, definition = TIMER } = {}) {
  const ring = ringAt(capacity, cursor);
  const producer = new Producer(ring, new Doorbell(new ArrayBuffer(4)), "overwrite-oldest");
  producer.facts[Fact.originMs] = ORIGIN_MS + OFFSET_MS;
  producer.facts[Fact.salt] = 0xabcd;
  producer.facts[Fact.clockMs] = 1_000 - OFFSET_MS;
  const consumer = new Consumer(ring);
  const store = new SeriesStore(planWindows([]));
  const nowMs = () => 0;
  const state = new ThreadState(store, nowMs, consumer.taken);
  const spans: Span[] = [];
  const traces = new Traces(nowMs, 100, TRACE_LIMITS, (span) => spans.push(span), () => ORIGIN_MS);
  const threadTime = new ThreadTime(consumer.facts, { nowMs: () => 1_000, originMs: () => ORIGIN_MS });
  const reader = new TraceReader(state, consumer.facts, threadTime, "main", traces);
  const drainer = new Drainer(consumer, state, nowMs, isStamped, reader);
  state.admit({ kind: "instrument", instrument: 0, definition });
  return {
    producer,
    consumer,
    state,
    traces,
    spans,
    drainer,
    drain: () => {
      producer.publish();
      return drainer.drain(capacity);
    },
    announce: (series: number, labelValues = [`${series}`]) =>
      state.admit({
        kind: "series",
        series,
        instrument: 0,
        labelValues,
        isOverflow: false,
        cell: undefined,
      }),
    begin: (traceWords = TRACE_WORDS) => {
      const { head } = producer;
      producer.pushContext(Kind.context, head, traceWords);
      return head;
    },
    time: (context: number, series: number, seconds: number, timeMs = 1_000) =>
      producer.pushTraced(seconds, timeMs, tagOf(series, Kind.tracedTiming), context),
    /** Sum and count by label. */
    content: (): Record<string, [sum: number, count: number]> => {
      const [metric] = store.snapshot(0) as DistributionSnapshot[];
      return Object.fromEntries((metric?.series ?? []).map(({ labels, sum, count }) => [labels.id, [sum, count]]));
    },
  };
}

for (const isStamped of [false, true]) {
  const form = isStamped ? "stamped" : "unstamped";

  Deno.test(`TraceReader makes spans of traced records, ${form}`, () => {
    const { announce, begin, time, producer, drain, traces, content } = setUp({ cursor: 9, isStamped });
    announce(0);
    const context = begin();
    producer.pushContext(Kind.contextParent, context, Uint32Array.of(0x7ff80000, 7));
    time(context, 0, 0.25);
    producer.pushWeighted(1, 2_000, 0, Kind.tracedTiming | OWN | FAILED, 1, context);
    // Work that continues after the run still belongs to it.
    time(context, 0, 0.5, 3_000);
    assertEquals(drain(), { records: 5, isWaiting: false });
    assertEquals(content(), { "0": [1.75, 3] });
    const common = { name: "step", labels: { id: "0" }, thread: "main", kind: "internal" as const };
    const own = "0000abcd00000009";
    assertEquals(traces.find(TRACE)?.stages, [
      {
        ...common,
        spanId: "0000abcd0000000b",
        parentId: own,
        startOffsetSeconds: 0,
        durationSeconds: 0.25,
        isError: false,
      },
      {
        ...common,
        spanId: own,
        parentId: "7ff8000000000007",
        startOffsetSeconds: 0.25,
        durationSeconds: 1,
        isError: true,
      },
      {
        ...common,
        spanId: "0000abcd0000000d",
        parentId: own,
        startOffsetSeconds: 1.75,
        durationSeconds: 0.5,
        isError: false,
      },
    ]);
    assertEquals(traces.find(TRACE)?.startedAt, new Date(ORIGIN_MS + OFFSET_MS + 750).toISOString());
  });

  Deno.test(`Drainer counts plain and traced records alike, and waits for a series, ${form}`, () => {
    const record = fc.record({
      kind: fc.constantFrom("plain", "weighted", "traced", "context", "start", "end"),
      series: fc.integer({ min: 0, max: 5 }),
      value: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 200 }),
        fc.constantFrom(1, -3, 2 ** 31 - 5),
        fc.integer({ min: 0, max: 5 }),
        (records, cursor, late) => {
          const { announce, begin, time, producer, drain, content, traces, consumer, drainer } = setUp({
            cursor,
            isStamped,
          });
          for (let series = 0; series <= 5; series++) if (series !== late) announce(series);
          let context = begin();
          const sums: Record<string, [number, number]> = {};
          for (let series = 0; series <= 5; series++) sums[series] = [0, 0];
          let [spans, starts, ends, repeated] = [0, 0, 0, 0];
          for (const { kind, series, value } of records) {
            if (kind === "context") context = begin();
            else if (kind === "start" || kind === "end") {
              producer.pushWeighted(0, 1_000, series, Kind[kind], 1, context);
              if (kind === "start") starts += 1;
              else ends += 1;
            } else {
              const weight = kind === "weighted" ? 3 : 1;
              if (kind === "weighted") producer.pushWeighted(value, 1_000, series, Kind.timing, weight);
              else if (kind === "plain") producer.push(value, 1_000, tagOf(series, Kind.timing));
              else time(context, series, value);
              if (kind === "traced") spans += 1;
              repeated += weight - 1;
              sums[series] = [sums[series][0] + value * weight, sums[series][1] + weight];
            }
          }
          const first = drain();
          announce(late);
          const second = drain();
          assertEquals(first.records + second.records, records.length + 1);
          assertEquals(consumer.available(), 0);
          assertEquals([drainer.recorded, drainer.sampledOut], [records.length + 1 + repeated, repeated]);
          const { counts } = traces;
          // A pair that was joined is one span and two halves fewer; all began and ended at once.
          const joined = (starts + ends - counts.waiting) / 2;
          assertEquals([counts.spans, counts.droppedSpans.orphaned], [spans + joined, 0]);
          const counted = Object.values(content()).reduce(([sum, count], each) => [sum + each[0], count + each[1]]);
          const expected = Object.values(sums).reduce(([sum, count], each) => [sum + each[0], count + each[1]]);
          assertEquals(counted, [expected[0], expected[1] + joined]);
        },
      ),
    );
  });
}

Deno.test("TraceReader counts timings with an overwritten context as orphaned", () => {
  const { announce, begin, time, drain, traces, content } = setUp({ capacity: 64, cursor: 1 });
  announce(0);
  const context = begin();
  for (let i = 0; i < 80; i++) time(context, 0, 1);
  drain();
  const [, count] = content()["0"];
  assertEquals(traces.counts.droppedSpans.orphaned, count);
  assertEquals(traces.find(TRACE), undefined);
});

Deno.test("TraceReader reads no records of a batch that was overwritten while it was copied", () => {
  const { announce, begin, time, drain, consumer, traces, drainer } = setUp({ capacity: 64 });
  announce(0);
  const context = begin();
  for (let i = 0; i < 7; i++) time(context, 0, 1);
  let isDue = true;
  const words = new Proxy(consumer.words, {
    get(words, at) {
      if (isDue) {
        isDue = false;
        for (let i = 0; i < 64; i++) time(context, 0, 1);
      }
      return Reflect.get(words, at);
    },
  });
  Object.defineProperty(consumer, "words", { value: words });
  drain();
  drain();
  assertEquals([traces.counts.spans, traces.counts.droppedSpans.orphaned], [drainer.recorded, drainer.recorded]);
});

Deno.test("TraceReader forgets the contexts that were opened first when there are too many", () => {
  const { announce, begin, time, drain, traces } = setUp({ capacity: 131_072, cursor: 1 });
  announce(0);
  const [first, second] = [begin(), begin()];
  for (let i = 2; i < 65_536; i++) begin();
  time(first, 0, 1);
  drain();
  assertEquals([traces.counts.spans, traces.counts.droppedSpans.orphaned], [1, 0]);
  begin();
  time(first, 0, 1);
  time(second, 0, 1);
  drain();
  assertEquals([traces.counts.spans, traces.counts.droppedSpans.orphaned], [3, 1]);
});

Deno.test("TraceReader forgets the contexts whose own span came first when there are too many", () => {
  const { announce, begin, time, drain, traces, producer } = setUp({ capacity: 131_072, cursor: 1 });
  announce(0);
  const orphaned = () => {
    drain();
    return traces.counts.droppedSpans.orphaned;
  };
  const end = (context: number) => producer.pushWeighted(1, 1_000, 0, Kind.tracedTiming | OWN, 1, context);
  const open = begin();
  const [first, second] = [begin(), begin()];
  for (const context of [first, second]) end(context);
  for (let i = 2; i < 4_096; i++) end(begin());
  for (const context of [open, first, second]) time(context, 0, 1);
  assertEquals(orphaned(), 0);
  end(begin());
  for (const context of [open, first, second]) time(context, 0, 1);
  assertEquals(orphaned(), 1);
});

Deno.test("TraceReader reads the contexts of several traces, and spans that another system has opened", () => {
  const { announce, begin, time, drain, spans, producer } = setUp({ cursor: 9 });
  announce(0);
  const outer = begin();
  const inner = begin(Uint32Array.of(1, 2, 3, 4));
  producer.pushContext(Kind.contextSpan, inner, Uint32Array.of(0x7ff80000, 7));
  // A context that was overwritten has neither.
  producer.pushContext(Kind.contextParent, 5, Uint32Array.of(0, 1));
  for (const context of [inner, outer]) time(context, 0, 1);
  drain();
  assertEquals(spans.map(({ traceId, parentId }) => [traceId, parentId]), [
    ["00000001000000020000000300000004", "7ff8000000000007"],
    [TRACE, "0000abcd00000009"],
  ]);
});

Deno.test("TraceReader joins the two halves of a timing in either order, if trace and series are the same", () => {
  const { announce, begin, drain, spans, producer, content } = setUp({ cursor: 9 });
  announce(0);
  announce(1);
  const [context, other] = [begin(), begin(Uint32Array.of(1, 2, 3, 4))];
  const half = (kind: number, series: number, timeMs: number, context: number) =>
    producer.pushWeighted(0, timeMs, series, kind, 1, context);
  half(Kind.start, 0, 1_000, context);
  half(Kind.end, 1, 1_250, context);
  half(Kind.end, 0, 1_400, other);
  drain();
  assertEquals(spans, []);
  half(Kind.end, 0, 1_500, context);
  half(Kind.start, 1, 1_125, context);
  drain();
  const common = { traceId: TRACE, parentId: "0000abcd00000009", name: "step", kind: "internal", thread: "main" };
  const startMs = ORIGIN_MS + OFFSET_MS;
  assertEquals(spans, [
    {
      ...common,
      spanId: "0000abcd0000000e",
      labels: { id: "0" },
      startMs: startMs + 1_000,
      durationSeconds: 0.5,
      isError: false,
    },
    {
      ...common,
      spanId: "0000abcd0000000f",
      labels: { id: "1" },
      startMs: startMs + 1_125,
      durationSeconds: 0.125,
      isError: false,
    },
  ] as Span[]);
  assertEquals(content(), { "0": [0.5, 1], "1": [0.125, 1] });
});

Deno.test("TraceReader offers the span of a timing as an exemplar, if its times are valid", () => {
  const { announce, begin, time, drain, state } = setUp({ cursor: 9 });
  announce(0);
  const context = begin();
  time(context, 0, 0.5, 1e300);
  drain();
  assertEquals(state.distributions[0]?.exemplars, []);
  time(context, 0, 0.25, 1_000);
  drain();
  assertEquals(state.distributions[0]?.exemplars, [{
    labels: { trace_id: TRACE, span_id: "0000abcd0000000b" },
    value: 0.25,
    timestampMs: ORIGIN_MS + OFFSET_MS + 1_000,
  }]);
});

Deno.test("TraceReader names spans after their timer, runs after their trace, requests after method and route", () => {
  for (
    const [timer, labels, name, kind] of [
      ["step", { trace: "order", method: "GET" }, "step", "internal"],
      [RUN_TIMER, { trace: "order" }, "order", "internal"],
      [RUN_TIMER, { id: "order" }, RUN_TIMER, "internal"],
      ["http_server_request_duration", { method: "GET", route: "/orders/:id" }, "GET /orders/:id", "server"],
      ["http_client_request_duration", { host: "shop", method: "GET" }, "GET", "client"],
    ] as const
  ) {
    const definition = { ...TIMER, name: timer, labelNames: Object.keys(labels) };
    const { announce, begin, time, drain, spans } = setUp({ definition });
    announce(0, Object.values(labels));
    time(begin(), 0, 1);
    drain();
    assertEquals(spans.map(({ name, kind }) => [name, kind]), [[name, kind]]);
  }
});

Deno.test("TraceReader ignores a timing whose series was removed", () => {
  const { announce, begin, time, drain, traces, state, producer } = setUp({ cursor: 1 });
  announce(0);
  const context = begin();
  time(context, 0, 1);
  state.admit({ kind: "remove", series: 0, head: producer.head });
  assertEquals(drain().records, 2);
  assertEquals(traces.counts.spans, 0);
});

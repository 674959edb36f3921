import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { resolveOptions } from "../../src/config/options.ts";
import type { Announcement, Definition } from "../../src/model/model.ts";
import type { DistributionSnapshot, MetricSnapshot } from "../../src/model/snapshot.ts";
import { define } from "../../src/instrument/definition.ts";
import { Recorder } from "../../src/record/recorder.ts";
import { createThreadMemory } from "../../src/record/thread_memory.ts";
import { Control } from "../../src/ring/control.ts";
import { createRing, Kind, tagOf } from "../../src/ring/layout.ts";
import { Aggregator } from "../../src/aggregate/aggregator.ts";
import type { ThreadLink } from "../../src/aggregate/thread_links.ts";
import { childWith, spanWith, traceIdOf } from "./traces/spans.ts";

const ORDERS = define("counter", "orders_total", { labels: ["id"] });
const DEPTH = define("gauge", "depth", { labels: ["id"] });
const SIZE = define("histogram", "size", { labels: ["id"] });

/** A producing thread, without the thread. */
class Producing {
  readonly recorder: Recorder;
  readonly link: ThreadLink;

  constructor(aggregator: Aggregator, sendsHeartbeats = true, announce?: (news: Announcement) => void) {
    const ring = createRing(1_024, false);
    this.link = aggregator.intake.connect(ring, { sendsHeartbeats });
    const memory = createThreadMemory(false);
    new Control(memory.control).set(true, 1);
    this.recorder = new Recorder({
      clock: performance,
      memory,
      seed: 1,
      ring,
      overflow: "drop-newest",
      seriesMax: 1_000,
      labelValueMax: 256,
      announce: announce ?? ((news) => this.link.state.admit(news)),
    });
  }

  /** Announces a scalar series; gives where its value is, and its id. */
  addScalar(definition: Definition, id: string) {
    return this.recorder.addScalar(this.recorder.define(definition), [id]);
  }
}

function setUp() {
  const time = { nowMs: 0 };
  const aggregator = new Aggregator({
    ...resolveOptions({ windows: [], seriesMax: 1_000 }).aggregate,
    aggregation: "inline",
    clock: "performance",
    createdMs: 0,
    isStamped: false,
    rejectedReasons: {},
  }, () => time.nowMs);
  return { time, aggregator };
}

/** What there is, as text by series. */
function contentOf(metrics: readonly MetricSnapshot[]): Record<string, number> {
  return Object.fromEntries(
    metrics.flatMap(({ name, series }) =>
      series.map((each) => [`${name} ${each.labels.id}`, "value" in each ? each.value : each.sum])
    ),
  );
}

Deno.test("Aggregator leaves out the gauges of a thread that it hears nothing of, until it does again", () => {
  const { time, aggregator } = setUp();
  const own = new Producing(aggregator, false);
  const other = new Producing(aggregator);
  for (const [producing, value] of [[own, 1], [other, 10]] as const) {
    const { cell: depth } = producing.addScalar(DEPTH, "a");
    depth.cells[depth.index] = value;
    const { cell: orders } = producing.addScalar(ORDERS, "a");
    orders.cells[orders.index] = value;
  }
  const content = () => contentOf(aggregator.snapshotNow().metrics);
  assertEquals(content(), { "depth a": 11, "orders_total a": 11 });
  time.nowMs += 9_999;
  assertEquals(content()["depth a"], 11);
  time.nowMs += 1;
  assertEquals(content(), { "depth a": 1, "orders_total a": 11 });
  aggregator.intake.noteHeartbeat(other.link);
  assertEquals(content()["depth a"], 11);
});

Deno.test("Intake takes a thread for present as long as it publishes", () => {
  const { time, aggregator } = setUp();
  const thread = new Producing(aggregator);
  const { cell: depth } = thread.addScalar(DEPTH, "a");
  depth.cells[depth.index] = 5;
  const size = thread.recorder.addDistribution(thread.recorder.define(SIZE), ["a"]);
  for (let i = 1; i <= 5; i++) {
    time.nowMs += 8_000;
    thread.recorder.producer.push(1, 0, tagOf(size, Kind.value));
    thread.recorder.producer.publish();
    assertEquals(contentOf(aggregator.snapshotNow().metrics), { "depth a": 5, "size a": i });
  }
});

Deno.test("Intake.finish waits for the announcements of what is published", async () => {
  const { aggregator } = setUp();
  const underWay: Announcement[] = [];
  const thread = new Producing(aggregator, true, (news) => underWay.push(news));
  const size = thread.recorder.addDistribution(thread.recorder.define(SIZE), ["a"]);
  thread.recorder.producer.push(7, 0, tagOf(size, Kind.value));
  thread.recorder.producer.publish();
  const finished = aggregator.intake.finish();
  assertEquals(contentOf(aggregator.snapshotNow().metrics), {});
  setTimeout(() => underWay.forEach((news) => thread.link.state.admit(news)));
  await finished;
  assertEquals(contentOf(aggregator.snapshotNow().metrics), { "size a": 7 });
});

Deno.test("Intake.disconnect takes what is in the ring, keeps totals, and is done once", () => {
  const { aggregator } = setUp();
  const thread = new Producing(aggregator);
  const size = thread.recorder.addDistribution(thread.recorder.define(SIZE), ["a"]);
  for (let i = 0; i < 1_500; i++) thread.recorder.producer.push(1, 0, tagOf(size, Kind.value));
  thread.recorder.producer.publish();
  for (let i = 0; i < 2; i++) aggregator.intake.disconnect(thread.link);
  const { metrics, meta } = aggregator.snapshotNow();
  assertEquals((metrics[0] as DistributionSnapshot).series[0].count, 1_024);
  assertEquals([meta.recorded, meta.dropped], [1_024, 476]);
});

Deno.test("Aggregator tells of traces in its exposition once there are any, and sweeps them when it drains", async () => {
  const { time, aggregator } = setUp();
  const linesOfTraces = async () => {
    const { body } = await aggregator.expose({});
    return new TextDecoder().decode(body).split("\n").filter((line) => /^hotpath_(spans|trace)/.test(line));
  };
  assertEquals(await linesOfTraces(), []);
  aggregator.intake.traces.add(spanWith());
  aggregator.intake.traces.add(childWith({ durationSeconds: -1 }));
  aggregator.intake.traces.join.start(traceIdOf(2), "order", 1);
  aggregator.intake.traces.join.end(traceIdOf(3), "order", 1);
  assertEquals((await aggregator.listTraces()).counts.waiting, 2);
  time.nowMs += 60_000;
  aggregator.intake.drain();
  assertEquals(await linesOfTraces(), [
    "hotpath_spans_total 2",
    'hotpath_spans_dropped_total{reason="trace_full"} 0',
    'hotpath_spans_dropped_total{reason="memory"} 0',
    'hotpath_spans_dropped_total{reason="invalid"} 1',
    'hotpath_spans_dropped_total{reason="orphaned"} 0',
    "hotpath_traces_kept 1",
    "hotpath_trace_starts_unmatched_total 1",
    "hotpath_trace_ends_unmatched_total 1",
  ]);
  assertEquals((await aggregator.findTrace(traceIdOf(1)))?.stages.length, 1);
});

Deno.test("Intake gives up no half while there is a backlog that its other half may be in", () => {
  const { time, aggregator } = setUp();
  const thread = new Producing(aggregator);
  const size = thread.recorder.addDistribution(thread.recorder.define(SIZE), ["a"]);
  aggregator.intake.traces.join.start(traceIdOf(1), "order", 1);
  for (let i = 0; i < 1_000; i++) thread.recorder.producer.push(1, 0, tagOf(size, Kind.value));
  thread.recorder.producer.publish();
  time.nowMs += 100_000;
  // A quarter of the ring at a time.
  const waiting = Array.from({ length: 4 }, () => {
    aggregator.intake.drain();
    return aggregator.intake.traces.counts.waiting;
  });
  assertEquals(waiting, [1, 1, 1, 0]);
});

/** A step of the property: what one of the threads does. */
const step = fc.record({
  thread: fc.nat(3),
  id: fc.constantFrom("a", "b", "c"),
  what: fc.constantFrom("record", "record", "record", "remove", "leave"),
  amount: fc.integer({ min: 1, max: 100 }),
});

/** One thread of the model: its shares by label. */
interface Modelled {
  readonly producing: Producing;
  readonly shares: Map<string, { orders: number; depth: number; readonly remove: () => void; add(by: number): void }>;
}

Deno.test("Aggregator merges what any threads do to any series exactly", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
      const { aggregator } = setUp();
      const start = (): Modelled => ({ producing: new Producing(aggregator), shares: new Map() });
      const threads = Array.from({ length: 4 }, start);
      const left = new Map<string, number>();
      const sizes = new Map<string, number>();
      for (const { thread, id, what, amount } of steps) {
        const { producing, shares } = threads[thread];
        if (what === "record") {
          if (!shares.has(id)) shares.set(id, shareIn(producing, id));
          shares.get(id)?.add(amount);
          sizes.set(id, (sizes.get(id) ?? 0) + amount);
        } else if (what === "remove" && shares.has(id)) {
          aggregator.intake.drainAll();
          shares.get(id)?.remove();
          shares.delete(id);
          if (threads.every((each) => !each.shares.has(id))) { for (const totals of [left, sizes]) totals.delete(id); }
        } else if (what === "leave") {
          for (const [id, { orders }] of shares) left.set(id, (left.get(id) ?? 0) + orders);
          aggregator.intake.disconnect(producing.link);
          threads[thread] = start();
        }
      }
      const expected: Record<string, number> = {};
      for (const [id, total] of left) expected[`orders_total ${id}`] = total;
      for (const { shares } of threads) {
        for (const [id, { orders, depth }] of shares) {
          expected[`orders_total ${id}`] = (expected[`orders_total ${id}`] ?? 0) + orders;
          expected[`depth ${id}`] = (expected[`depth ${id}`] ?? 0) + depth;
        }
      }
      for (const [id, sum] of sizes) expected[`size ${id}`] = sum;
      assertEquals(contentOf(aggregator.snapshotNow().metrics), expected);
    }),
    { seed: 37, numRuns: 300 },
  );
});

/** A counter's, a gauge's and a histogram's series of one label set on one thread. */
function shareIn(producing: Producing, id: string) {
  const { recorder } = producing;
  const orders = producing.addScalar(ORDERS, id);
  const depth = producing.addScalar(DEPTH, id);
  const size = recorder.addDistribution(recorder.define(SIZE), [id]);
  return {
    orders: 0,
    depth: 0,
    add(by: number) {
      orders.cell.cells[orders.cell.index] = this.orders += by;
      depth.cell.cells[depth.cell.index] = this.depth = by;
      recorder.producer.push(by, 0, tagOf(size, Kind.value));
      recorder.producer.publish();
    },
    remove() {
      for (const { series, cell } of [orders, depth]) recorder.remove(series, cell);
      recorder.remove(size, undefined);
    },
  };
}

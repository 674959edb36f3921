import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DrainRoom } from "../../../src/aggregate/drain/drain_room.ts";
import { Drainer } from "../../../src/aggregate/drain/drainer.ts";
import { ThreadState } from "../../../src/aggregate/drain/thread_state.ts";
import type { DistributionSnapshot } from "../../../src/model/snapshot.ts";
import { Consumer } from "../../../src/ring/consumer.ts";
import { Doorbell } from "../../../src/ring/doorbell.ts";
import { Count, EVICTED_SHARE, Kind, tagOf, Taken } from "../../../src/ring/layout.ts";
import { Producer } from "../../../src/ring/producer.ts";
import { SeriesStore } from "../../../src/aggregate/series/store.ts";
import { classicBounds } from "../../../src/aggregate/series/classic_buckets.ts";
import { Distribution } from "../../../src/aggregate/series/distribution.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";
import { HISTOGRAM } from "../../_support/aggregate/drain/histogram.ts";
import { ringAt } from "../../_support/ring/rings.ts";

const PLAN = planWindows([{ name: "1s", lengthMs: 1_000 }]);
const SPEC = { schema: 6, classic: classicBounds([], 6), plan: PLAN };

function setUp(
  {
    capacity = 1_024,
    cursor = 0,
    isStamped = false,
    overwrites = false,
    idleTtlMs = Infinity,
    room = new DrainRoom(),
  } = {},
) {
  const ring = ringAt(capacity, cursor);
  const producer = new Producer(
    ring,
    new Doorbell(new ArrayBuffer(4)),
    overwrites ? "overwrite-oldest" : "drop-newest",
  );
  const consumer = new Consumer(ring);
  const store = new SeriesStore(PLAN, undefined, idleTtlMs);
  const time = { nowMs: 0 };
  const state = new ThreadState(store, () => time.nowMs);
  const drainer = new Drainer(consumer, state, () => time.nowMs, isStamped, undefined, room);
  state.admit({ kind: "instrument", instrument: 0, definition: HISTOGRAM });
  return {
    producer,
    consumer,
    state,
    drainer,
    time,
    announce: (series: number, id = String(series)) =>
      state.admit({ kind: "series", series, instrument: 0, labelValues: [id], isOverflow: false, cell: undefined }),
    push: (value: number, series: number, timeMs = 0) => producer.push(value, timeMs, tagOf(series, Kind.value)),
    /** Sum and count by label. */
    content: (): Record<string, [sum: number, count: number]> => {
      const [metric] = store.snapshot(time.nowMs) as DistributionSnapshot[];
      return Object.fromEntries((metric?.series ?? []).map(({ labels, sum, count }) => [labels.id, [sum, count]]));
    },
    windowCount: () => (store.snapshot(time.nowMs) as DistributionSnapshot[])[0].series[0].windows["1s"].count,
  };
}

for (const isStamped of [false, true]) {
  const form = isStamped ? "stamped" : "unstamped";

  Deno.test(`Drainer counts every record in its series as if each came alone, ${form}`, () => {
    const record = fc.record({
      series: fc.integer({ min: 0, max: 12 }),
      value: fc.integer({ min: 1, max: 1_000 }),
      weight: fc.constantFrom(1, 1, 1, 7),
      kind: fc.constantFrom(Kind.value, Kind.timing, Kind.sampledOut),
    });
    // Some batches are weighted, some not.
    const records = fc.array(fc.oneof(record, record.map((each) => ({ ...each, weight: 1, kind: Kind.value }))), {
      maxLength: 500,
      size: "max",
    });
    fc.assert(
      fc.property(
        records,
        fc.constantFrom(0, -3, 2 ** 31 - 5),
        fc.integer({ min: 1, max: 600 }),
        (all, cursor, max) => {
          const { announce, producer, drainer, state } = setUp({ cursor, isStamped });
          const expected = Array.from({ length: 13 }, (_, id) => {
            announce(id);
            return new Distribution({ id: `${id}` }, SPEC, 0);
          });
          let [weights, values] = [0, 0];
          for (const { series, value, weight, kind } of all) {
            producer.pushWeighted(value, 0, series, kind, weight);
            expected[series].record(value, weight, 0, kind === Kind.sampledOut);
            weights += weight;
            if (kind !== Kind.sampledOut) values += 1;
          }
          producer.publish();
          let left = all.length;
          while (left > 0) {
            const { records, isWaiting } = drainer.drain(max);
            assertEquals([records, isWaiting], [Math.min(max, left), false]);
            left -= records;
          }
          assertEquals(drainer.drain(max), { records: 0, isWaiting: false });
          assertEquals(state.distributions.map((each) => each?.snapshot(0)), expected.map((each) => each.snapshot(0)));
          assertEquals([drainer.recorded, drainer.sampledOut], [weights, weights - values]);
        },
      ),
      { seed: 21, numRuns: 60 },
    );
  });

  Deno.test(`Drainer stops at a series that is not announced yet, then continues with nothing lost, ${form}`, () => {
    const { announce, push, producer, consumer, drainer, content } = setUp({ isStamped });
    announce(0);
    // The room has positions for 1,024 series.
    const records = [[1, 0], [2, 0], [4, 1], [8, 0], [16, 1_024], [32, 1], [64, 5_000]];
    for (const [value, series] of records) push(value, series);
    producer.publish();
    assertEquals(drainer.drain(100), { records: 2, isWaiting: true });
    assertEquals(drainer.drain(100), { records: 0, isWaiting: true });
    assertEquals([consumer.available(), content()], [5, { "0": [3, 2] }]);
    announce(1);
    assertEquals(drainer.drain(100), { records: 2, isWaiting: true });
    announce(1_024);
    assertEquals(drainer.drain(100), { records: 2, isWaiting: true });
    announce(5_000);
    assertEquals(drainer.drain(100), { records: 1, isWaiting: false });
    assertEquals(content(), { "0": [11, 3], "1": [36, 2], "1024": [16, 1], "5000": [64, 1] });
    assertEquals(drainer.recorded, 7);
  });

  Deno.test(`Drainer discards what is in flight for a removed series, ${form}`, () => {
    const { announce, push, producer, consumer, state, drainer, content } = setUp({ isStamped });
    announce(0);
    announce(1);
    push(1, 0);
    push(2, 1);
    producer.publish();
    state.admit({ kind: "remove", series: 0, head: producer.head });
    push(4, 1);
    producer.publish();
    assertEquals(state.takeFreed(consumer.tail), []);
    assertEquals(drainer.drain(1).records, 1);
    assertEquals(state.takeFreed(consumer.tail), [], "a record before the removal is still in the ring");
    assertEquals(drainer.drain(1).records, 1);
    assertEquals(state.takeFreed(consumer.tail), [0]);
    assertEquals(state.takeFreed(consumer.tail), [], "each id is given back once");
    drainer.drain(10);
    assertEquals(content(), { "1": [6, 2] });
    announce(0, "next owner");
    push(8, 0);
    producer.publish();
    drainer.drain(10);
    assertEquals(content(), { "1": [6, 2], "next owner": [8, 1] });
  });

  Deno.test(`Drainer discards what is in flight for a series that was reset, ${form}`, () => {
    const { announce, push, producer, consumer, state, drainer, content } = setUp({ isStamped });
    announce(0);
    push(1, 0);
    producer.publish();
    drainer.drain(10);
    push(2, 0);
    producer.publish();
    state.admit({ kind: "reset", series: 0, newSeries: 1, head: producer.head });
    push(4, 1);
    producer.publish();
    drainer.drain(10);
    assertEquals(content(), { "0": [4, 1] });
    assertEquals(state.takeFreed(consumer.tail), [0]);
  });
}

for (const isStamped of [false, true]) {
  const form = isStamped ? "stamped" : "unstamped";

  Deno.test(`Drainer waits for the next owner of an id that was given back, ${form}`, () => {
    const { announce, push, producer, consumer, state, drainer, content } = setUp({ isStamped });
    announce(0, "first");
    push(1, 0);
    producer.publish();
    drainer.drain(10);
    state.admit({ kind: "remove", series: 0, head: producer.head });
    assertEquals(state.takeFreed(consumer.tail), [0]);
    // The ring is faster than the announcement.
    push(2, 0);
    producer.publish();
    assertEquals(drainer.drain(10), { records: 0, isWaiting: true });
    announce(0, "next");
    assertEquals(drainer.drain(10), { records: 1, isWaiting: false });
    assertEquals(content(), { next: [2, 1] });
  });

  Deno.test(`Drainer waits for a series that was reset to an id that was given back, ${form}`, () => {
    const { announce, push, producer, consumer, state, drainer, content } = setUp({ isStamped });
    announce(0, "removed");
    announce(1, "reset");
    state.admit({ kind: "remove", series: 0, head: producer.head });
    assertEquals(state.takeFreed(consumer.tail), [0]);
    push(2, 0);
    producer.publish();
    assertEquals(drainer.drain(10), { records: 0, isWaiting: true });
    state.admit({ kind: "reset", series: 1, newSeries: 0, head: 0 });
    assertEquals(drainer.drain(10), { records: 1, isWaiting: false });
    assertEquals(content(), { reset: [2, 1] });
  });
}

Deno.test("ThreadState returns ids past the wrap of the cursors", () => {
  for (const cursor of [2 ** 31 - 2, -2]) {
    const { announce, push, producer, consumer, state, drainer } = setUp({ cursor });
    announce(0);
    for (let i = 0; i < 4; i++) push(1, 0);
    producer.publish();
    state.admit({ kind: "remove", series: 0, head: producer.head });
    assertEquals(state.takeFreed(consumer.tail), []);
    drainer.drain(3);
    assertEquals(state.takeFreed(consumer.tail), []);
    drainer.drain(1);
    assertEquals(state.takeFreed(consumer.tail), [0]);
  }
});

Deno.test("ThreadState ignores an announcement about an unknown series", () => {
  const { state, content } = setUp();
  state.admit({ kind: "remove", series: 9, head: 0 });
  state.admit({ kind: "reset", series: 9, newSeries: 10, head: 0 });
  assertEquals(content(), {});
});

Deno.test("Drainer takes the time of stamped records from the record, of others from the drain", () => {
  for (const isStamped of [true, false]) {
    const { announce, push, producer, drainer, time, windowCount } = setUp({ isStamped });
    announce(0);
    push(1, 0, 5_000);
    producer.publish();
    time.nowMs = 20_000;
    drainer.drain(10);
    assertEquals(windowCount(), isStamped ? 0 : 1);
  }
});

Deno.test("Drainer counts more records than one batch holds, of thousands of series", () => {
  const { announce, push, producer, drainer, content } = setUp({ capacity: 32_768 });
  const seriesCount = 3_000;
  for (let series = 0; series < seriesCount; series++) announce(series);
  for (let i = 0; i < 30_000; i++) push(1 + i % 7, i % seriesCount);
  producer.publish();
  assertEquals(drainer.drain(32_768), { records: 30_000, isWaiting: false });
  const expected = Object.fromEntries(Array.from({ length: seriesCount }, (_, series) => {
    const values = Array.from({ length: 10 }, (_, round) => 1 + (series + round * seriesCount) % 7);
    return [series, [values.reduce((a, b) => a + b), 10]];
  }));
  assertEquals(content(), expected as Record<string, [number, number]>);
});

Deno.test("Drainer discards a batch that is overwritten while it is copied, and counts the new records", () => {
  const { announce, push, producer, consumer, drainer, content } = setUp({ capacity: 64, overwrites: true });
  for (let series = 0; series < 5; series++) announce(series);
  for (let i = 0; i < 64; i++) push(1, i % 4);
  let interruptions = 3;
  const words = new Proxy(consumer.words, {
    get(words, at) {
      // Between two looks at the batch, the producer takes all of it back.
      if (interruptions > 0 && interruptions-- === 1) { for (let i = 0; i < 16; i++) push(1_000, 4); }
      return Reflect.get(words, at);
    },
  });
  Object.defineProperty(consumer, "words", { value: words });
  producer.publish();
  // A batch is as large as the share that is evicted at a time, so only that is lost of the 64 that may be looked at.
  assertEquals(drainer.drain(64), { records: 64 * (1 - EVICTED_SHARE), isWaiting: false });
  producer.publish();
  drainer.drain(1_000);
  assertEquals(content(), { 0: [12, 12], 1: [12, 12], 2: [12, 12], 3: [12, 12], 4: [16_000, 16] });
  assertEquals([drainer.recorded, producer.counts[Count.dropped]], [64, 16]);
});

for (const isStamped of [false, true]) {
  const form = isStamped ? "stamped" : "unstamped";

  Deno.test(`Drainer counts values that take a sum past the largest double, ${form}`, () => {
    const { announce, push, producer, consumer, drainer } = setUp({ isStamped });
    announce(0);
    for (let i = 0; i < 3; i++) push(Number.MAX_VALUE, 0);
    producer.publish();
    drainer.drain(10);
    assertEquals(consumer.taken.at(Taken.saturated), 2);
  });

  Deno.test(`Drainer takes memory for traces only with the first traced record, ${form}`, () => {
    const room = new DrainRoom();
    const { announce, push, producer, drainer } = setUp({ isStamped, room });
    announce(0);
    push(1, 0);
    producer.publish();
    drainer.drain(10);
    assertEquals(room.tracedIfAny, undefined);
    producer.pushTraced(1, 0, tagOf(0, Kind.tracedTiming), 7);
    producer.publish();
    drainer.drain(10);
    assertEquals(room.tracedIfAny?.count, 0);
  });

  Deno.test(`Drainer without a reader of traces counts traced timings alone, ${form}`, () => {
    const { announce, producer, drainer, content } = setUp({ isStamped });
    announce(0);
    producer.pushContext(Kind.context, 0, Uint32Array.of(1, 2, 3, 4));
    producer.pushTraced(5, 0, tagOf(0, Kind.tracedTiming), 0);
    producer.pushWeighted(6, 0, 0, Kind.start, 1);
    producer.publish();
    assertEquals(drainer.drain(10), { records: 3, isWaiting: false });
    assertEquals(content(), { 0: [5, 1] });
  });

  Deno.test(`Drainer does not end a series' pause with records that are not values, ${form}`, () => {
    const { announce, push, producer, drainer, time, state } = setUp({ isStamped, idleTtlMs: 1_000 });
    announce(0);
    time.nowMs = 999;
    push(1, 0, 999);
    producer.publish();
    drainer.drain(10);
    time.nowMs = 1_999;
    producer.pushWeighted(0, 1_999, 0, Kind.start, 1);
    producer.publish();
    drainer.drain(10);
    assertEquals([state.distributions[0]?.isIdle(1_998), state.distributions[0]?.isIdle(1_999)], [false, true]);
  });
}

Deno.test("Drainer limits the times of stamped records to those between the last drain and this one", () => {
  for (
    const [timeMs, nowMs, count] of [[5_000, 11_000, 1], [5_000, 11_051, 0], [99_000, 11_100, 1], [99_000, 11_151, 0]]
  ) {
    const { announce, push, producer, drainer, time, windowCount } = setUp({ isStamped: true });
    announce(0);
    time.nowMs = 10_000;
    drainer.drain(10);
    push(1, 0, timeMs);
    producer.publish();
    time.nowMs = 10_100;
    drainer.drain(10);
    time.nowMs = nowMs;
    assertEquals([timeMs, nowMs, windowCount()], [timeMs, nowMs, count]);
  }
});

Deno.test("Drainer treats only batches with weights as weighted", () => {
  const room = new DrainRoom();
  const { announce, push, producer, drainer } = setUp({ room });
  announce(0);
  for (const weight of [1, 2, 1]) {
    push(1, 0);
    producer.pushWeighted(1, 0, 0, Kind.value, weight);
    producer.publish();
    drainer.drain(10);
    assertEquals(room.batch.isWeighted, weight > 1);
  }
});

Deno.test("Drainers that share a room count as each would alone", () => {
  const record = fc.record({ thread: fc.nat(2), series: fc.nat(5), value: fc.nat(100), drains: fc.boolean() });
  fc.assert(fc.property(fc.array(record, { maxLength: 200 }), (records) => {
    const room = new DrainRoom();
    const shared = [64, 1_024, 8_192].map((capacity) => setUp({ capacity, room }));
    const alone = [64, 1_024, 8_192].map((capacity) => setUp({ capacity }));
    for (const { thread, series, value, drains } of records) {
      for (const { [thread]: { producer, push, drainer, announce } } of [shared, alone]) {
        // The fifth is announced late, so that a batch stops there.
        if (series < 5 || drains) announce(series);
        push(value, series);
        producer.publish();
        if (drains) drainer.drain(1_000);
      }
    }
    for (const [at, { announce, drainer, content }] of shared.entries()) {
      for (const each of [{ announce, drainer }, alone[at]]) {
        each.announce(5);
        each.drainer.drain(10_000);
      }
      assertEquals(content(), alone[at].content());
    }
  }));
});

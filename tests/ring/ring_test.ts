import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { Consumer } from "../../src/ring/consumer.ts";
import { Doorbell } from "../../src/ring/doorbell.ts";
import { Count, createRing, Kind, ringViews, tagOf, WEIGHT_MAX } from "../../src/ring/layout.ts";
import { Producer } from "../../src/ring/producer.ts";
import { type Read, ringAt, take } from "../_support/ring/rings.ts";

const PUBLISH_EVERY = 64;

type Step =
  | { readonly do: "push"; readonly count: number }
  | { readonly do: "publish" }
  | { readonly do: "drain"; readonly max: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant("push" as const), count: fc.integer({ min: 1, max: 150 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("publish" as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("drain" as const), max: fc.integer({ min: 0, max: 300 }) }) },
  ),
  { minLength: 1, maxLength: 60, size: "max" },
);
const cursors = fc.oneof(
  fc.constantFrom(0, 2 ** 31 - 5, 2 ** 31 - 1, -(2 ** 31), -3, -1, -64),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);

/**
 * What a ring is: an array, of which the reader sees the first part. A producer that takes the ring
 * for full publishes before it looks, so more may be visible than has to be.
 */
class Model {
  readonly records: Read[] = [];
  visibleMin = 0;
  dropped = 0;
  #head: number;

  constructor(readonly capacity: number, cursor: number, readonly overwrites: boolean) {
    this.#head = cursor;
  }

  push(record: Read): void {
    if (this.records.length === this.capacity) {
      this.publish();
      if (!this.overwrites) {
        this.dropped += record.weight;
        return;
      }
      for (const { weight } of this.take(this.capacity / 8)) this.dropped += weight;
    }
    this.records.push(record);
    this.#head += 1;
    if (this.#head % Math.min(PUBLISH_EVERY, this.capacity / 2) === 0) this.publish();
  }

  publish(): void {
    this.visibleMin = this.records.length;
  }

  take(count: number): Read[] {
    this.visibleMin = Math.max(0, this.visibleMin - count);
    return this.records.splice(0, count);
  }
}

Deno.test("Ring is an array: any order of push, publish and drain, at any cursor, at any overflow", () => {
  const capacities = fc.constantFrom(64, 128, 256, 1_024);
  fc.assert(
    fc.property(capacities, cursors, steps, fc.boolean(), (capacity, cursor, steps, overwrites) => {
      const buffer = ringAt(capacity, cursor);
      const overflow = overwrites ? "overwrite-oldest" : "drop-newest";
      const producer = new Producer(buffer, new Doorbell(new ArrayBuffer(4)), overflow);
      const consumer = new Consumer(buffer);
      const model = new Model(capacity, cursor, overwrites);
      let sequence = 0;
      for (const step of steps) {
        if (step.do === "publish") {
          producer.publish();
          model.publish();
        } else if (step.do === "drain") {
          const records = take(consumer, step.max);
          assertEquals(records, model.take(records.length));
        }
        for (let i = 0; step.do === "push" && i < step.count; i++) {
          const value = sequence++;
          const weight = value % 5 === 0 ? 1 + value % 1_000 : 1;
          const record = { value, timeMs: value / 7, series: value % 5_000, kind: value & 1, weight };
          if (weight === 1) producer.push(record.value, record.timeMs, tagOf(record.series, record.kind));
          else producer.pushWeighted(record.value, record.timeMs, record.series, record.kind, weight);
          model.push(record);
        }
        assertGreaterOrEqual(consumer.available(), model.visibleMin);
        assertLessOrEqual(consumer.available(), model.records.length);
        assertEquals(producer.pending, model.records.length);
        assertEquals(producer.counts[Count.dropped], model.dropped);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});

Deno.test("Ring counts cursors past 2^31 and 2^32 without a break", () => {
  for (const cursor of [2 ** 31 - 5, -3]) {
    const buffer = ringAt(64, cursor);
    const producer = new Producer(buffer, new Doorbell(new ArrayBuffer(4)), "drop-newest");
    const consumer = new Consumer(buffer);
    for (let i = 0; i < 10; i++) producer.push(i, 0, tagOf(i, Kind.value));
    producer.publish();
    assertEquals(consumer.available(), 10);
    assertEquals(take(consumer, 10).map(({ value }) => value), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assertEquals(producer.head, (cursor + 10) | 0);
    assertEquals(consumer.tail, (cursor + 10) | 0);
    assertEquals(producer.pending, 0);
  }
});

Deno.test("Ring, full, keeps the oldest, drops the newest and counts each drop", () => {
  const buffer = createRing(64, false);
  const producer = new Producer(buffer, new Doorbell(new ArrayBuffer(4)), "drop-newest");
  const consumer = new Consumer(buffer);
  for (let i = 0; i < 100; i++) producer.push(i, 0, tagOf(0, Kind.value));
  assertEquals(producer.counts[Count.dropped], 36);
  assertEquals(consumer.counts[Count.dropped], 36);
  assertEquals(take(consumer, 100).map(({ value }) => value), Array.from({ length: 64 }, (_, i) => i));
  producer.push(100, 0, tagOf(0, Kind.value));
  producer.publish();
  assertEquals(take(consumer, 100).map(({ value }) => value), [100]);
  assertEquals(producer.counts[Count.dropped], 36);
});

Deno.test("a full ring that overwrites evicts its oldest eighth at a time, and counts each record by its weight", () => {
  const buffer = createRing(64, false);
  const producer = new Producer(buffer, new Doorbell(new ArrayBuffer(4)), "overwrite-oldest");
  const consumer = new Consumer(buffer);
  producer.pushWeighted(0, 0, 0, Kind.value, 1_000);
  for (let i = 1; i < 64; i++) producer.push(i, 0, tagOf(0, Kind.value));
  assertEquals(producer.counts[Count.dropped], 0);
  producer.push(64, 0, tagOf(0, Kind.value));
  assertEquals(producer.counts[Count.dropped], 1_007);
  for (let i = 65; i < 100; i++) producer.push(i, 0, tagOf(0, Kind.value));
  producer.publish();
  assertEquals(take(consumer, 100).map(({ value }) => value), Array.from({ length: 60 }, (_, i) => 40 + i));
  assertEquals(producer.counts[Count.dropped], 1_039);
});

Deno.test("Consumer.commit fails for records that were evicted meanwhile, and the next read continues", () => {
  const buffer = createRing(64, false);
  const producer = new Producer(buffer, new Doorbell(new ArrayBuffer(4)), "overwrite-oldest");
  const consumer = new Consumer(buffer);
  for (let i = 0; i < 64; i++) producer.push(i, 0, tagOf(0, Kind.value));
  assertEquals(consumer.available(), 64);
  producer.push(64, 0, tagOf(0, Kind.value));
  assertEquals(consumer.commit(8), false);
  producer.publish();
  assertEquals(consumer.available(), 57);
  assertEquals(consumer.commit(8), true);
  assertEquals(take(consumer, 1)[0].value, 16);
});

Deno.test("a full ring continues as soon as one slot is free", () => {
  const buffer = createRing(64, false);
  const producer = new Producer(buffer, new Doorbell(new ArrayBuffer(4)), "drop-newest");
  const consumer = new Consumer(buffer);
  for (let i = 0; i < 64; i++) producer.push(i, 0, tagOf(0, Kind.value));
  take(consumer, 1);
  producer.push(64, 0, tagOf(0, Kind.value));
  producer.push(65, 0, tagOf(0, Kind.value));
  assertEquals(producer.counts[Count.dropped], 1);
  assertEquals(take(consumer, 100).at(-1)?.value, 64);
});

Deno.test("Ring keeps value, time, series, kind and weight", () => {
  const buffer = createRing(64, false);
  const producer = new Producer(buffer, new Doorbell(new ArrayBuffer(4)), "drop-newest");
  const consumer = new Consumer(buffer);
  producer.push(-0.1, 1_234.5678, tagOf(4_294_967_295, Kind.timing));
  producer.push(Number.MIN_VALUE, 0, tagOf(0, Kind.value));
  producer.pushWeighted(2, 0, 7, Kind.sampledOut, WEIGHT_MAX);
  producer.publish();
  assertEquals(take(consumer, 3), [
    { value: -0.1, timeMs: 1_234.5678, series: 4_294_967_295, kind: Kind.timing, weight: 1 },
    { value: Number.MIN_VALUE, timeMs: 0, series: 0, kind: Kind.value, weight: 1 },
    { value: 2, timeMs: 0, series: 7, kind: Kind.sampledOut, weight: 16_777_215 },
  ]);
});

Deno.test("Producer.push writes what pushWeighted writes at weight one, for any series and kind", () => {
  fc.assert(
    fc.property(fc.double(), fc.double(), fc.nat(2 ** 32 - 1), fc.nat(255), (value, timeMs, series, kind) => {
      const buffer = createRing(64, false);
      const producer = new Producer(buffer, new Doorbell(new ArrayBuffer(4)), "drop-newest");
      producer.pushWeighted(value, timeMs, series, kind, 1);
      producer.push(value, timeMs, tagOf(series, kind));
      producer.publish();
      const [weighted, pushed] = take(new Consumer(buffer), 2);
      assertEquals(pushed, weighted);
      assertEquals([pushed.series, pushed.kind, pushed.weight], [series, kind, 1]);
    }),
    { seed: 5, numRuns: 1_000 },
  );
});

Deno.test("createRing makes shared memory only for another thread", () => {
  assertEquals(createRing(64, true) instanceof SharedArrayBuffer, true);
  assertEquals(createRing(64, false) instanceof ArrayBuffer, true);
  assertEquals(ringViews(createRing(128, true)).capacity, 128);
});

import { assertEquals } from "@std/assert";
import type { OverflowPolicy } from "../../src/model/model.ts";
import { Consumer } from "../../src/ring/consumer.ts";
import { Doorbell } from "../../src/ring/doorbell.ts";
import { Count, createRing, Fact, Kind, NO_SERIES, RECORD_BYTES, tagOf, WEIGHT_ONE } from "../../src/ring/layout.ts";
import { Producer } from "../../src/ring/producer.ts";
import { interrupted } from "../_support/ring/interrupted.ts";
import { take } from "../_support/ring/rings.ts";

const CAPACITY = 1_024;
const ASLEEP = 1;

function setUp(overflow: OverflowPolicy = "drop-newest") {
  const buffer = createRing(CAPACITY, false);
  const doorbell = new Doorbell(new ArrayBuffer(4));
  let rings = 0;
  const ring = doorbell.ring.bind(doorbell);
  doorbell.ring = () => {
    rings += 1;
    // A bell on memory of this thread alone notifies no other.
    if (doorbell.word[0] === ASLEEP) doorbell.word[0] = 0;
    else ring();
  };
  const producer = new Producer(buffer, doorbell, overflow);
  const consumer = new Consumer(buffer);
  const push = (count: number) => {
    for (let i = 0; i < count; i++) producer.push(i, 0, tagOf(0, Kind.value));
  };
  return { buffer, doorbell, producer, consumer, push, rings: () => rings };
}

Deno.test("Producer.push makes nothing visible before publication, and publishes every 64 records", () => {
  const { consumer, push } = setUp();
  push(63);
  assertEquals(consumer.available(), 0);
  push(1);
  assertEquals(consumer.available(), 64);
  push(63);
  assertEquals(consumer.available(), 64);
  push(1);
  assertEquals(consumer.available(), 128);
});

Deno.test("Producer.publish makes pushed records visible, once", () => {
  const { producer, consumer, push } = setUp();
  producer.publish();
  assertEquals(consumer.available(), 0);
  push(3);
  producer.publish();
  producer.publish();
  assertEquals(consumer.available(), 3);
});

Deno.test("Producer.publishIfDue publishes at the first reading and then after 1 ms", () => {
  const { producer, consumer, push } = setUp();
  push(1);
  producer.publishIfDue(10);
  assertEquals(consumer.available(), 1);
  push(1);
  producer.publishIfDue(10.999);
  assertEquals(consumer.available(), 1);
  push(1);
  producer.publishIfDue(11);
  assertEquals(consumer.available(), 3);
  push(1);
  producer.publishIfDue(11.5);
  assertEquals(consumer.available(), 3);
  producer.publishIfDue(12);
  assertEquals(consumer.available(), 4);
});

Deno.test("Producer.forgetInterval makes the next reading publish, even if the clock was set back", () => {
  const { producer, consumer, push } = setUp();
  push(1);
  producer.publishIfDue(3_600_000);
  push(1);
  producer.publishIfDue(10);
  assertEquals(consumer.available(), 1);
  producer.forgetInterval();
  producer.publishIfDue(10);
  assertEquals(consumer.available(), 2);
});

Deno.test("Producer rings the bell when a publication finds the ring half full, not before", () => {
  const { push, rings } = setUp();
  push(CAPACITY / 2 - 1);
  assertEquals(rings(), 0);
  push(1);
  assertEquals(rings(), 1);
});

Deno.test("Producer does not ring for records that the reader has committed", () => {
  const { consumer, push, rings } = setUp();
  for (let round = 0; round < 10; round++) {
    push(CAPACITY / 2 - 64);
    take(consumer, CAPACITY);
  }
  assertEquals(rings(), 0);
});

Deno.test("Producer.pending counts records that the reader has not committed, published or not", () => {
  const { producer, consumer, push } = setUp();
  push(70);
  assertEquals(producer.pending, 70);
  take(consumer, 50);
  assertEquals(producer.pending, 20);
  producer.publish();
  take(consumer, 50);
  assertEquals(producer.pending, 0);
});

Deno.test("Producer.close publishes, and later pushes are no-ops that count as nothing", () => {
  const { producer, consumer, push } = setUp();
  push(3);
  producer.close();
  assertEquals(consumer.available(), 3);
  push(200);
  producer.publish();
  producer.publishIfDue(1e9);
  assertEquals(consumer.available(), 3);
  assertEquals(producer.counts[Count.dropped], 0);
  take(consumer, 3);
  push(200);
  producer.publish();
  assertEquals(consumer.available(), 0);
  assertEquals(producer.pending, 0);
  assertEquals(producer.counts[Count.dropped], 0);
});

Deno.test("Producer.close on a full ring stays closed when the reader makes room", () => {
  const { producer, consumer, push } = setUp();
  push(CAPACITY);
  producer.close();
  take(consumer, CAPACITY);
  push(10);
  producer.publish();
  assertEquals(consumer.available(), 0);
  assertEquals(producer.counts[Count.dropped], 0);
});

/** The eight words of a slot, the value and time as such. */
function slotOf({ doubles, words }: Consumer, index: number) {
  const at = index * RECORD_BYTES / 4;
  return { value: doubles[at / 2], timeMs: doubles[at / 2 + 1], words: [...words.subarray(at, at + 8)] };
}

Deno.test("Producer.pushTraced writes what push writes, and the context", () => {
  const { producer, consumer, push } = setUp();
  push(1);
  producer.pushTraced(2.5, 3.5, tagOf(7, Kind.tracedTiming), 9);
  producer.publish();
  assertEquals(consumer.available(), 2);
  const { value, timeMs, words } = slotOf(consumer, 1);
  assertEquals([value, timeMs, ...words.slice(4)], [2.5, 3.5, 7, Kind.tracedTiming | WEIGHT_ONE, 9, 0]);
});

Deno.test("Producer.pushContext writes the words of an id and the number, without a series", () => {
  const { producer, consumer, push } = setUp();
  push(1);
  producer.pushContext(Kind.context, 5, Uint32Array.of(1, 2, 3, 4));
  producer.pushContext(Kind.contextParent, 6, Uint32Array.of(8, 9));
  producer.publish();
  assertEquals(consumer.available(), 3);
  assertEquals(slotOf(consumer, 1).words, [1, 2, 3, 4, NO_SERIES, Kind.context | WEIGHT_ONE, 5, 0]);
  assertEquals(slotOf(consumer, 2).words, [8, 9, 0, 0, NO_SERIES, Kind.contextParent | WEIGHT_ONE, 6, 0]);
});

Deno.test("Producer.pushWeighted writes the context", () => {
  const { producer, consumer } = setUp();
  producer.pushWeighted(1, 0, 7, Kind.tracedTiming, 3, 9);
  assertEquals(slotOf(consumer, 0).words.slice(4), [7, Kind.tracedTiming | 3 << 8, 9, 0]);
});

const PUSHES: Readonly<Record<string, (producer: Producer) => void>> = {
  push: (producer) => producer.push(0, 0, tagOf(0, Kind.value)),
  pushTraced: (producer) => producer.pushTraced(0, 0, tagOf(0, Kind.value), 1),
  pushContext: (producer) => producer.pushContext(Kind.context, 1, Uint32Array.of(1, 2)),
  pushWeighted: (producer) => producer.pushWeighted(0, 0, 0, Kind.value, 1),
};

for (const [name, write] of Object.entries(PUSHES)) {
  Deno.test(`Producer.${name} publishes every 64 records, fills the ring, and continues once there is room`, () => {
    const { producer, consumer } = setUp();
    for (let i = 1; i <= CAPACITY; i++) {
      write(producer);
      assertEquals(consumer.available(), i - i % 64);
    }
    write(producer);
    assertEquals([producer.counts[Count.dropped], producer.pending], [1, CAPACITY]);
    take(consumer, 2);
    write(producer);
    write(producer);
    write(producer);
    assertEquals([producer.counts[Count.dropped], producer.pending], [2, CAPACITY]);
  });
}

Deno.test("Producer that takes over a full ring drops its first record", () => {
  const { buffer, doorbell, push } = setUp();
  push(CAPACITY);
  const next = new Producer(buffer, doorbell, "drop-newest");
  next.push(0, 0, tagOf(0, Kind.value));
  assertEquals([next.counts[Count.dropped], next.pending], [1, CAPACITY]);
});

Deno.test("Producer rings for each record that a full ring drops, as the reader may sleep again", () => {
  const { push, rings } = setUp();
  push(CAPACITY);
  const before = rings();
  push(3);
  assertEquals(rings() - before, 3);
});

Deno.test("Producer that overwrites evicts nothing when the reader commits at that moment", () => {
  for (let at = 0;; at++) {
    const { producer, consumer, push } = setUp("overwrite-oldest");
    push(CAPACITY);
    let taken = 0;
    const wasInterrupted = interrupted(() => push(1), at, () => taken = take(consumer, 3).length);
    if (!wasInterrupted) break;
    producer.publish();
    const { length } = take(consumer, CAPACITY);
    assertEquals(taken + producer.counts[Count.dropped] + length, CAPACITY + 1);
  }
});

Deno.test("Producer.close counts later pushes by their weight, if it is asked to", () => {
  const { producer, push } = setUp();
  producer.close(Count.removed);
  push(2);
  producer.pushWeighted(0, 0, 0, Kind.value, 5);
  assertEquals([producer.counts[Count.removed], producer.counts[Count.dropped]], [7, 0]);
});

Deno.test("Producer.close counts nothing anywhere by default", () => {
  const { producer, push } = setUp();
  producer.close();
  push(2);
  assertEquals([...producer.counts].every((count) => count === 0), true);
  assertEquals(Object.keys(producer.counts).length, producer.counts.length);
  assertEquals(Reflect.has(producer.counts, "undefined"), false);
});

Deno.test("Producer.release leaves the ring to the next one: nothing is written to it or read from it", () => {
  const { buffer, doorbell, producer, consumer } = setUp();
  producer.close(Count.removed);
  producer.release();
  producer.counts[Count.nan] = 1;
  producer.facts[Fact.salt] = 1;
  assertEquals([consumer.counts[Count.nan], consumer.facts[Fact.salt]], [0, 0]);
  const next = new Producer(buffer, doorbell, "drop-newest");
  next.push(0, 0, tagOf(0, Kind.value));
  next.publish();
  take(consumer, 1);
  assertEquals(producer.pending, 0);
});

/** A ring on shared memory, and how often its reader is woken. */
function setUpBlocking(onRing: (rings: number, consumer: Consumer) => void) {
  const buffer = createRing(CAPACITY, true);
  const doorbell = new Doorbell(new SharedArrayBuffer(4));
  const producer = new Producer(buffer, doorbell, "drop-newest");
  const consumer = new Consumer(buffer);
  let rings = 0;
  doorbell.ring = () => onRing(++rings, consumer);
  producer.push(1, 0, tagOf(0, Kind.value));
  return { producer, rings: () => rings };
}

Deno.test("Producer.drainBlocking publishes, and wakes the reader until it has committed everything", () => {
  const { producer, rings } = setUpBlocking((rings, consumer) => {
    if (rings === 3) take(consumer, 1);
  });
  producer.drainBlocking(1_000);
  assertEquals([producer.pending, rings()], [0, 3]);
});

Deno.test("Producer.drainBlocking sleeps a millisecond each time, and gives up when its time is up", () => {
  const { producer, rings } = setUpBlocking(() => {});
  const sleeps: unknown[] = [];
  const { wait } = Atomics;
  Atomics.wait = ((...[, , , timeoutMs]: Parameters<typeof wait>) => {
    sleeps.push(timeoutMs);
    return "timed-out";
  }) as typeof wait;
  try {
    producer.drainBlocking(4);
  } finally {
    Atomics.wait = wait;
  }
  assertEquals([sleeps, rings(), producer.pending], [[1, 1, 1, 1], 4, 1]);
});

import { assertEquals } from "@std/assert";
import { Consumer } from "../../src/ring/consumer.ts";
import { Doorbell } from "../../src/ring/doorbell.ts";
import { Count, createRing, Kind, tagOf } from "../../src/ring/layout.ts";
import { Producer } from "../../src/ring/producer.ts";
import { take } from "../_support/ring/rings.ts";

const CAPACITY = 1_024;
const ASLEEP = 1;

function setUp() {
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
  const producer = new Producer(buffer, doorbell, "drop-newest");
  const consumer = new Consumer(buffer);
  const push = (count: number) => {
    for (let i = 0; i < count; i++) producer.push(i, 0, tagOf(0, Kind.value));
  };
  return { producer, consumer, push, rings: () => rings };
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

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Consumer } from "../../src/ring/consumer.ts";
import { createDoorbell, Doorbell } from "../../src/ring/doorbell.ts";
import { claimWriter, Count, Fact, hasWriter, Kind, tagOf, Taken } from "../../src/ring/layout.ts";
import { Producer } from "../../src/ring/producer.ts";
import type { RingOwner } from "../../src/ring/ring_owner.ts";
import { RingPool } from "../../src/ring/ring_pool.ts";

const CAPACITY = 64;
const TAG = tagOf(1, Kind.value);

function producerOf({ buffer }: RingOwner): Producer {
  assert(claimWriter(buffer), "a ring has one writer at a time");
  return new Producer(buffer, new Doorbell(createDoorbell(false)), "overwrite-oldest");
}

/** Takes all values that are there. */
function drain(consumer: Consumer): number[] {
  const count = consumer.available();
  const values = Array.from({ length: count }, (_, i) => consumer.doubles[((consumer.tail + i) & consumer.mask) * 4]);
  assert(consumer.commit(count));
  return values;
}

function end(producer: Producer): void {
  producer.close();
  producer.release();
}

Deno.test("RingPool reuses a ring cleared, except for its cursors", () => {
  const pool = new RingPool();
  const owner = pool.take(CAPACITY);
  const producer = producerOf(owner);
  const consumer = new Consumer(owner.buffer, owner.reader);
  for (let i = 0; i < 40; i++) producer.push(i, 0, TAG);
  producer.counts[Count.nan] = 3;
  producer.facts[Fact.salt] = 7;
  owner.note();
  new Uint8Array(owner.cells).fill(7);
  end(producer);
  assertEquals(drain(consumer).length, 40);
  consumer.free(1);
  pool.give(owner, owner.reader);
  assertEquals(pool.size, 1);

  const next = pool.take(CAPACITY);
  assertEquals([pool.size, next.buffer === owner.buffer, hasWriter(next.buffer)], [0, true, false]);
  assertEquals([next.freed, [...next.counts].every((count) => count === 0), next.taken.at(Taken.recorded)], [
    0,
    true,
    0,
  ]);
  assertEquals(next.cells === owner.cells, true);
  assertEquals(new Uint8Array(next.cells).every((byte) => byte === 0), true);
  assertEquals(pool.created, 1);
  const following = producerOf(next);
  assertEquals([following.facts[Fact.salt], following.noted], [0, 0]);
  following.push(99, 0, TAG);
  following.publish();
  const nextConsumer = new Consumer(next.buffer, next.reader);
  // Where the ring begins in memory, but further on than any reader before could commit.
  assertEquals([nextConsumer.tail & nextConsumer.mask, nextConsumer.tail], [0, CAPACITY]);
  assertEquals(drain(nextConsumer), [99]);
});

Deno.test("RingPool keeps no ring that its producer has not released, or that has had another reader", () => {
  const pool = new RingPool();
  const never = pool.take(CAPACITY);
  pool.give(never, never.reader);
  const drainedByAnother = pool.take(CAPACITY);
  end(producerOf(drainedByAnother));
  pool.give(drainedByAnother, drainedByAnother.reader + 1);
  assertEquals(pool.size, 0);
  const running = pool.take(CAPACITY);
  producerOf(running).close();
  pool.give(running, running.reader);
  const dismissed = pool.take(CAPACITY);
  const { reader } = dismissed;
  end(producerOf(dismissed));
  dismissed.dismissReader();
  pool.give(dismissed, reader);
  // Even with its current reader: the dismissed one may still count.
  pool.give(dismissed, dismissed.reader);
  assertEquals(pool.size, 0);
});

Deno.test("RingPool keeps a bounded number of rings, and allocates one if the capacity differs", () => {
  const pool = new RingPool();
  const owners = Array.from({ length: 20 }, () => pool.take(CAPACITY));
  for (const owner of owners) {
    end(producerOf(owner));
    pool.give(owner, owner.reader);
  }
  assertEquals(pool.size, 16);
  assertEquals(pool.take(2 * CAPACITY).capacity, 2 * CAPACITY);
});

Deno.test("rings that pass from thread to thread keep their records apart, even if an earlier thread is late", () => {
  const turn = fc.record({
    count: fc.nat(200),
    isReleased: fc.boolean(),
    isDismissed: fc.boolean(),
    lateRecords: fc.nat(5),
    lateReader: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(turn, { maxLength: 20 }), (turns) => {
    const pool = new RingPool();
    const gone: { producer: Producer; consumer: Consumer; wasReused: boolean }[] = [];
    let next = 0;
    for (const { count, isReleased, isDismissed, lateRecords, lateReader } of turns) {
      const before = pool.size;
      const owner = pool.take(CAPACITY);
      if (before > 0) gone.at(-1)!.wasReused = true;
      const producer = producerOf(owner);
      const consumer = new Consumer(owner.buffer, owner.reader);
      const got: number[] = [];
      const sent = Array.from({ length: count }, () => next++);
      for (const [at, value] of sent.entries()) {
        producer.push(value, 0, TAG);
        for (const each of gone) {
          for (let i = 0; i < lateRecords; i++) each.producer.push(-1, 0, TAG);
          if (lateReader && each.wasReused) {
            assertThrows(() => each.consumer.commit(1), Error, "another reader");
            assertThrows(() => each.consumer.free(1), Error, "another reader");
          }
        }
        if (at % 10 === 9) {
          producer.publish();
          got.push(...drain(consumer));
        }
      }
      producer.close();
      if (isReleased) producer.release();
      got.push(...drain(consumer));
      assertEquals([got, owner.taken.at(Taken.recorded)], [sent, count]);
      const { reader } = owner;
      if (isDismissed) owner.dismissReader();
      pool.give(owner, reader);
      assertEquals(pool.size, isReleased && !isDismissed ? 1 : 0);
      gone.push({ producer, consumer, wasReused: false });
    }
  }));
});

Deno.test("RingPool takes memory that other threads can read", () => {
  const { buffer, cells } = new RingPool().take(CAPACITY);
  assertEquals([buffer instanceof SharedArrayBuffer, cells instanceof SharedArrayBuffer], [true, true]);
});

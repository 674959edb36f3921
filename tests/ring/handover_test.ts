/**
 * A reader whose thread was given up may be interrupted at any of its atomic operations, and go on when another reader
 * has taken over. All these places are tried.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Consumer } from "../../src/ring/consumer.ts";
import { createDoorbell, Doorbell } from "../../src/ring/doorbell.ts";
import { Kind, tagOf, Taken } from "../../src/ring/layout.ts";
import { Producer } from "../../src/ring/producer.ts";
import { RingOwner } from "../../src/ring/ring_owner.ts";
import { everywhere, interrupted } from "../_support/ring/interrupted.ts";
import { ringAt, take } from "../_support/ring/rings.ts";

function setUp(cursor: number, freed: number) {
  const ring = ringAt(64, cursor);
  const producer = new Producer(ring, new Doorbell(createDoorbell(false)), "drop-newest");
  for (let i = 0; i < 20; i++) producer.push(i, 0, tagOf(1, Kind.value));
  producer.publish();
  const reader = new Consumer(ring);
  reader.free(freed);
  return { ring, reader, owner: new RingOwner(ring) };
}

for (const start of [0, 2 ** 31 - 2, -2]) {
  Deno.test(`Consumer.free frees a removal once, wherever its reader is dismissed (after ${start})`, () => {
    const places = everywhere((interruptAt) => {
      const { ring, reader, owner } = setUp(0, start);
      const [removals, before] = [3, owner.freed];
      const wasInterrupted = interruptAt(() => reader.free(removals), () => {
        owner.dismissReader();
        const left = removals - ((owner.freed - before) | 0);
        if (left > 0) new Consumer(ring, owner.reader).free(left);
      });
      assertEquals((owner.freed - before) | 0, removals);
      assertEquals(owner.reader, wasInterrupted ? 1 : 0);
    });
    assert(places >= 2, `${places}`);
  });
}

Deno.test("Consumer.commit: each record is the next reader's or lost with the previous one, wherever that is dismissed", () => {
  const places = everywhere((interruptAt) => {
    const { ring, reader, owner } = setUp(2 ** 31 - 4, 0);
    const values: number[] = [];
    let next = reader;
    interruptAt(() => void take(reader, 5), () => {
      owner.dismissReader();
      next = new Consumer(ring, owner.reader);
      values.push(...take(next, 7).map(({ value }) => value));
    });
    values.push(...take(next, 100).map(({ value }) => value));
    const recorded = owner.taken.at(Taken.recorded);
    assertEquals(recorded, 20);
    if (next === reader) return;
    assertEquals(new Set(values).size, values.length);
    assertEquals(next.recordedHere, values.length);
    assert([0, 5].includes(recorded - next.recordedHere), `${values}`);
  });
  assert(places >= 4, `${places}`);
});

Deno.test("Consumer that was dismissed before it began reads nothing: its number is not the ring's", () => {
  const { ring, owner } = setUp(0, 0);
  const given = owner.reader;
  owner.dismissReader();
  const late = new Consumer(ring, given);
  interrupted(() => void take(late, 5), -1, () => {});
  interrupted(() => late.free(1), -1, () => {});
  assertEquals([owner.freed, owner.taken.at(Taken.recorded), late.available()], [0, 0, 20]);
});

Deno.test("TakenCounts.raise reaches its value although another thread raises it less meanwhile", () => {
  everywhere((interruptAt) => {
    const { taken } = setUp(0, 0).owner;
    interruptAt(() => taken.raise(Taken.admitted, 5), () => taken.raise(Taken.admitted, 4));
    assertEquals(taken.at(Taken.admitted), 5);
    assertEquals(taken.all(), [0, 0, 0, 5, 0, 0, 0, 0]);
  });
});

Deno.test("TakenCounts.raise never lowers a count, even if another thread raises it meanwhile", () => {
  everywhere((interruptAt) => {
    const { taken } = setUp(0, 0).owner;
    taken.raise(Taken.admitted, 3);
    interruptAt(() => taken.raise(Taken.admitted, 5), () => taken.raise(Taken.admitted, 9));
    assert([5, 9].includes(taken.at(Taken.admitted)));
    taken.raise(Taken.admitted, 9);
    taken.raise(Taken.admitted, 4);
    assertEquals(taken.at(Taken.admitted), 9);
  });
});

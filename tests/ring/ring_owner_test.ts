import { assertEquals, assertThrows } from "@std/assert";
import { Consumer } from "../../src/ring/consumer.ts";
import { createDoorbell, Doorbell } from "../../src/ring/doorbell.ts";
import { Kind, tagOf, Taken } from "../../src/ring/layout.ts";
import { Producer } from "../../src/ring/producer.ts";
import { RingOwner } from "../../src/ring/ring_owner.ts";
import { ringAt, take } from "../_support/ring/rings.ts";

function setUp() {
  const ring = ringAt(64, 2 ** 31 - 4);
  const producer = new Producer(ring, new Doorbell(createDoorbell(false)), "drop-newest");
  for (let i = 0; i < 20; i++) producer.push(i, 0, tagOf(1, Kind.value));
  producer.publish();
  return { ring, producer, owner: new RingOwner(ring) };
}

Deno.test("RingOwner.dismissReader stops the reader, and the next one continues at its position", () => {
  const { ring, owner } = setUp();
  const first = new Consumer(ring);
  const values = take(first, 5).map(({ value }) => value);
  owner.dismissReader();
  const refusal = "Cannot read the ring: another reader has taken over";
  assertEquals(first.available(), 15);
  assertThrows(() => first.commit(5), Error, refusal);
  assertThrows(() => first.free(1), Error, refusal);
  const next = new Consumer(ring);
  assertThrows(() => first.commit(5), Error, refusal);
  values.push(...take(next, 100).map(({ value }) => value));
  assertEquals(values, Array.from({ length: 20 }, (_, i) => i));
});

Deno.test("RingOwner and producer see what readers and the main thread have acknowledged", () => {
  const { ring, producer, owner } = setUp();
  new Consumer(ring).free(3);
  owner.dismissReader();
  new Consumer(ring).free(2);
  owner.note();
  assertEquals([owner.freed, producer.freed, producer.noted], [5, 5, 1]);
});

Deno.test("counts of readers outlive them", () => {
  const { ring, owner } = setUp();
  take(new Consumer(ring), 3);
  owner.dismissReader();
  const next = new Consumer(ring, owner.reader);
  take(next, 4);
  assertEquals([owner.taken.at(Taken.recorded), next.recordedHere], [7, 4]);
});

import { assertEquals, assertStrictEquals } from "@std/assert";
import { Consumer } from "../../src/ring/consumer.ts";
import { Doorbell } from "../../src/ring/doorbell.ts";
import { createRing, Fact, Kind, tagOf, Taken } from "../../src/ring/layout.ts";
import { Producer } from "../../src/ring/producer.ts";
import { RingOwner } from "../../src/ring/ring_owner.ts";

Deno.test("Consumer.commit counts weight, and the part that was sampled out", () => {
  const buffer = createRing(64, false);
  const producer = new Producer(buffer, new Doorbell(new ArrayBuffer(4)), "drop-newest");
  const consumer = new Consumer(buffer);
  for (let i = 0; i < 4; i++) producer.push(i, 0, tagOf(0, Kind.value));
  producer.publish();
  assertEquals(consumer.available(), 4);
  consumer.commit(3, 10, 7);
  consumer.commit(1);
  const { taken } = new RingOwner(buffer);
  assertEquals([taken.at(Taken.recorded), taken.at(Taken.sampledOut), consumer.recordedHere], [11, 7, 11]);
});

Deno.test("Consumer reads the facts and counts of its producer", () => {
  const buffer = createRing(64, false);
  const producer = new Producer(buffer, new Doorbell(new ArrayBuffer(4)), "drop-newest");
  const consumer = new Consumer(buffer);
  producer.facts[Fact.clockMs] = 1.5;
  assertEquals([consumer.facts[Fact.clockMs], consumer.capacity, consumer.mask], [1.5, 64, 63]);
  assertStrictEquals(consumer.counts.buffer, producer.counts.buffer);
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { LiveBytes } from "../../../src/serve/live/live_bytes.ts";
import { OutQueue } from "../../../src/serve/live/out_queue.ts";

Deno.test("OutQueue returns messages in slices, and counts what was not sent", () => {
  const sizes = fc.oneof(fc.nat(10), fc.integer({ min: 65_535, max: 200_000 }));
  const steps = fc.array(fc.oneof(sizes, fc.constant("next" as const)), { maxLength: 30 });
  fc.assert(fc.property(steps, (steps) => {
    const account = new LiveBytes();
    const queue = new OutQueue(account);
    let [added, gone, handedOn] = [0, 0, 0];
    for (const [at, step] of steps.entries()) {
      if (step === "next") {
        gone = handedOn;
        const slice = queue.next();
        handedOn += slice?.bytes.byteLength ?? 0;
        assert((slice?.bytes.byteLength ?? 0) <= 65_536);
      } else {
        queue.add(new Uint8Array(step + 1).fill(at));
        added += step + 1;
      }
      assertEquals(queue.byteLength, added - gone);
      assert(account.held >= queue.byteLength, "a message is in memory until all of it has gone");
    }
    while (queue.next() !== undefined);
    assertEquals([queue.byteLength, account.held], [0, 0]);
  }));
});

Deno.test("OutQueue marks the end of a message, and joins no two", () => {
  const queue = new OutQueue(new LiveBytes());
  queue.add(new Uint8Array(65_537).fill(1));
  queue.add(new Uint8Array(3).fill(2));
  const slices = [];
  for (let slice = queue.next(); slice !== undefined; slice = queue.next()) slices.push(slice);
  assertEquals(slices.map(({ bytes, isLast }) => [bytes.byteLength, bytes[0], isLast]), [
    [65_536, 1, false],
    [1, 1, true],
    [3, 2, true],
  ]);
});

Deno.test("LiveBytes counts a message once, however many clients it waits for", () => {
  const account = new LiveBytes();
  const message = new Uint8Array(1_000);
  const queues = [new OutQueue(account), new OutQueue(account), new OutQueue(account)];
  for (const queue of queues) queue.add(message);
  queues[0].add(new Uint8Array(10));
  assertEquals(account.held, 1_010);
  queues[0].clear();
  queues[1].clear();
  assertEquals(account.held, 1_000);
  queues[2].next();
  assertEquals(account.held, 1_000);
  queues[2].next();
  assertEquals(account.held, 0);
});

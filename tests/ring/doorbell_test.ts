import { assertEquals } from "@std/assert";
import { Worker } from "node:worker_threads";
import { Consumer } from "../../src/ring/consumer.ts";
import { createDoorbell, Doorbell } from "../../src/ring/doorbell.ts";
import { createRing } from "../../src/ring/layout.ts";
import type { BellJob } from "../_support/ring/doorbell_worker.ts";
import { take } from "../_support/ring/rings.ts";

/** Longer than any test may take: who waits it out was not woken. */
const FOREVER_MS = 3_600_000;

Deno.test("Doorbell.sleep does not sleep when work arrived between the check and the sleep", async () => {
  const bell = new Doorbell(new SharedArrayBuffer(4));
  let wasAsleep = 0;
  await bell.sleep(FOREVER_MS, () => {
    wasAsleep = bell.word[0];
    return true;
  });
  // It is marked before it looks; otherwise who publishes after the look would not ring.
  assertEquals(wasAsleep, 1);
  assertEquals(bell.word[0], 0);
});

Deno.test("Doorbell.ring between the last check and the sleep is not lost", async () => {
  const bell = new Doorbell(new SharedArrayBuffer(4));
  await bell.sleep(FOREVER_MS, () => {
    bell.ring();
    return false;
  });
  assertEquals(bell.word[0], 0);
});

Deno.test("Doorbell.sleep ends when its time is up", async () => {
  const bell = new Doorbell(new SharedArrayBuffer(4));
  // A wait keeps no program alive by itself.
  const alive = setInterval(() => {}, 1_000);
  await bell.sleep(1, () => false);
  clearInterval(alive);
  assertEquals(bell.word[0], 0);
});

Deno.test("Doorbell.ring does nothing while the reader is awake", () => {
  const bell = new Doorbell(new ArrayBuffer(4));
  bell.ring();
  assertEquals(bell.word[0], 0);
});

Deno.test("Doorbell wakes a reader that sleeps on another thread, each time", async () => {
  const capacity = 64;
  const rounds = 2_000;
  const ring = createRing(capacity, true) as SharedArrayBuffer;
  const buffer = new SharedArrayBuffer(4);
  const bell = new Doorbell(buffer);
  const consumer = new Consumer(ring);
  const workerData: BellJob = { ring, doorbell: buffer, rounds };
  const worker = new Worker(new URL("../_support/ring/doorbell_worker.ts", import.meta.url), { workerData });
  let received = 0;
  while (received < rounds * capacity) {
    await bell.sleep(FOREVER_MS, () => consumer.available() >= capacity / 2);
    received += take(consumer, capacity).length;
  }
  assertEquals(received, rounds * capacity);
  await worker.terminate();
});

Deno.test("Doorbell.sleep lasts until the bell rings", async () => {
  const bell = new Doorbell(new SharedArrayBuffer(4));
  // A wait keeps no program alive by itself.
  const alive = setInterval(() => {}, 1_000);
  let isAwake = false;
  const slept = bell.sleep(FOREVER_MS, () => false).then(() => isAwake = true);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(isAwake, false);
  bell.ring();
  await slept;
  clearInterval(alive);
});

Deno.test("createDoorbell makes shared memory only for a reader on another thread", () => {
  assertEquals(createDoorbell(true) instanceof SharedArrayBuffer, true);
  assertEquals(createDoorbell(false) instanceof ArrayBuffer, true);
});

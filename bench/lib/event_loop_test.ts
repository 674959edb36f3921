import { assert, assertEquals, assertRejects } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { blockOfCallMs, percentile99 } from "./event_loop.ts";

const LONG_MS = 30;

function spin(ms: number): void {
  for (const endMs = performance.now() + ms; performance.now() < endMs;);
}

Deno.test("blockOfCallMs is all that a synchronous call takes", async () => {
  assert(await blockOfCallMs(() => spin(LONG_MS)) >= LONG_MS);
});

Deno.test("blockOfCallMs counts microtasks as one piece", async () => {
  const held = await blockOfCallMs(async () => {
    spin(LONG_MS / 2);
    await Promise.resolve();
    spin(LONG_MS / 2);
  });
  assert(held >= LONG_MS);
});

Deno.test("blockOfCallMs is the longest piece of a call that lets others have their turn", async () => {
  let totalMs = 0;
  const held = await blockOfCallMs(async () => {
    const startMs = performance.now();
    for (let piece = 0; piece < 20; piece++) {
      spin(LONG_MS / 10);
      await setImmediate();
    }
    totalMs = performance.now() - startMs;
  });
  assert(held >= LONG_MS / 10);
  assert(held < totalMs);
});

Deno.test("blockOfCallMs rejects with what the call rejects with", async () => {
  await assertRejects(() => blockOfCallMs(() => Promise.reject(new RangeError("no"))), RangeError, "no");
});

Deno.test("percentile99 leaves one in a hundred out, and none of fewer", () => {
  assertEquals(percentile99([3, 1, 2]), 3);
  assertEquals(percentile99(Array.from({ length: 100 }, (_, i) => i)), 98);
});

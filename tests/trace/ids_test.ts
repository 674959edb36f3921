import { assertEquals, assertMatch } from "@std/assert";
import { newSpanId, newTraceId } from "../../src/trace/ids.ts";

const COUNT = 10_000;

Deno.test("newTraceId and newSpanId give lower-case digits that differ, over many fetches of random numbers", () => {
  for (const [newId, length] of [[newTraceId, 32], [newSpanId, 16]] as const) {
    const ids = Array.from({ length: COUNT }, newId);
    for (const id of ids) assertMatch(id, /^[0-9a-f]+$/);
    assertEquals([...new Set(ids.map((id) => id.length))], [length]);
    assertEquals(new Set(ids).size, COUNT);
  }
});

Deno.test("newTraceId and newSpanId never give zeros only", () => {
  const original = crypto.getRandomValues;
  let fetches = 0;
  try {
    // Zeros, but for the last byte of every other fetch.
    crypto.getRandomValues = ((bytes: Uint8Array) => bytes.fill(0).fill(fetches++ % 2, -1)) as typeof original;
    // More than what was fetched before.
    for (let i = 0; i < 1_000; i++) newSpanId();
    assertEquals([newSpanId(), newTraceId()], ["0000000000000001", "00000000000000000000000000000001"]);
  } finally {
    crypto.getRandomValues = original;
    // What is left of the zeros shall be used by no other test of this file.
    for (let i = 0; i < 1_000; i++) newSpanId();
  }
});

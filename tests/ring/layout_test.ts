import { assertEquals } from "@std/assert";
import { createRing, HEADER_BYTES, isSharedRing, NO_SERIES, RECORD_BYTES, WEIGHT_MAX } from "../../src/ring/layout.ts";

Deno.test("isSharedRing accepts only shared memory of a power of two records, at least two", () => {
  for (const capacity of [2, 4, 1_024]) assertEquals(isSharedRing(createRing(capacity, true)), true);
  for (const capacity of [0, 1, 3, 1_000]) assertEquals(isSharedRing(createRing(capacity, true)), false);
  const others = [createRing(64, false), new SharedArrayBuffer(HEADER_BYTES + 64 * RECORD_BYTES + 1), undefined, {}];
  assertEquals(others.map(isSharedRing), others.map(() => false));
});

Deno.test("WEIGHT_MAX is the largest number beside the kind", () => {
  assertEquals(WEIGHT_MAX, 0xff_ff_ff);
});

Deno.test("NO_SERIES is the largest id, which no series comes to have", () => {
  assertEquals(NO_SERIES, 0xff_ff_ff_ff);
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { keyOf } from "../../../src/dashboard/data/bucket_keys.ts";
import { pack, unpack } from "../../../src/dashboard/data/packed_counts.ts";

const KEYS = fc.uniqueArray(fc.integer({ min: -(2 ** 21), max: 2 ** 21 }), { maxLength: 300 });

Deno.test("unpack returns what was packed, whatever the keys and counts", () => {
  fc.assert(
    fc.property(KEYS, fc.infiniteStream(fc.integer({ min: 1, max: 2 ** 31 - 1 })), (keys, amounts) => {
      const pairs = keys.toSorted((one, other) => one - other).flatMap((key) => [key, amounts.next().value]);
      assertEquals([...unpack(pack(Int32Array.from(pairs)))], pairs);
    }),
  );
});

Deno.test("pack needs two characters a bucket where buckets are close and counts small", () => {
  const first = keyOf(0.001, 6);
  const counts = Int32Array.from({ length: 600 }, (_, i) => i % 2 === 0 ? first + i : 7);
  const { length } = pack(counts);
  assert(length <= 2 * 300 + 3, `it takes ${length}`);
});

Deno.test("pack accepts more buckets than a call accepts arguments", () => {
  const counts = Int32Array.from({ length: 400_000 }, (_, i) => i + 1);
  assertEquals(unpack(pack(counts)), counts);
});

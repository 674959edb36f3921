import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BucketHistory } from "../../../src/dashboard/data/bucket_history.ts";
import { keyOf } from "../../../src/dashboard/data/bucket_keys.ts";
import { pack, unpack } from "../../../src/dashboard/data/packed_counts.ts";

const KEYS = fc.uniqueArray(fc.integer({ min: -(2 ** 21), max: 2 ** 21 }), { maxLength: 300 });

Deno.test("unpack gives what was packed, whatever the keys and counts", () => {
  fc.assert(
    fc.property(KEYS, fc.infiniteStream(fc.integer({ min: 1, max: 2 ** 31 - 1 })), (keys, amounts) => {
      const pairs = keys.toSorted((one, other) => one - other).flatMap((key) => [key, amounts.next().value]);
      assertEquals([...unpack(pack(Int32Array.from(pairs)))], pairs);
    }),
  );
});

Deno.test("pack takes two characters a bucket where buckets lie close and hold little", () => {
  const first = keyOf(0.001, 6);
  const counts = Int32Array.from({ length: 600 }, (_, i) => i % 2 === 0 ? first + i : 7);
  const { length } = pack(counts);
  assert(length <= 2 * 300 + 3, `it takes ${length}`);
});

Deno.test("pack takes more buckets than a call takes arguments", () => {
  const counts = Int32Array.from({ length: 400_000 }, (_, i) => i + 1);
  assertEquals(unpack(pack(counts)), counts);
});

Deno.test("BucketHistory adds what comes late to a column that is over", () => {
  const history = new BucketHistory(1_000);
  const one = Int32Array.of(5, 1);
  history.add(10, one);
  history.add(11, Int32Array.of(5, 2));
  history.add(10, Int32Array.of(7, 3));
  history.add(12, one);
  assertEquals([10, 11, 12, 13].map((slot) => [...history.at(slot, 1)]), [[5, 1, 7, 3], [5, 2], [5, 1], []]);
  assertEquals([...history.at(5, 2)], [5, 3, 7, 3]);
  // Of an hour, the buckets from 5 to 8 are kept as one.
  assertEquals([...history.at(0, 15)], [6, 7]);
});

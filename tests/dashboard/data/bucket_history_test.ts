import { assertEquals } from "@std/assert";
import { BucketHistory, keysPerBucketOf, slotsPerColumn } from "../../../src/dashboard/data/bucket_history.ts";
import { countsOf, totalOf } from "../../../src/dashboard/data/bucket_keys.ts";
import { RANGES } from "../../../src/dashboard/data/ranges.ts";
import { indexOf } from "../../../src/sketch/exponential.ts";

const SCHEMA = 6;
const LAST = 7_199;

function fixture(): { history: BucketHistory; add: (slot: number, value: number, count: number) => void } {
  const history = new BucketHistory(1_000);
  const add = (slot: number, value: number, count: number) =>
    history.add(slot, countsOf({ positive: [indexOf(value, SCHEMA), count] }, SCHEMA));
  return { history, add };
}

Deno.test("BucketHistory has the same counts in columns of all widths", () => {
  const { history, add } = fixture();
  for (let slot = LAST - 14; slot <= LAST; slot++) add(slot, 0.001 * (1 + slot % 3), 2);
  assertEquals(
    [history.at(LAST, 1), history.at(Math.floor(LAST / 5), 5), history.at(Math.floor(LAST / 15), 15)].map(totalOf),
    [
      2,
      10,
      30,
    ],
  );
  assertEquals(history.at(LAST - 600, 1).length, 0);
});

Deno.test("BucketHistory merges four buckets in the columns of an hour, unless other ranges share them", () => {
  const { history, add } = fixture();
  for (let i = 0; i < 64; i++) add(LAST, 2 ** ((i + 0.5) / 64), 1);
  assertEquals([1, 2, 5, 15].map((slots) => history.at(Math.floor(LAST / slots), slots).length / 2), [64, 64, 64, 16]);
  assertEquals([1, 2, 5, 15].map((slots) => keysPerBucketOf(slots, 1_000)), [1, 1, 1, 4]);
  // A frame every ten seconds: all ranges but that of an hour have a column for each, and none is wider than another.
  assertEquals(RANGES.map(({ columnMs }) => keysPerBucketOf(slotsPerColumn(columnMs, 10_000), 10_000)), [1, 1, 1, 4]);
  assertEquals(RANGES.map(({ columnMs }) => keysPerBucketOf(slotsPerColumn(columnMs, 15_000), 15_000)), [1, 1, 1, 1]);
});

Deno.test("BucketHistory evicts columns of a second after a minute, and wider ones later", () => {
  const { history, add } = fixture();
  for (let slot = 0; slot <= LAST; slot += 1) add(slot, 0.001, 1);
  const kept = [1, 2, 5, 15].map((slots) => {
    let count = 0;
    for (let column = 0; column <= LAST / slots; column++) count += history.at(column, slots).length > 0 ? 1 : 0;
    return count;
  });
  assertEquals(kept, [65, 153, 181, 241]);
});

Deno.test("BucketHistory adds late counts to a complete column", () => {
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

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { BucketStore } from "../../src/sketch/bucket_store.ts";

type Command =
  | { readonly do: "add"; readonly index: number; readonly count: number }
  | { readonly do: "addRun"; readonly low: number; readonly counts: readonly number[] }
  | { readonly do: "clear" }
  | { readonly do: "compact" };

const index = fc.oneof(fc.integer({ min: -100, max: 100 }), fc.integer({ min: -5_000, max: 5_000 }));
const count = fc.integer({ min: 1, max: 2 ** 40 });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("add" as const), index, count }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("addRun" as const),
      low: index,
      counts: fc.array(fc.oneof(count, fc.constant(0)), { maxLength: 30, size: "max" }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("clear" as const, "compact" as const) }) },
);

function entriesOf(store: BucketStore): [number, number][] {
  const { low, counts } = store.run();
  return Array.from(counts, (count, i): [number, number] => [low + i, count]).filter(([, count]) => count > 0);
}

Deno.test("BucketStore is a map from bucket to count, whichever way it grows", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60, size: "max" }), (commands) => {
      const store = new BucketStore();
      const model = new Map<number, number>();
      const add = (index: number, count: number) => {
        if (count > 0) model.set(index, (model.get(index) ?? 0) + count);
      };
      for (const each of commands) {
        if (each.do === "add") {
          store.add(each.index, each.count);
          add(each.index, each.count);
        } else if (each.do === "addRun") {
          store.addRun({ low: each.low, counts: Float64Array.from(each.counts) });
          each.counts.forEach((count, i) => add(each.low + i, count));
        } else if (each.do === "clear") {
          store.clear();
          model.clear();
        } else store.reset(store.run());
        assertEquals(entriesOf(store), [...model].toSorted(([a], [b]) => a - b));
      }
    }),
    { seed: 14, numRuns: 150 },
  );
});

Deno.test("BucketStore.run begins and ends with a bucket that holds some", () => {
  const store = new BucketStore();
  assertEquals(store.run().counts.length, 0);
  store.add(7, 1);
  store.add(-3, 2);
  const { low, counts } = store.run();
  assertEquals([low, Array.from(counts)], [-3, [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]]);
});

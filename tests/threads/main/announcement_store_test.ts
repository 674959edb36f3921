import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { define } from "../../../src/instrument/definition.ts";
import type { Announcement, SeriesAnnouncement } from "../../../src/model/model.ts";
import { CellAllocator, CHUNK_CELLS, Place, placesOf } from "../../../src/ring/cells.ts";
import { createRing } from "../../../src/ring/layout.ts";
import { RingOwner } from "../../../src/ring/ring_owner.ts";
import { DepartedTotals } from "../../../src/threads/main/departed_totals.ts";
import { AnnouncementStore } from "../../../src/threads/main/announcement_store.ts";

const ORDERS = define("counter", "orders_total", { labels: ["id"] });
const DEPTH = define("gauge", "depth", { labels: ["id"] });
const SIZE = define("histogram", "size", { labels: ["id"] });

function seriesNews(
  series: number,
  instrument: number,
  id: string,
  cell?: SeriesAnnouncement["cell"],
): SeriesAnnouncement {
  return { kind: "series", series, instrument, labelValues: [id], isOverflow: false, cell, createdMs: 5 };
}

/** A thread that makes, resets and removes series of a histogram, and an aggregator that acknowledges the oldest removals. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("add" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("remove" as const, "reset" as const), at: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("free" as const), count: fc.nat(3) }) },
);

Deno.test("AnnouncementStore knows what there is and what no aggregator has acknowledged, however it came to that", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 100, size: "max" }),
      fc.constantFrom(0, 2 ** 31 - 3, -2),
      (steps, start) => {
        const store = new AnnouncementStore();
        // So many are acknowledged before the counts are looked at.
        let freed = 0;
        const definition: Announcement = { kind: "instrument", instrument: 0, definition: SIZE };
        store.note(definition);
        const live: number[] = [];
        const removed: { series: number; head: number }[] = [];
        let [nextId, head, announced] = [0, start, 1];
        for (const each of steps) {
          if (each.do === "add") {
            store.note(seriesNews(nextId, 0, String(nextId)));
            live.push(nextId++);
            announced += 1;
          } else if (each.do === "free") {
            freed += removed.splice(0, each.count).length;
            store.acknowledge(freed);
          } else if (live.length > 0) {
            const at = each.at % live.length;
            const series = live[at];
            head = (head + 1) | 0;
            removed.push({ series, head });
            announced += 1;
            if (each.do === "remove") {
              assertEquals(store.note({ kind: "remove", series, head }), true);
              live.splice(at, 1);
            } else {
              assertEquals(store.note({ kind: "reset", series, newSeries: nextId, head }), true);
              live.splice(at, 1);
              live.push(nextId++);
            }
          }
        }
        const [first, ...rest] = store.all();
        assertEquals([first, store.count], [definition, announced]);
        const series = rest.filter((each) => each.kind === "series");
        assertEquals(series.map((each) => each.series).toSorted((a, b) => a - b), live.toSorted((a, b) => a - b));
        assertEquals(series.every(({ createdMs }) => createdMs === undefined), true);
        assertEquals(
          rest.filter((each) => each.kind === "remove"),
          removed.map((each) => ({ kind: "remove" as const, ...each })),
        );
        assertEquals(rest.length, live.length + removed.length);
      },
    ),
    { seed: 11, numRuns: 300 },
  );
});

/** A store with a counter, a gauge and a histogram, and where the values of the first two are. */
function counting(value: number, sinceMs: number) {
  const store = new AnnouncementStore();
  const allocator = new CellAllocator(
    true,
    (chunk, { buffer }) => store.note({ kind: "chunk", chunk, memory: buffer }),
  );
  [ORDERS, DEPTH, SIZE].forEach((definition, instrument) => store.note({ kind: "instrument", instrument, definition }));
  const cells = [allocator.allocate(sinceMs), allocator.allocate()];
  cells.forEach(({ chunk, index }, series) => store.note(seriesNews(series, series, "a", { chunk, index })));
  store.note(seriesNews(2, 2, "a"));
  for (const { cells: chunk, index } of cells) chunk[index] = value;
  return { store, cell: cells[0] };
}

Deno.test("AnnouncementStore.counted is what counters have, where the aggregator has put them", () => {
  const { store, cell } = counting(7, 1_000);
  const left = { definition: ORDERS, labelValues: ["a"], value: 7, sinceMs: 1_000 };
  assertEquals(store.counted(), [left]);
  cell.cells[cell.index + CHUNK_CELLS] = 2_000;
  placesOf(cell.cells)[cell.index] = Place.overflow;
  assertEquals(store.counted(), [{ ...left, labelValues: undefined, sinceMs: 2_000 }]);
  store.clashing.add(0);
  assertEquals(store.counted(), []);
});

Deno.test("DepartedTotals adds up the counters of threads, by series, until a series is forgotten", () => {
  const departed = new DepartedTotals();
  const owner = new RingOwner(createRing(64, true));
  owner.counts[0] = 3;
  owner.taken.add(0, 5);
  for (const [value, sinceMs] of [[7, 1_000], [10, 500]]) departed.add(owner, counting(value, sinceMs).store.counted());
  assertEquals(departed.counted(), [{ definition: ORDERS, labelValues: ["a"], value: 17, sinceMs: 500 }]);
  assertEquals([departed.counts[0], departed.taken[0]], [6, 10]);
  departed.forget("orders_total", undefined);
  departed.forget("orders_total", ["b"]);
  assertEquals(departed.counted().length, 1);
  departed.forget("orders_total", ["a"]);
  assertEquals(departed.counted(), []);
});

Deno.test("AnnouncementStore forgets a removal that an aggregator has acknowledged before the store knew it", () => {
  const store = new AnnouncementStore();
  store.note({ kind: "remove", series: 1, head: 1 });
  store.acknowledge(3);
  for (const series of [2, 3, 4]) store.note({ kind: "remove", series, head: series });
  store.acknowledge(3);
  assertEquals(store.all(), [{ kind: "remove", series: 4, head: 4 }]);
});

Deno.test("AnnouncementStore knows that an instrument was removed, also before it is announced", () => {
  const store = new AnnouncementStore();
  store.noteRemoved(0);
  store.note({ kind: "instrument", instrument: 0, definition: SIZE });
  store.note({ kind: "instrument", instrument: 1, definition: DEPTH });
  store.noteRemoved(1);
  assertEquals(store.all().map((each) => each.kind === "instrument" && each.isRemoved), [true, true]);
});

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { define } from "../../../src/instrument/definition.ts";
import type { Announcement, SeriesAnnouncement } from "../../../src/model/model.ts";
import { CellAllocator, CHUNK_CELLS, Place, placesOf } from "../../../src/ring/cells.ts";
import { createRing } from "../../../src/ring/layout.ts";
import { RingOwner } from "../../../src/ring/ring_owner.ts";
import { Estate } from "../../../src/threads/main/estate.ts";
import { Ledger } from "../../../src/threads/main/ledger.ts";

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

/** A thread that makes, resets and removes series of a histogram, and a reader that lets go of the oldest removals. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("add" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("remove" as const, "reset" as const), at: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("free" as const), count: fc.nat(3) }) },
);

Deno.test("Ledger knows what there is and what no reader has let go of, however it came to that", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 100, size: "max" }),
      fc.constantFrom(0, 2 ** 31 - 3, -2),
      (steps, start) => {
        const ledger = new Ledger();
        // Readers have let go of so many before the counts are looked at.
        let freed = 0;
        const definition: Announcement = { kind: "instrument", instrument: 0, definition: SIZE };
        ledger.note(definition);
        const live: number[] = [];
        const removed: { series: number; head: number }[] = [];
        let [nextId, head, announced] = [0, start, 1];
        for (const each of steps) {
          if (each.do === "add") {
            ledger.note(seriesNews(nextId, 0, String(nextId)));
            live.push(nextId++);
            announced += 1;
          } else if (each.do === "free") {
            freed += removed.splice(0, each.count).length;
            ledger.forget(freed);
          } else if (live.length > 0) {
            const at = each.at % live.length;
            const series = live[at];
            head = (head + 1) | 0;
            removed.push({ series, head });
            announced += 1;
            if (each.do === "remove") {
              assertEquals(ledger.note({ kind: "remove", series, head }), true);
              live.splice(at, 1);
            } else {
              assertEquals(ledger.note({ kind: "reset", series, newSeries: nextId, head }), true);
              live.splice(at, 1);
              live.push(nextId++);
            }
          }
        }
        const [first, ...rest] = ledger.announcements();
        assertEquals([first, ledger.announced], [definition, announced]);
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

/** A ledger with a counter, a gauge and a histogram, and where the values of the first two are. */
function counting(value: number, sinceMs: number) {
  const ledger = new Ledger();
  const allocator = new CellAllocator(
    true,
    (chunk, { buffer }) => ledger.note({ kind: "chunk", chunk, memory: buffer }),
  );
  [ORDERS, DEPTH, SIZE].forEach((definition, instrument) =>
    ledger.note({ kind: "instrument", instrument, definition })
  );
  const cells = [allocator.allocate(sinceMs), allocator.allocate()];
  cells.forEach(({ chunk, index }, series) => ledger.note(seriesNews(series, series, "a", { chunk, index })));
  ledger.note(seriesNews(2, 2, "a"));
  for (const { cells: chunk, index } of cells) chunk[index] = value;
  return { ledger, cell: cells[0] };
}

Deno.test("Ledger.left is what counters have, where the aggregator has put them", () => {
  const { ledger, cell } = counting(7, 1_000);
  const left = { definition: ORDERS, labelValues: ["a"], value: 7, sinceMs: 1_000 };
  assertEquals(ledger.left(), [left]);
  cell.cells[cell.index + CHUNK_CELLS] = 2_000;
  placesOf(cell.cells)[cell.index] = Place.overflow;
  assertEquals(ledger.left(), [{ ...left, labelValues: undefined, sinceMs: 2_000 }]);
  ledger.clashing.add(0);
  assertEquals(ledger.left(), []);
});

Deno.test("Estate adds up what threads leave, by series, until it is told to forget", () => {
  const estate = new Estate();
  const owner = new RingOwner(createRing(64, true));
  owner.counts[0] = 3;
  owner.taken.add(0, 5);
  for (const [value, sinceMs] of [[7, 1_000], [10, 500]]) estate.add(owner, counting(value, sinceMs).ledger.left());
  assertEquals(estate.left(), [{ definition: ORDERS, labelValues: ["a"], value: 17, sinceMs: 500 }]);
  assertEquals([estate.counts[0], estate.taken[0]], [6, 10]);
  estate.forget("orders_total", undefined);
  estate.forget("orders_total", ["b"]);
  assertEquals(estate.left().length, 1);
  estate.forget("orders_total", ["a"]);
  assertEquals(estate.left(), []);
});

Deno.test("Ledger forgets a removal that a reader has let go of before the ledger knew it", () => {
  const ledger = new Ledger();
  ledger.note({ kind: "remove", series: 1, head: 1 });
  ledger.forget(3);
  for (const series of [2, 3, 4]) ledger.note({ kind: "remove", series, head: series });
  ledger.forget(3);
  assertEquals(ledger.announcements(), [{ kind: "remove", series: 4, head: 4 }]);
});

Deno.test("Ledger knows that an instrument was removed, also if it hears of that before it is announced", () => {
  const ledger = new Ledger();
  ledger.noteRemoved(0);
  ledger.note({ kind: "instrument", instrument: 0, definition: SIZE });
  ledger.note({ kind: "instrument", instrument: 1, definition: DEPTH });
  ledger.noteRemoved(1);
  assertEquals(ledger.announcements().map((each) => each.kind === "instrument" && each.isRemoved), [true, true]);
});

import { assertEquals } from "@std/assert";
import { SeriesIds } from "../../src/record/series_ids.ts";
import { CellAllocator } from "../../src/ring/cells.ts";
import { Consumer } from "../../src/ring/consumer.ts";
import { Doorbell } from "../../src/ring/doorbell.ts";
import { createRing } from "../../src/ring/layout.ts";
import { Producer } from "../../src/ring/producer.ts";
import { RingOwner } from "../../src/ring/ring_owner.ts";

function setUp(isAttached: boolean) {
  const ring = createRing(16, false);
  const producer = new Producer(ring, new Doorbell(new ArrayBuffer(4)), "drop-newest");
  const cells = new CellAllocator(false, () => {});
  const ids = new SeriesIds(producer, cells, 0, isAttached);
  return { ids, cells, aggregator: new Consumer(ring), main: new RingOwner(ring) };
}

Deno.test("SeriesIds uses an id and its cell again once the aggregator has acknowledged the removal", () => {
  const { ids, cells, aggregator } = setUp(false);
  const cell = cells.allocate();
  assertEquals([ids.take(), ids.take()], [0, 1]);
  ids.remove(0, cell);
  assertEquals(ids.removals, [{ kind: "remove", series: 0, head: 0 }]);
  assertEquals(ids.take(), 2);
  aggregator.free(1);
  assertEquals(ids.take(), 0);
  assertEquals(cells.allocate().index, cell.index);
  assertEquals(ids.removals, []);
});

Deno.test("SeriesIds of an attached thread wait for the main thread, too", () => {
  const { ids, aggregator, main } = setUp(true);
  ids.remove(ids.take(), undefined);
  aggregator.free(1);
  assertEquals(ids.take(), 1);
  main.note();
  assertEquals(ids.take(), 0);
  ids.remove(0, undefined);
  aggregator.free(1);
  assertEquals(ids.take(), 2);
  main.note();
  assertEquals(ids.take(), 0);
});

Deno.test("SeriesIds allows a bounded number of unacknowledged removals", () => {
  const { ids, aggregator } = setUp(false);
  while (ids.canRemove) ids.remove(ids.take(), undefined);
  assertEquals(ids.removals.length, 1_000);
  aggregator.free(1);
  assertEquals(ids.canRemove, true);
});

Deno.test("SeriesIds.removals are those that the aggregator has not acknowledged", () => {
  const { ids, aggregator } = setUp(false);
  for (const series of [0, 1]) ids.remove(series, undefined);
  aggregator.free(1);
  assertEquals(ids.removals, [{ kind: "remove", series: 1, head: 0 }]);
});

Deno.test("SeriesIds frees the cells of those series that have one", () => {
  const { ids, cells, aggregator } = setUp(false);
  const cell = cells.allocate();
  ids.remove(0, cell);
  ids.remove(1, undefined);
  aggregator.free(2);
  ids.reclaim();
  assertEquals(cells.allocate().index, cell.index);
});

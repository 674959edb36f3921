import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import type { Counter, CounterFamily } from "../../src/instrument/counter.ts";
import type { Histogram, HistogramFamily } from "../../src/instrument/histogram.ts";
import { Registry } from "../../src/instrument/registry.ts";
import type { Announcement } from "../../src/model/model.ts";
import { Consumer } from "../../src/ring/consumer.ts";
import { cellsOf, CHUNK_CELLS } from "../../src/ring/cells.ts";
import { Count, createRing } from "../../src/ring/layout.ts";
import { RingOwner } from "../../src/ring/ring_owner.ts";
import { startRecorder } from "../_support/record/start_recorder.ts";

const SERIES_MAX = 10;
/** More removals than may be under way. */
const ROUNDS = 5_000;
const REMOVALS_MAX = 1_000;

/** Instruments whose announcements are not read until the test does. */
function setUp({ isAttached = false, seriesMax = SERIES_MAX } = {}) {
  const ring = createRing(64, false);
  const announcements: Announcement[] = [];
  const announce = (each: Announcement) => void announcements.push(each);
  const recorder = startRecorder({ ring, overflow: "overwrite-oldest", seriesMax, announce, isAttached });
  const registry = new Registry(recorder);
  return { recorder, registry, announcements, consumer: new Consumer(ring), owner: new RingOwner(ring) };
}

function ofKind(announcements: readonly Announcement[], kind: Announcement["kind"]): Announcement[] {
  return announcements.filter((each) => each.kind === kind);
}

Deno.test("Recorder bounds unread series that come and go; further ones overflow and are counted", () => {
  const { recorder, registry, announcements, consumer } = setUp();
  const orders = registry.getOrCreate("counter", "orders_total", { labels: ["id"] }) as CounterFamily<"id">;
  const comeAndGo = () => {
    for (let id = 0; id < ROUNDS; id++) {
      orders.with({ id }).inc();
      orders.remove({ id });
    }
  };
  comeAndGo();
  assertEquals(ofKind(announcements, "remove").length, REMOVALS_MAX);
  // One more is the overflow series.
  assertEquals(ofKind(announcements, "series").length, REMOVALS_MAX + 1);
  assertEquals(recorder.counts[Count.overflowed], ROUNDS - REMOVALS_MAX);
  consumer.free(300);
  comeAndGo();
  assertEquals(ofKind(announcements, "remove").length, REMOVALS_MAX + 300);
});

Deno.test("ids and cells are used again once the reader, and the main thread if it stores them, have acknowledged that", () => {
  for (const isAttached of [false, true]) {
    const { registry, announcements, consumer, owner } = setUp({ isAttached });
    const orders = registry.getOrCreate("counter", "orders_total", { labels: ["id"] }) as CounterFamily<"id">;
    const idOf = (id: string) => {
      orders.with({ id });
      const last = announcements.at(-1);
      return last?.kind === "series" && [last.series, last.cell?.index];
    };
    assertEquals(["a", "b"].map(idOf), [[0, 0], [1, 1]]);
    for (const id of ["a", "b"]) orders.remove({ id });
    assertEquals(idOf("c"), [2, 2]);
    consumer.free(1);
    assertEquals(idOf("d"), isAttached ? [3, 3] : [0, 0]);
    for (let i = 0; i < 2; i++) owner.note();
    assertEquals(idOf("e"), isAttached ? [0, 0] : [3, 3]);
    consumer.free(1);
    assertEquals(idOf("f"), [1, 1]);
  }
});

Deno.test("resets in a loop are bounded; what must wait is done when there is room", () => {
  const { recorder, registry, announcements, consumer } = setUp();
  const size = registry.getOrCreate("histogram", "size", {}) as Histogram;
  for (let i = 0; i < ROUNDS; i++) {
    size.observe(1);
    size.reset();
  }
  assertEquals(ofKind(announcements, "reset").length, REMOVALS_MAX);
  recorder.publish();
  assertEquals(ofKind(announcements, "reset").length, REMOVALS_MAX);
  consumer.free(10);
  recorder.publish();
  // Regardless of how often it was requested meanwhile.
  assertEquals(ofKind(announcements, "reset").length, REMOVALS_MAX + 1);
  recorder.publish();
  assertEquals(ofKind(announcements, "reset").length, REMOVALS_MAX + 1);
});

Deno.test("Recorder does not reset a series that was removed while its reset waited", () => {
  const { recorder, registry, announcements, consumer } = setUp();
  const sizes = registry.getOrCreate("histogram", "size", { labels: ["id"] }) as HistogramFamily<"id">;
  const size = sizes.with({ id: "a" });
  for (let i = 0; i < ROUNDS; i++) size.reset();
  sizes.remove({ id: "a" });
  consumer.free(100);
  recorder.publish();
  assertEquals(ofKind(announcements, "reset").length, REMOVALS_MAX);
});

Deno.test("as many series may be replaced at once as there may be", () => {
  const seriesMax = 3 * REMOVALS_MAX;
  const { recorder, registry, announcements } = setUp({ seriesMax });
  const orders = registry.getOrCreate("counter", "orders_total", { labels: ["id"] }) as CounterFamily<"id">;
  for (let id = 0; id < seriesMax; id++) orders.with({ id });
  for (let id = 0; id < seriesMax; id++) orders.remove({ id });
  assertEquals(recorder.hasRoom, false);
  assertLessOrEqual(announcements.length, 1 + 3 + 2 * seriesMax);
});

Deno.test("Registry.announcements is what a new aggregator must know: what there is, and what is being removed", () => {
  const { registry, announcements, consumer } = setUp();
  const orders = registry.getOrCreate("counter", "orders_total", { labels: ["id"] }) as CounterFamily<"id">;
  const size = registry.getOrCreate("histogram", "size", {}) as Histogram;
  registry.getOrCreate("gauge", "depth", {});
  for (const id of ["a", "b", "c", "d"]) orders.with({ id });
  for (const id of ["a", "b"]) orders.remove({ id });
  size.reset();
  const definitions = ofKind(announcements, "instrument");
  const chunks = ofKind(announcements, "chunk");
  const made = ofKind(announcements, "series");
  for (const id of ["e", "f", "g", "h", "i", "j", "k", "l"]) orders.with({ id });
  const all = registry.announcements();
  assertEquals(all.slice(0, 4), [...definitions, ...chunks]);
  const live = all.slice(4, -3);
  assertEquals(live.length, SERIES_MAX + 1);
  const overflow = live.filter((each) => each.kind === "series" && each.isOverflow);
  assertEquals(overflow, ofKind(announcements, "series").filter((each) => each.kind === "series" && each.isOverflow));
  const kept = made.filter((each) => each.kind === "series" && ["c", "d"].includes(each.labelValues[0]));
  assertEquals(live.filter((each) => each.kind === "series" && ["c", "d"].includes(each.labelValues[0])), kept);
  const reset = announcements.find((each) => each.kind === "reset");
  // The distribution has a new id and another date: it starts over.
  assertEquals(live.some((each) => each.kind === "series" && each.series === reset?.newSeries), true);
  assertEquals(all.slice(-3), [
    ...ofKind(announcements, "remove"),
    { kind: "remove", series: reset?.series, head: reset?.head },
  ] as Announcement[]);
  consumer.free(2);
  assertEquals(ofKind(registry.announcements(), "remove").length, 1);
});

Deno.test("counters know since when they count, histograms are announced with it", () => {
  const { registry, announcements } = setUp();
  const startMs = Date.now();
  const orders = registry.getOrCreate("counter", "orders_total", {}) as Counter;
  registry.getOrCreate("gauge", "depth", {});
  const size = registry.getOrCreate("histogram", "size", {}) as Histogram;
  const [chunk] = announcements.filter((each) => each.kind === "chunk");
  const cells = cellsOf(chunk.memory);
  const stampOf = (index: number) => cells[index + CHUNK_CELLS];
  const isNow = (ms: number | undefined) => ms !== undefined && startMs <= ms && ms <= Date.now();
  assert(isNow(stampOf(0)));
  assertEquals(stampOf(1), 0);
  cells[CHUNK_CELLS] = 1;
  orders.reset();
  size.reset();
  assert(isNow(stampOf(0)));
  const [, , made] = announcements.filter((each) => each.kind === "series");
  const [reset] = announcements.filter((each) => each.kind === "reset");
  assert(isNow(made.createdMs) && isNow(reset.createdMs));
});

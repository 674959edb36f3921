import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { Announcement, Definition } from "../../src/model/model.ts";
import type { Recorder, RecorderParts } from "../../src/record/recorder.ts";
import { createThreadMemory } from "../../src/record/thread_memory.ts";
import { CHUNK_CELLS } from "../../src/ring/cells.ts";
import { Consumer } from "../../src/ring/consumer.ts";
import { Control } from "../../src/ring/control.ts";
import { Count, createRing, Fact, Kind, tagOf } from "../../src/ring/layout.ts";
import { RingOwner } from "../../src/ring/ring_owner.ts";
import { Sequence } from "../../src/ring/sequence.ts";
import { startRecorder } from "../_support/record/start_recorder.ts";

const TAG = tagOf(0, Kind.value);

function setUp(parts: Partial<RecorderParts> = {}) {
  const ring = parts.ring ?? createRing(64, false);
  const announced: Announcement[] = [];
  const recorder = startRecorder({ ring, announce: (each) => announced.push(each), ...parts });
  return { ring, recorder, announced, consumer: new Consumer(ring) };
}

/** A series that counts what it is made to do. */
class Series {
  written = 0;
  resets = 0;

  writeSampledOut(): void {
    this.written += 1;
  }

  reset(): void {
    this.resets += 1;
  }
}

/** Makes as many removals wait as may. */
function removeAll(recorder: Recorder): void {
  while (recorder.reset(0) !== undefined);
}

Deno.test("Recorder has its parts", () => {
  const [clock, stampClock] = [{ now: () => 1 }, { now: () => 2 }];
  const memory = createThreadMemory(false);
  const { recorder } = setUp({ clock, stampClock, memory, labelValueMax: 9 });
  assertStrictEquals(recorder.clock, clock);
  assertStrictEquals(recorder.stampClock, stampClock);
  assertEquals(recorder.labelValueMax, 9);
  assertEquals(recorder.sequence.next(), 1);
  assertEquals(new Sequence(memory.sequence).next(), 2);
  assertStrictEquals(recorder.counts, recorder.producer.counts);
});

Deno.test("Recorder follows the control word of its lane", () => {
  const memory = createThreadMemory(false);
  const { recorder } = setUp({ memory, lane: 2 });
  new Control(memory.control, 2).adapt(0);
  assertEquals(recorder.sampler.rate, 0);
  assertEquals(setUp({ memory }).recorder.sampler.rate, 1);
});

Deno.test("Recorder numbers instruments, and announces them with their series as they come", () => {
  const { recorder, announced } = setUp();
  const definition = { name: "trades" } as Definition;
  assertEquals([recorder.define(definition), recorder.define(definition)], [0, 1]);
  const { series, cell } = recorder.addScalar(1, ["buy"], 7);
  assertEquals(recorder.addDistribution(0, undefined), 1);
  recorder.undefine(1);
  recorder.declare([]);
  assertEquals(cell.cells[cell.index + CHUNK_CELLS], 7);
  const [, , , , distribution] = announced;
  const createdMs = "createdMs" in distribution ? distribution.createdMs : undefined;
  assert(Math.abs(Date.now() - createdMs!) < 60_000);
  const common = { kind: "series", labelValues: ["buy"], isOverflow: false } as const;
  assertEquals(announced, [
    { kind: "instrument", instrument: 0, definition },
    { kind: "instrument", instrument: 1, definition },
    { kind: "chunk", chunk: 0, memory: cell.cells.buffer },
    { ...common, series, instrument: 1, cell: { chunk: 0, index: 0 } },
    { ...common, series: 1, instrument: 0, labelValues: [], isOverflow: true, cell: undefined, createdMs },
    { kind: "undefine", instrument: 1 },
    { kind: "kpis", kpis: [] },
  ] as Announcement[]);
  assertEquals(recorder.chunkAnnouncements(), [{ kind: "chunk", chunk: 0, memory: cell.cells.buffer }]);
  assertEquals(recorder.cellAt(cell.cells, cell.index), cell);
});

Deno.test("Recorder allocates cells where its ring is: in shared memory only for another thread", () => {
  for (const shared of [true, false]) {
    const { cell } = setUp({ ring: createRing(64, shared) }).recorder.addScalar(0, []);
    assertEquals(cell.cells.buffer instanceof SharedArrayBuffer, shared);
  }
});

Deno.test("Recorder.hasRoom for as many label sets as may have series, without overflow series, again after removals", () => {
  const { recorder } = setUp({ seriesMax: 2 });
  recorder.addDistribution(0, undefined);
  recorder.addScalar(0, ["a"]);
  assertEquals(recorder.hasRoom, true);
  const series = recorder.addDistribution(0, ["b"]);
  assertEquals(recorder.hasRoom, false);
  recorder.remove(0, undefined, true);
  assertEquals(recorder.hasRoom, false);
  recorder.remove(series, undefined);
  assertEquals(recorder.hasRoom, true);
  removeAll(recorder);
  assertEquals(recorder.hasRoom, false);
});

Deno.test("Recorder.remove and reset announce where the series ends, and its new id", () => {
  const { recorder, announced, consumer } = setUp();
  recorder.addDistribution(0, ["a"]);
  recorder.producer.push(1, 0, TAG);
  const created = announced.length;
  assertEquals(recorder.reset(0), 1);
  assertEquals(consumer.available(), 1, "published");
  recorder.producer.push(1, 0, TAG);
  recorder.remove(1, undefined);
  const [reset, remove] = announced.slice(created);
  assert(reset.kind === "reset" && Math.abs(Date.now() - reset.createdMs!) < 60_000);
  assertEquals(reset, { kind: "reset", series: 0, newSeries: 1, head: 1, createdMs: reset.createdMs });
  assertEquals(remove, { kind: "remove", series: 1, head: 2 });
  assertEquals(recorder.removals(), [
    { kind: "remove", series: 0, head: 1 },
    { kind: "remove", series: 1, head: 2 },
  ]);
});

Deno.test("Recorder uses a removed series' cell again once the aggregator, and for attached threads the main thread, know", () => {
  for (const isAttached of [false, true]) {
    const { recorder, ring, consumer } = setUp({ isAttached });
    const first = recorder.addScalar(0, ["a"]);
    recorder.remove(first.series, first.cell);
    consumer.free(1);
    if (isAttached) {
      assert(recorder.addScalar(0, ["b"]).cell.index !== first.cell.index);
      new RingOwner(ring).note();
    }
    assertEquals(recorder.addScalar(0, ["c"]), first);
  }
});

Deno.test("Recorder.publish writes sampled-out calls of followed series once gaps are drawn, then publishes", () => {
  const { recorder, consumer } = setUp();
  const [followed, unfollowed] = [new Series(), new Series()];
  recorder.follow(followed);
  recorder.follow(unfollowed);
  recorder.unfollow(unfollowed);
  followed.writeSampledOut = () => recorder.producer.push(++followed.written, 0, TAG);
  recorder.publish();
  assertEquals(followed.written, 0);
  recorder.sampler.drawGap();
  recorder.publish();
  assertEquals([followed.written, unfollowed.written, consumer.available()], [1, 0, 1]);
  recorder.close();
  assertEquals([followed.written, consumer.available()], [2, 2]);
});

Deno.test("Recorder.publish notes the time of traces, and lets the next timing publish", () => {
  const { recorder, consumer } = setUp({ clock: { now: () => 5 } });
  recorder.tracing.activate();
  recorder.producer.facts[Fact.clockMs] = 0;
  recorder.producer.publishIfDue(1_000);
  recorder.publish();
  assertEquals(recorder.producer.facts[Fact.clockMs], 5);
  recorder.producer.push(1, 0, TAG);
  recorder.producer.publishIfDue(10);
  assertEquals(consumer.available(), 1);
});

Deno.test("Recorder.publish counts the records of removed series, once", () => {
  const { recorder } = setUp();
  recorder.nowhere.push(1, 0, TAG);
  recorder.nowhere.push(1, 0, TAG);
  recorder.publish();
  recorder.publish();
  assertEquals(recorder.counts[Count.removed], 2);
  recorder.nowhere.push(1, 0, TAG);
  recorder.publish();
  assertEquals(recorder.counts[Count.removed], 3);
});

Deno.test("Recorder.publish resets postponed series while few enough removals wait, and each once", () => {
  const { recorder, consumer } = setUp();
  const [first, second, cancelled] = [new Series(), new Series(), new Series()];
  for (const each of [first, second, cancelled]) recorder.postponeReset(each);
  recorder.unfollow(cancelled);
  removeAll(recorder);
  recorder.publish();
  assertEquals([first.resets, second.resets], [0, 0]);
  consumer.free(1);
  first.reset = () => {
    first.resets += 1;
    removeAll(recorder);
  };
  recorder.publish();
  assertEquals([first.resets, second.resets], [1, 0]);
  consumer.free(1);
  recorder.publish();
  recorder.publish();
  assertEquals([first.resets, second.resets, cancelled.resets], [1, 1, 0]);
});

Deno.test("Recorder.reset is refused while too many removals wait, and announces nothing then", () => {
  const { recorder, announced } = setUp();
  removeAll(recorder);
  const { length } = announced;
  assertEquals([recorder.reset(0), announced.length], [undefined, length]);
});

Deno.test("Recorder sends exemplars after the records they belong to, and none of series that were removed or reset", () => {
  const seen: number[] = [];
  const { recorder, announced, consumer } = setUp();
  const exemplar = { labels: {}, value: 1, timestampMs: 0 };
  const sent = () => announced.filter(({ kind }) => kind === "exemplars");
  recorder.publish();
  assertEquals(sent(), []);
  const announce = announced.push.bind(announced);
  announced.push = (each) => {
    if (each.kind === "exemplars") seen.push(consumer.available());
    return announce(each);
  };
  recorder.producer.push(1, 0, TAG);
  for (const series of [0, 1, 2]) recorder.offerExemplar(series, exemplar);
  recorder.remove(1, undefined);
  recorder.reset(2);
  recorder.publish();
  assertEquals([sent(), seen], [[{ kind: "exemplars", exemplars: [{ series: 0, exemplar }] }], [1]]);
  recorder.restartExemplars(0);
  recorder.close();
  assertEquals(sent().at(-1), { kind: "exemplars", exemplars: [{ series: 0, exemplar: undefined }] });
  recorder.offerExemplar(0, exemplar);
  recorder.publish();
  assertEquals(sent().length, 2);
});

Deno.test("Recorder.release announces nothing more, and leaves ring and cells to others", () => {
  const { recorder, announced, consumer } = setUp();
  const { cell } = recorder.addScalar(0, ["a"]);
  recorder.close();
  recorder.producer.push(1, 0, TAG);
  assertEquals(consumer.available(), 0);
  recorder.release();
  const { length } = announced;
  assert(recorder.addScalar(0, ["b"]).cell.cells.buffer !== cell.cells.buffer);
  recorder.counts[Count.nan] = 1;
  assertEquals([announced.length, consumer.counts[Count.nan]], [length, 0]);
});

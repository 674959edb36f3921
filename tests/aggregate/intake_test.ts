import { assertEquals, assertThrows } from "@std/assert";
import type { Announcement } from "../../src/model/model.ts";
import type { SpanSink } from "../../src/model/sink.ts";
import type { DistributionSnapshot } from "../../src/model/snapshot.ts";
import { Kind, tagOf } from "../../src/ring/layout.ts";
import { createControlBuffer } from "../../src/ring/control.ts";
import { createSettingsBuffer } from "../../src/ring/settings_memory.ts";
import { SharedSettings } from "../../src/ring/shared_settings.ts";
import { contentOf, DEPTH, Producing, setUp, SIZE } from "../_support/aggregate/producing.ts";
import { spanWith, traceIdOf } from "../_support/aggregate/traces/spans.ts";

Deno.test("Intake counts a thread as present as long as it publishes", () => {
  const { time, aggregator } = setUp();
  const thread = new Producing(aggregator);
  const { cell: depth } = thread.addScalar(DEPTH, "a");
  depth.cells[depth.index] = 5;
  const size = thread.recorder.addDistribution(thread.recorder.define(SIZE), ["a"]);
  for (let i = 1; i <= 5; i++) {
    time.nowMs += 8_000;
    thread.recorder.producer.push(1, 0, tagOf(size, Kind.value));
    thread.recorder.producer.publish();
    assertEquals(contentOf(aggregator.snapshotNow().metrics), { "depth a": 5, "size a": i });
  }
});

Deno.test("Intake.finish waits for the announcements of what is published", async () => {
  const { aggregator } = setUp();
  const underWay: Announcement[] = [];
  const thread = new Producing(aggregator, true, (news) => underWay.push(news));
  const size = thread.recorder.addDistribution(thread.recorder.define(SIZE), ["a"]);
  thread.recorder.producer.push(7, 0, tagOf(size, Kind.value));
  thread.recorder.producer.publish();
  const finished = aggregator.intake.finish();
  assertEquals(contentOf(aggregator.snapshotNow().metrics), {});
  setTimeout(() => underWay.forEach((news) => thread.link.state.admit(news)));
  await finished;
  assertEquals(contentOf(aggregator.snapshotNow().metrics), { "size a": 7 });
});

Deno.test("Intake.disconnect takes what is in the ring, keeps totals, and is done once", () => {
  const { aggregator } = setUp();
  const thread = new Producing(aggregator);
  const size = thread.recorder.addDistribution(thread.recorder.define(SIZE), ["a"]);
  for (let i = 0; i < 1_500; i++) thread.recorder.producer.push(1, 0, tagOf(size, Kind.value));
  thread.recorder.producer.publish();
  for (let i = 0; i < 2; i++) aggregator.intake.disconnect(thread.link);
  const { metrics, meta } = aggregator.snapshotNow();
  assertEquals((metrics[0] as DistributionSnapshot).series[0].count, 1_024);
  assertEquals([meta.recorded, meta.dropped], [1_024, 476]);
});

Deno.test("Intake expires no half of a span while a backlog may contain the other", () => {
  const { time, aggregator } = setUp();
  const thread = new Producing(aggregator);
  const size = thread.recorder.addDistribution(thread.recorder.define(SIZE), ["a"]);
  aggregator.intake.traces.join.start(traceIdOf(1), "order", 1);
  for (let i = 0; i < 1_000; i++) thread.recorder.producer.push(1, 0, tagOf(size, Kind.value));
  thread.recorder.producer.publish();
  time.nowMs += 100_000;
  // A quarter of the ring at a time.
  const waiting = Array.from({ length: 4 }, () => {
    aggregator.intake.drain();
    return aggregator.intake.traces.counts.waiting;
  });
  assertEquals(waiting, [1, 1, 1, 0]);
});

/** A sink that notes what becomes of it. */
class NotedSink implements SpanSink {
  readonly name = "noted";
  readonly diagnostics = {};
  readonly notes: string[] = [];

  selfMetrics(): never[] {
    return [];
  }

  add({ traceId, startMs }: Parameters<SpanSink["add"]>[0]): void {
    this.notes.push(`${traceId} ${startMs > 1e12}`);
  }

  close(): Promise<void> {
    this.notes.push("closed");
    return Promise.resolve();
  }
}

Deno.test("Intake passes each span to all sinks with its time of day, and closes them at its end", async () => {
  const sinks = [new NotedSink(), new NotedSink()];
  const { aggregator: { intake } } = setUp({ sinks });
  intake.traces.add(spanWith());
  await intake.finish();
  for (const { notes } of sinks) assertEquals(notes, [`${traceIdOf(1)} true`, "closed"]);
});

Deno.test("Intake passes no spans to sinks while exporting is switched off", () => {
  const settings = new SharedSettings(
    { control: createControlBuffer(false), kept: createSettingsBuffer(false) },
    () => 0,
  );
  settings.begin(true, 1);
  const sink = new NotedSink();
  const { aggregator: { intake } } = setUp({ sinks: [sink], settings });
  settings.adjust({ exportEnabled: false });
  intake.drain();
  intake.traces.add(spanWith());
  assertEquals(sink.notes, []);
});

Deno.test("Intake calls onBroken with what a drain throws, and throws it", () => {
  const errors: unknown[] = [];
  const { aggregator: { intake } } = setUp({ onBroken: (error) => errors.push(error) });
  intake.sampling.adjustIfDue = () => {
    throw new Error("no rate");
  };
  assertThrows(() => intake.drain(), Error, "no rate");
  assertEquals(errors.length, 1);
});

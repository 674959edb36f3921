import { assertEquals } from "@std/assert";
import { Count, Kind, tagOf, Taken } from "../../src/ring/layout.ts";
import { RecordCounts } from "../../src/aggregate/record_counts.ts";
import { selfValues } from "../_support/model/self_values.ts";
import { Producing, setUp, SIZE } from "../_support/aggregate/producing.ts";

Deno.test("RecordCounts has the totals of all threads, departed ones included", () => {
  const { aggregator } = setUp();
  const { links } = aggregator.intake;
  const counts = new RecordCounts(links, {});
  for (const records of [1_500, 10]) {
    const thread = new Producing(aggregator);
    const size = thread.recorder.addDistribution(thread.recorder.define(SIZE), ["a"]);
    for (let i = 0; i < records; i++) thread.recorder.producer.push(1, 0, tagOf(size, Kind.value));
    thread.recorder.producer.publish();
    if (records > 10) aggregator.intake.disconnect(thread.link);
  }
  aggregator.intake.drainAll();
  assertEquals(counts.totals, { recorded: 1_034, dropped: 476, sampledOut: 0 });
});

Deno.test("RecordCounts counts sums that saturate among infinite values", () => {
  const { aggregator } = setUp();
  const { links } = aggregator.intake;
  const { link: { consumer } } = new Producing(aggregator);
  consumer.counts[Count.nan] = 2;
  consumer.counts[Count.infinite] = 3;
  consumer.taken.add(Taken.saturated, 4);
  const counts = new RecordCounts(links, { nan: Count.nan, infinite: Count.infinite });
  assertEquals(counts.rejected, { nan: 2, infinite: 7 });
  assertEquals(selfValues(counts)["hotpath_records_rejected_total infinite"], 7);
});

Deno.test("RecordCounts exposes the occupancy that it noted, whatever is drained since", () => {
  const { aggregator } = setUp();
  const counts = new RecordCounts(aggregator.intake.links, {});
  const { recorder } = new Producing(aggregator);
  const size = recorder.addDistribution(recorder.define(SIZE), ["a"]);
  for (let i = 0; i < 512; i++) recorder.producer.push(1, 0, tagOf(size, Kind.value));
  recorder.producer.publish();
  counts.noteOccupancy();
  aggregator.intake.drainAll();
  assertEquals(selfValues(counts).hotpath_ring_occupancy_ratio, 0.5);
});

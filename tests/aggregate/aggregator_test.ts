import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Kind, tagOf } from "../../src/ring/layout.ts";
import { contentOf, DEPTH, ORDERS, Producing, setUp, SIZE } from "../_support/aggregate/producing.ts";
import { childWith, spanWith, traceIdOf } from "../_support/aggregate/traces/spans.ts";

Deno.test("Aggregator excludes the gauges of a thread without heartbeats, until the next one", () => {
  const { time, aggregator } = setUp();
  const own = new Producing(aggregator, false);
  const other = new Producing(aggregator);
  for (const [producing, value] of [[own, 1], [other, 10]] as const) {
    const { cell: depth } = producing.addScalar(DEPTH, "a");
    depth.cells[depth.index] = value;
    const { cell: orders } = producing.addScalar(ORDERS, "a");
    orders.cells[orders.index] = value;
  }
  const content = () => contentOf(aggregator.snapshotNow().metrics);
  assertEquals(content(), { "depth a": 11, "orders_total a": 11 });
  time.nowMs += 9_999;
  assertEquals(content()["depth a"], 11);
  time.nowMs += 1;
  assertEquals(content(), { "depth a": 1, "orders_total a": 11 });
  aggregator.intake.noteHeartbeat(other.link);
  assertEquals(content()["depth a"], 11);
});

Deno.test("Aggregator exposes the number of recording threads that are present", async () => {
  const { time, aggregator } = setUp();
  const threads = async () => {
    const { body } = await aggregator.expose({});
    return new TextDecoder().decode(body).match(/^hotpath_recording_threads (.+)$/m)?.[1];
  };
  const counts = [await threads()];
  new Producing(aggregator, false);
  const others = [new Producing(aggregator), new Producing(aggregator)];
  counts.push(await threads());
  aggregator.intake.disconnect(others[0].link);
  counts.push(await threads());
  time.nowMs += 10_000;
  counts.push(await threads());
  aggregator.intake.noteHeartbeat(others[1].link);
  counts.push(await threads());
  assertEquals(counts, ["0", "3", "2", "1", "2"]);
});

Deno.test("Aggregator exposes counts of traces once there are any, and sweeps them when it drains", async () => {
  const { time, aggregator } = setUp();
  const linesOfTraces = async () => {
    const { body } = await aggregator.expose({});
    return new TextDecoder().decode(body).split("\n").filter((line) => /^hotpath_(spans|trace)/.test(line));
  };
  assertEquals(await linesOfTraces(), []);
  aggregator.intake.traces.add(spanWith());
  aggregator.intake.traces.add(childWith({ durationSeconds: -1 }));
  aggregator.intake.traces.join.start(traceIdOf(2), "order", 1);
  aggregator.intake.traces.join.end(traceIdOf(3), "order", 1);
  assertEquals((await aggregator.listTraces()).counts.waiting, 2);
  time.nowMs += 60_000;
  aggregator.intake.drain();
  assertEquals(await linesOfTraces(), [
    "hotpath_spans_total 2",
    'hotpath_spans_dropped_total{reason="trace_full"} 0',
    'hotpath_spans_dropped_total{reason="memory"} 0',
    'hotpath_spans_dropped_total{reason="invalid"} 1',
    'hotpath_spans_dropped_total{reason="orphaned"} 0',
    "hotpath_traces_kept 1",
    "hotpath_traces_evicted_total 0",
    "hotpath_trace_starts_unmatched_total 1",
    "hotpath_trace_ends_unmatched_total 1",
  ]);
  assertEquals((await aggregator.findTrace(traceIdOf(1)))?.stages.length, 1);
});

/** A step of the property: what one of the threads does. */
const step = fc.record({
  thread: fc.nat(3),
  id: fc.constantFrom("a", "b", "c"),
  what: fc.constantFrom("record", "record", "record", "remove", "leave"),
  amount: fc.integer({ min: 1, max: 100 }),
});

/** One thread of the model: its shares by label. */
interface Modelled {
  readonly producing: Producing;
  readonly shares: Map<string, { orders: number; depth: number; readonly remove: () => void; add(by: number): void }>;
}

Deno.test("Aggregator merges what any threads do to any series exactly", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
      const { aggregator } = setUp();
      const start = (): Modelled => ({ producing: new Producing(aggregator), shares: new Map() });
      const threads = Array.from({ length: 4 }, start);
      const left = new Map<string, number>();
      const sizes = new Map<string, number>();
      for (const { thread, id, what, amount } of steps) {
        const { producing, shares } = threads[thread];
        if (what === "record") {
          if (!shares.has(id)) shares.set(id, shareIn(producing, id));
          shares.get(id)?.add(amount);
          sizes.set(id, (sizes.get(id) ?? 0) + amount);
        } else if (what === "remove" && shares.has(id)) {
          aggregator.intake.drainAll();
          shares.get(id)?.remove();
          shares.delete(id);
          if (threads.every((each) => !each.shares.has(id))) { for (const totals of [left, sizes]) totals.delete(id); }
        } else if (what === "leave") {
          for (const [id, { orders }] of shares) left.set(id, (left.get(id) ?? 0) + orders);
          aggregator.intake.disconnect(producing.link);
          threads[thread] = start();
        }
      }
      const expected: Record<string, number> = {};
      for (const [id, total] of left) expected[`orders_total ${id}`] = total;
      for (const { shares } of threads) {
        for (const [id, { orders, depth }] of shares) {
          expected[`orders_total ${id}`] = (expected[`orders_total ${id}`] ?? 0) + orders;
          expected[`depth ${id}`] = (expected[`depth ${id}`] ?? 0) + depth;
        }
      }
      for (const [id, sum] of sizes) expected[`size ${id}`] = sum;
      assertEquals(contentOf(aggregator.snapshotNow().metrics), expected);
    }),
    { seed: 37, numRuns: 300 },
  );
});

/** A counter's, a gauge's and a histogram's series of one label set on one thread. */
function shareIn(producing: Producing, id: string) {
  const { recorder } = producing;
  const orders = producing.addScalar(ORDERS, id);
  const depth = producing.addScalar(DEPTH, id);
  const size = recorder.addDistribution(recorder.define(SIZE), [id]);
  return {
    orders: 0,
    depth: 0,
    add(by: number) {
      orders.cell.cells[orders.cell.index] = this.orders += by;
      depth.cell.cells[depth.cell.index] = this.depth = by;
      recorder.producer.push(by, 0, tagOf(size, Kind.value));
      recorder.producer.publish();
    },
    remove() {
      for (const { series, cell } of [orders, depth]) recorder.remove(series, cell);
      recorder.remove(size, undefined);
    },
  };
}

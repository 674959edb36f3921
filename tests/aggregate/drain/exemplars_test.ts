import { assert, assertEquals } from "@std/assert";
import type { Counter, CounterFamily, Histogram, HistogramFamily } from "../../../mod.ts";
import { Drainer } from "../../../src/aggregate/drain/drainer.ts";
import { ThreadState } from "../../../src/aggregate/drain/thread_state.ts";
import type { Announcement, Definition } from "../../../src/model/model.ts";
import { Consumer } from "../../../src/ring/consumer.ts";
import { createRing } from "../../../src/ring/layout.ts";
import type { Distribution } from "../../../src/aggregate/series/distribution.ts";
import { DistributionFamily } from "../../../src/aggregate/series/distribution_family.ts";
import { ScalarFamily } from "../../../src/aggregate/series/scalar_family.ts";
import { SeriesStore } from "../../../src/aggregate/series/store.ts";
import type { Scalar } from "../../../src/aggregate/series/scalar.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";
import { startRecording } from "../../_support/instrument/recording.ts";
import { shareOf } from "../../_support/aggregate/series/shares.ts";

/** A store that any number of recording threads feed. */
function setUp(idleTtlMs = Infinity) {
  const store = new SeriesStore(planWindows([]), 1_000, idleTtlMs);
  const definitions = new Map<string, Definition>();
  const time = { nowMs: 0 };
  /** One more thread; `drain` takes in what it has recorded. */
  const start = () => {
    const ring = createRing(1_024, false);
    const consumer = new Consumer(ring);
    const state = new ThreadState(store, () => time.nowMs);
    const recording = startRecording((news: Announcement) => {
      if (news.kind === "instrument") definitions.set(news.definition.name, news.definition);
      state.admit(news);
    }, ring);
    const drainer = new Drainer(consumer, state, () => time.nowMs, false);
    const drain = () => {
      recording.recorder.publish();
      drainer.drain(1_024);
      consumer.free(state.takeFreed(consumer.tail).length);
    };
    return { ...recording, drain, state };
  };
  const familyOf = (name: string) => store.define(definitions.get(name) as Definition);
  /** The series that there is; asking for it counts as one more thread. */
  const scalarOf = (name: string, labels = {}): Scalar => {
    const family = familyOf(name);
    assert(family instanceof ScalarFamily);
    return family.add(labels, shareOf(0));
  };
  const distributionOf = (name: string, labels = {}): Distribution => {
    const family = familyOf(name);
    assert(family instanceof DistributionFamily);
    return family.add(labels, time.nowMs);
  };
  return { start, time, scalarOf, distributionOf, store };
}

const trace = (trace_id: string) => ({ trace_id });

/** The traces of a distribution: by bucket, and of the spread. */
function tracesOf({ bucketExemplars, exemplars }: Distribution): [byBucket: (string | undefined)[], spread: string[]] {
  return [bucketExemplars.map((each) => each?.labels.trace_id), exemplars.map(({ labels }) => labels.trace_id)];
}

Deno.test("exemplars reach the series that they were offered to", () => {
  const { start, scalarOf, distributionOf } = setUp();
  const { create, drain } = start();
  const orders = create<CounterFamily<"side">>("counter", "orders_total", { labels: ["side"] });
  const size = create<HistogramFamily<"side">>("histogram", "size", { labels: ["side"], buckets: [1, 10] });
  orders.with({ side: "buy" }).incWithExemplar(2, trace("a"));
  orders.with({ side: "sell" }).inc();
  orders.with({ side: "buy" }).incWithExemplar(1, trace("b"));
  for (const [value, id] of [[5, "c"], [50, "d"], [7, "e"]] as const) {
    size.with({ side: "buy" }).observeWithExemplar(value, trace(id));
  }
  size.with({ side: "sell" }).observe(1);
  drain();
  const { exemplar } = scalarOf("orders_total", { side: "buy" });
  assertEquals([exemplar?.labels, exemplar?.value], [trace("b"), 1]);
  assertEquals(scalarOf("orders_total", { side: "sell" }).exemplar, undefined);
  // The largest and the newest.
  assertEquals(tracesOf(distributionOf("size", { side: "buy" })), [[undefined, "e", "d"], ["e", "d"]]);
  assertEquals(tracesOf(distributionOf("size", { side: "sell" })), [[], []]);
  size.with({ side: "buy" }).observeWithExemplar(1, trace("f"));
  drain();
  assertEquals(tracesOf(distributionOf("size", { side: "buy" })), [["f", "e", "d"], ["f", "e", "d"]]);
});

Deno.test("a reset takes exemplars away, those that come after it stay", () => {
  const { start, scalarOf, distributionOf } = setUp();
  const { create, drain } = start();
  const orders = create<Counter>("counter", "orders_total");
  const size = create<Histogram>("histogram", "size", { buckets: [] });
  const record = (id: string) => {
    orders.incWithExemplar(1, trace(id));
    size.observeWithExemplar(1, trace(id));
  };
  const traces = () => [scalarOf("orders_total").exemplar?.labels.trace_id, tracesOf(distributionOf("size"))];
  record("a");
  drain();
  assertEquals(traces(), ["a", [["a"], ["a"]]]);
  orders.reset();
  size.reset();
  drain();
  assertEquals(traces(), [undefined, [[], []]]);
  record("b");
  drain();
  orders.reset();
  size.reset();
  record("c");
  drain();
  assertEquals(traces(), ["c", [["c"], ["c"]]]);
});

Deno.test("a removed series takes its exemplars with it, and ids that are used again bring none back", () => {
  const { start, scalarOf, distributionOf } = setUp();
  const { create, drain } = start();
  const orders = create<CounterFamily<"id">>("counter", "orders_total", { labels: ["id"] });
  const size = create<HistogramFamily<"id">>("histogram", "size", { labels: ["id"], buckets: [] });
  for (const round of ["a", "b", "c"]) {
    orders.with({ id: round }).incWithExemplar(1, trace(round));
    size.with({ id: round }).observeWithExemplar(1, trace(round));
    // In one round the aggregator already has them, in another not yet.
    if (round !== "b") drain();
    orders.remove({ id: round });
    size.remove({ id: round });
    drain();
  }
  for (const id of ["a", "d"]) {
    orders.with({ id }).inc();
    size.with({ id }).observe(1);
  }
  drain();
  for (const id of ["a", "d"]) {
    assertEquals(scalarOf("orders_total", { id }).exemplar, undefined);
    assertEquals(tracesOf(distributionOf("size", { id })), [[], []]);
  }
});

Deno.test("threads that share a series share its exemplars; those of a departed thread stay", () => {
  const { start, scalarOf, distributionOf } = setUp();
  const [first, second] = [start(), start()];
  const [one, two] = [first, second].map(({ create }) => ({
    orders: create<CounterFamily<"id">>("counter", "orders_total", { labels: ["id"] }),
    size: create<Histogram>("histogram", "size", { buckets: [1] }),
  }));
  one.orders.with({ id: 1 }).incWithExemplar(1, trace("a"));
  one.size.observeWithExemplar(1, trace("a"));
  first.drain();
  two.orders.with({ id: 1 }).incWithExemplar(1, trace("b"));
  two.size.observeWithExemplar(2, trace("b"));
  second.drain();
  second.state.leave();
  const exemplarOf = () => scalarOf("orders_total", { id: "1" }).exemplar?.labels.trace_id;
  assertEquals([exemplarOf(), tracesOf(distributionOf("size"))], ["b", [["a", "b"], ["a", "b"]]]);
  one.orders.remove({ id: 1 });
  assertEquals(exemplarOf(), undefined);
});

Deno.test("an idle distribution loses its exemplars, and keeps the one of the value that ends its pause", () => {
  const { start, distributionOf, time, store } = setUp(1_000);
  const { create, drain } = start();
  const size = create<Histogram>("histogram", "size", { buckets: [] });
  size.observeWithExemplar(1, trace("a"));
  drain();
  time.nowMs = 1_500;
  store.sweep(time.nowMs);
  assertEquals(tracesOf(distributionOf("size")), [[], []]);
  time.nowMs = 3_000;
  size.observeWithExemplar(2, trace("b"));
  drain();
  assertEquals(tracesOf(distributionOf("size")), [["b"], ["b"]]);
  time.nowMs = 5_000;
  size.observe(3);
  drain();
  assertEquals(tracesOf(distributionOf("size")), [[], []]);
});

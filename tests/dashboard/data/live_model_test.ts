import { assertEquals } from "@std/assert";
import { keyOfSeries, LiveModel } from "../../../src/dashboard/data/live_model.ts";
import type { LiveFrame, LiveMetric, LiveSelf, LiveStart } from "../../../src/model/live_frames.ts";

const SELF: LiveSelf = {
  meta: { recorded: 0, dropped: 0, sampledOut: 0, series: 0, overflowed: 0 },
  ringOccupancyRatio: 0,
  samplingRate: 1,
  overheadRatio: null,
  drainSecondsP99: null,
  scrapeSecondsP99: null,
};
const ORDERS: LiveMetric = { name: "orders_total", type: "counter", unit: "", help: "" };
const TIMER: LiveMetric = { name: "fill_seconds", type: "histogram", unit: "seconds", help: "", schema: 6 };

function startWith(timestampMs: number, ids: readonly number[]): LiveStart {
  return {
    type: "start",
    timestampMs,
    intervalMs: 1_000,
    window: "1m",
    framesLost: 0,
    metrics: [ORDERS, TIMER],
    kpis: [],
    series: [
      { id: ids[0], metric: ORDERS.name, labels: { side: "buy", pair: "BTC-USD" } },
      { id: ids[1], metric: TIMER.name, labels: {} },
    ],
  };
}

function frameAt(timestampMs: number, changes: Partial<LiveFrame> = {}): LiveFrame {
  return {
    type: "frame",
    timestampMs,
    elapsedMs: 1_000,
    scalars: [],
    distributions: [],
    self: SELF,
    ...changes,
  };
}

function valuesOf(model: LiveModel, metric: string, slots: readonly number[]): number[] {
  const [state] = [...model.series].filter((each) => each.metric.name === metric);
  return slots.map((slot) => state.values.at(slot));
}

Deno.test("LiveModel keeps values that frames omit because they have not changed", () => {
  const model = new LiveModel();
  model.apply(startWith(10_000, [1, 2]));
  model.apply(frameAt(10_000, { scalars: [[1, 5]] }));
  model.apply(frameAt(11_000));
  model.apply(frameAt(12_000, { scalars: [[1, 7]] }));
  assertEquals(valuesOf(model, "orders_total", [9, 10, 11, 12]), [NaN, 5, 5, 7]);
});

Deno.test("LiveModel matches histories by name and labels when the feed restarts", () => {
  const model = new LiveModel();
  model.apply(startWith(10_000, [1, 2]));
  model.apply(frameAt(10_000, { scalars: [[1, 5]] }));
  model.apply(startWith(20_000, [8, 9]));
  model.apply(frameAt(20_000, { scalars: [[8, 6], [1, 100]] }));
  assertEquals(valuesOf(model, "orders_total", [10, 11, 19, 20]), [5, NaN, NaN, 6]);
});

Deno.test("LiveModel removes series that are missing after a restart, and removed ones", () => {
  const model = new LiveModel();
  model.apply(startWith(10_000, [1, 2]));
  const before = model.revision;
  model.apply(frameAt(11_000, { removed: [2] }));
  assertEquals([...model.series].map(({ metric }) => metric.name), ["orders_total"]);
  model.apply({ ...startWith(12_000, [1, 2]), series: [] });
  assertEquals([...model.series].length, 0);
  assertEquals(model.revision > before, true);
});

Deno.test("LiveModel adds later metrics and series, and ignores series of unknown metrics", () => {
  const model = new LiveModel();
  model.apply(startWith(10_000, [1, 2]));
  const backlog: LiveMetric = { name: "backlog", type: "gauge", unit: "", help: "" };
  model.apply(frameAt(11_000, {
    metrics: [backlog],
    series: [{ id: 3, metric: "backlog", labels: {} }, { id: 4, metric: "unknown", labels: {} }],
    scalars: [[3, 12], [4, 1]],
  }));
  assertEquals(valuesOf(model, "backlog", [10, 11]), [NaN, 12]);
  assertEquals([...model.series].length, 3);
});

Deno.test("LiveModel adds up gained buckets, and keeps each exemplar once", () => {
  const model = new LiveModel();
  model.apply(startWith(10_000, [1, 2]));
  const exemplar = { labels: { trace_id: "a" }, value: 0.001, timestampMs: 1 };
  const window = { count: 1, rate: 1, mean: 1, max: 1, quantiles: {} };
  for (const timestampMs of [10_000, 10_500, 11_000]) {
    const change = { id: 2, count: 1, sum: 1, window, gained: { positive: [-640, 2] }, exemplars: [exemplar] };
    model.apply(frameAt(timestampMs, { distributions: [change] }));
  }
  const [, { distribution }] = [...model.series];
  const [first, second] = [10, 11].map((slot) => distribution?.buckets.at(slot, 1)[1]);
  assertEquals([first, second, distribution?.exemplars], [4, 2, [exemplar]]);
});

Deno.test("LiveModel ignores frames before the start of a feed", () => {
  const model = new LiveModel();
  model.apply(frameAt(10_000));
  assertEquals([model.timeline, [...model.series]], [undefined, []]);
});

Deno.test("keyOfSeries does not depend on the order of labels, but on their values", () => {
  assertEquals(keyOfSeries("m", { a: "1", b: "2" }), keyOfSeries("m", { b: "2", a: "1" }));
  assertEquals(keyOfSeries("m", { a: "1,b" }) === keyOfSeries("m", { a: "1", b: "" }), false);
});

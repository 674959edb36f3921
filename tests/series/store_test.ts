import { assertEquals } from "@std/assert";
import type { Definition } from "../../src/model.ts";
import { type DistributionFamily, type ScalarFamily, SeriesStore } from "../../src/series/store.ts";
import { planWindows } from "../../src/window/sliding_window.ts";

function definitionOf(type: Definition["type"], name: string): Definition {
  return {
    type,
    name,
    exposedName: `${name}_exposed`,
    windowName: `${name}_window`,
    unit: "",
    help: "Help",
    labelNames: ["side"],
    buckets: [1],
    schema: 6,
    isCritical: false,
  };
}

function setUp(): SeriesStore {
  return new SeriesStore(planWindows([]));
}

Deno.test("SeriesStore.snapshot lists families in the order of their definition, without the empty ones", () => {
  const store = setUp();
  const counter = store.define(definitionOf("counter", "b")) as ScalarFamily;
  store.define(definitionOf("gauge", "nobody"));
  const timer = store.define(definitionOf("timer", "a")) as DistributionFamily;
  assertEquals(store.snapshot(0), []);
  timer.add({ side: "buy" }, 0).record(0.5, 1, 0);
  counter.add({ side: "buy" }, Float64Array.of(0, 7), 1);
  assertEquals(store.snapshot(0).map(({ name, type }) => [name, type]), [["b_exposed", "counter"], [
    "a_exposed",
    "histogram",
  ]]);
  assertEquals(store.size, 2);
});

Deno.test("SeriesStore reads a scalar from its cell at each snapshot", () => {
  const store = setUp();
  const cells = Float64Array.of(0, 7);
  (store.define(definitionOf("gauge", "depth")) as ScalarFamily).add({}, cells, 1);
  const [before] = store.snapshot(0);
  cells[1] = -9;
  const [after] = store.snapshot(0);
  assertEquals([before.series[0], after.series[0]], [{ labels: {}, value: 7 }, { labels: {}, value: -9 }]);
});

Deno.test("SeriesStore forgets a series that is removed", () => {
  const store = setUp();
  const family = store.define(definitionOf("timer", "job")) as DistributionFamily;
  const buy = family.add({ side: "buy" }, 0);
  const sell = family.add({ side: "sell" }, 0);
  family.remove(buy);
  assertEquals(store.snapshot(0)[0].series.map(({ labels }) => labels), [{ side: "sell" }]);
  family.remove(buy);
  family.remove(sell);
  assertEquals([store.size, store.snapshot(0)], [0, []]);
});

Deno.test("SeriesStore.instruments tells of every family, also of empty ones", () => {
  const store = setUp();
  const family = store.define(definitionOf("counter", "orders")) as ScalarFamily;
  family.add({ side: "buy" }, Float64Array.of(0), 0);
  store.define(definitionOf("timer", "job"));
  assertEquals(store.instruments(), [
    { name: "orders", exposedName: "orders_exposed", type: "counter", labelNames: ["side"], series: 1 },
    { name: "job", exposedName: "job_exposed", type: "timer", labelNames: ["side"], series: 0 },
  ]);
});

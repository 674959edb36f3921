import { assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import type { Definition } from "../../../src/model/model.ts";
import { DistributionFamily } from "../../../src/aggregate/series/distribution_family.ts";
import { OVERFLOW_LABELS } from "../../../src/aggregate/series/label_sets.ts";
import type { ScalarFamily } from "../../../src/aggregate/series/scalar_family.ts";
import { SeriesStore } from "../../../src/aggregate/series/store.ts";
import { planWindows, type WindowSpec } from "../../../src/sketch/sliding_window.ts";
import { shareOf } from "../../_support/aggregate/series/shares.ts";

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
    sketch: "exponential",
  };
}

function setUp(seriesMax?: number): SeriesStore {
  return new SeriesStore(planWindows([]), seriesMax);
}

Deno.test("SeriesStore.snapshot lists families in the order of their definition, without the empty ones", () => {
  const store = setUp();
  const counter = store.define(definitionOf("counter", "b")) as ScalarFamily;
  store.define(definitionOf("gauge", "nobody"));
  const timer = store.define(definitionOf("timer", "a")) as DistributionFamily;
  assertEquals(store.snapshot(0), []);
  timer.add({ side: "buy" }, 0).record(0.5, 1, 0);
  counter.add({ side: "buy" }, shareOf(7));
  assertEquals(store.snapshot(0).map(({ name, type }) => [name, type]), [["b_exposed", "counter"], [
    "a_exposed",
    "histogram",
  ]]);
  assertEquals(store.size, 2);
});

Deno.test("SeriesStore reads a scalar from its cell at each snapshot", () => {
  const store = setUp();
  const share = shareOf(7);
  (store.define(definitionOf("gauge", "depth")) as ScalarFamily).add({}, share);
  const [before] = store.snapshot(0);
  share.cells[0] = -9;
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

Deno.test("SeriesStore.instruments lists every family, empty ones included", () => {
  const store = setUp();
  const family = store.define(definitionOf("counter", "orders")) as ScalarFamily;
  family.add({ side: "buy" }, shareOf(0));
  store.define(definitionOf("timer", "job"));
  assertEquals(store.instruments(), [
    { name: "orders", exposedName: "orders_exposed", type: "counter", labelNames: ["side"], series: 1 },
    { name: "job", exposedName: "job_exposed", type: "timer", labelNames: ["side"], series: 0 },
  ]);
});

Deno.test("SeriesStore has one family for a definition, and one series for a label set", () => {
  const store = setUp();
  const counter = store.define(definitionOf("counter", "orders")) as ScalarFamily;
  assertStrictEquals(store.define(definitionOf("counter", "orders")), counter);
  const first = shareOf(1);
  const second = shareOf(10);
  const series = counter.add({ side: "buy" }, first);
  assertStrictEquals(counter.add({ side: "buy" }, second), series);
  assertEquals(store.snapshot(0)[0].series, [{ labels: { side: "buy" }, value: 11 }]);
  counter.remove(series, first);
  assertEquals(store.snapshot(0)[0].series, [{ labels: { side: "buy" }, value: 10 }]);
  counter.remove(series, second);
  assertEquals([counter.has({ side: "buy" }), store.size], [false, 0]);
});

Deno.test("SeriesStore keeps a distribution until its last thread removes it, and when threads go", () => {
  const store = setUp();
  const timer = store.define(definitionOf("timer", "job")) as DistributionFamily;
  const series = timer.add({ side: "buy" }, 0);
  assertStrictEquals(timer.add({ side: "buy" }, 0), series);
  timer.remove(series);
  assertEquals(timer.has({ side: "buy" }), true);
  timer.leave(series);
  assertEquals(timer.has({ side: "buy" }), true);
  assertStrictEquals(timer.add({ side: "buy" }, 0), series);
  timer.remove(series);
  assertEquals(timer.has({ side: "buy" }), false);
});

Deno.test("SeriesStore keeps the counters of departed threads, and not their gauges", () => {
  const store = setUp();
  for (const type of ["counter", "gauge"] as const) {
    const family = store.define(definitionOf(type, type)) as ScalarFamily;
    const share = shareOf(7);
    family.leave(family.add({ side: "buy" }, share), share);
  }
  assertEquals(store.snapshot(0).map(({ name, series }) => [name, series]), [
    ["counter_exposed", [{ labels: { side: "buy" }, value: 7 }]],
  ]);
});

Deno.test("SeriesStore.clashOf reports another definition and exposed names that are taken", () => {
  const store = setUp();
  const timer = definitionOf("timer", "job");
  store.define(timer);
  assertEquals([store.clashOf(timer), store.clashOf(definitionOf("counter", "orders"))], [undefined, undefined]);
  const other = store.clashOf({ ...timer, buckets: [1, 2] })?.message;
  assertStringIncludes(
    other ?? "",
    "Cannot create timer job: its definition must equal that of the timer of that name on another thread, but differs in buckets, got {",
  );
  assertEquals(
    store.clashOf({ ...definitionOf("gauge", "count"), exposedName: "job_exposed_count", windowName: "" })?.message,
    "Cannot create gauge count: its exposed names must differ from those of job on another thread, " +
      'got "job_exposed_count"',
  );
  assertEquals(
    store.clashOf({ ...definitionOf("gauge", "x"), exposedName: "job.exposed", windowName: "" })?.message,
    'Cannot create gauge x: its exposed names must differ from those of job on another thread, got "job_exposed"',
  );
});

Deno.test("SeriesStore has room for as many label sets as its limit says, overflow series not counted", () => {
  const store = setUp(2);
  const family = store.define(definitionOf("counter", "orders")) as ScalarFamily;
  family.add(OVERFLOW_LABELS, shareOf(0));
  family.add({ side: "buy" }, shareOf(0));
  assertEquals(store.hasRoom, true);
  const share = shareOf(0);
  const series = family.add({ side: "sell" }, share);
  assertEquals(store.hasRoom, false);
  family.remove(series, share);
  assertEquals(store.hasRoom, true);
});

Deno.test("SeriesStore.restore takes over totals of departed threads, and reports when they are forgotten", () => {
  const forgotten: unknown[] = [];
  const store = new SeriesStore(planWindows([]), undefined, undefined, (...all) => forgotten.push(all));
  const definition = definitionOf("counter", "orders");
  store.restore({ definition, labelValues: ["buy"], value: 5, sinceMs: 1_000 });
  store.restore({ definition, labelValues: undefined, value: 7, sinceMs: 2_000 });
  const family = store.define(definition) as ScalarFamily;
  const shares = [shareOf(1, 3_000), shareOf(2, 3_000), shareOf(3, 3_000)];
  const series = [{ side: "buy" }, { side: "sell" }, OVERFLOW_LABELS].map((labels, i) => family.add(labels, shares[i]));
  assertEquals(series.map(({ value, createdMs }) => [value, createdMs]), [[6, 1_000], [2, 3_000], [10, 2_000]]);
  series.forEach((each, i) => family.remove(each, shares[i]));
  assertEquals(forgotten, [["orders", ["buy"]], ["orders", undefined]]);
  assertEquals(store.size, 0);
});

Deno.test("SeriesStore.families yields no family and no series twice, whatever is removed and created again meanwhile", () => {
  for (const type of ["counter", "gauge", "timer"] as const) {
    const store = setUp();
    const [first, second] = ["first", "second"].map((name) => {
      const family = store.define(definitionOf(type, name));
      return { family, add: (side: string) => addTo(family, side) };
    });
    const [buy] = [first.add("buy"), first.add("sell"), second.add("buy")];
    const given: string[] = [];
    for (const { name, points } of store.families(0)) {
      for (const { labels } of points) {
        given.push(`${name} ${labels.side}`);
        if (given.length > 20) throw new Error(`no end of ${given}`);
        if (given.length > 1) continue;
        buy();
        first.add("buy");
      }
      if (!name.startsWith("first")) continue;
      store.remove(first.family);
      addTo(store.define(definitionOf("counter", "first")), "buy");
    }
    const families = new Set(given.map((each) => each.split("_")[0]));
    assertEquals([type, families.has("first"), families.has("second")], [type, true, true]);
    assertEquals([type, given], [type, [...new Set(given)]]);
    assertEquals([type, given.includes("first_exposed sell")], [type, true]);
    // The next read has what was made meanwhile.
    const next = [...store.families(0)].flatMap(({ name, points }) => [...points].map(() => name));
    assertEquals([type, next.at(-1)], [type, "first_exposed"]);
  }
});

Deno.test("SeriesStore.families yields the quantiles of the named windows, of all of them by default", () => {
  const windows = [["1s", 1_000], ["1m", 60_000]].map(([name, lengthMs]) => ({ name, lengthMs }) as WindowSpec);
  const store = new SeriesStore(planWindows(windows));
  addTo(store.define(definitionOf("timer", "job")), "buy");
  const exposed = (names?: readonly string[]) =>
    [...store.families(0, names)].map(({ name, points }) => [name, ...[...points].map(({ window }) => window)]);
  const histogram = ["job_exposed", undefined];
  assertEquals(exposed(), [histogram, ["job_window", "1s", "1m"]]);
  assertEquals(exposed(["1m"]), [histogram, ["job_window", "1m"]]);
  assertEquals(exposed([]), [histogram]);
});

/** Adds a series and returns a function that removes it. */
function addTo(family: ScalarFamily | DistributionFamily, side: string): () => void {
  if (family instanceof DistributionFamily) {
    const series = family.add({ side }, 0);
    return () => family.remove(series);
  }
  const share = shareOf(1);
  const series = family.add({ side }, share);
  return () => family.remove(series, share);
}

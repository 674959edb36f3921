import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { ThreadState } from "../../../src/aggregate/drain/thread_state.ts";
import { OVERFLOW_LABELS } from "../../../src/aggregate/series/label_sets.ts";
import type { Distribution } from "../../../src/aggregate/series/distribution.ts";
import type { Scalar } from "../../../src/aggregate/series/scalar.ts";
import type { ScalarFamily } from "../../../src/aggregate/series/scalar_family.ts";
import { SeriesStore } from "../../../src/aggregate/series/store.ts";
import type { Announcement, Definition, Exemplar, SeriesAnnouncement } from "../../../src/model/model.ts";
import { cellsOf, CHUNK_CELLS, createChunk, Place, placesOf } from "../../../src/ring/cells.ts";
import { createRing, Taken } from "../../../src/ring/layout.ts";
import { TakenCounts } from "../../../src/ring/taken_counts.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";
import { HISTOGRAM } from "../../_support/aggregate/drain/histogram.ts";

const COUNTER: Definition = { ...HISTOGRAM, type: "counter", ...namesOf("orders_total") };
const GAUGE: Definition = { ...HISTOGRAM, type: "gauge", ...namesOf("depth") };
const EXEMPLAR: Exemplar = { labels: { trace_id: "a" }, value: 1, timestampMs: 0 };

function namesOf(name: string): Pick<Definition, "name" | "exposedName" | "windowName"> {
  return { name, exposedName: name, windowName: `${name}_window` };
}

/** A store, and threads that have defined the same instruments: number 0 a histogram, 1 a counter, 2 a gauge. */
function setUp(seriesMax?: number) {
  const store = new SeriesStore(planWindows([]), seriesMax);
  const start = (taken?: TakenCounts) => {
    const state = new ThreadState(store, () => 0, taken);
    const chunk = createChunk(false);
    state.admit({ kind: "chunk", chunk: 0, memory: chunk });
    [HISTOGRAM, COUNTER, GAUGE].forEach((definition, instrument) =>
      state.admit({ kind: "instrument", instrument, definition })
    );
    return { state, cells: cellsOf(chunk), places: placesOf(cellsOf(chunk)) };
  };
  /** Content of a family, by label. */
  const content = (name: string): Record<string, number> => {
    const metric = store.snapshot(0).find((each) => each.name === name);
    return Object.fromEntries(
      (metric?.series ?? []).map((each) => [each.labels.id, "value" in each ? each.value : each.count]),
    );
  };
  const scalars = (name: string): Scalar[] => {
    const family = Array.from(store.all).find(({ definition }) => definition.name === name) as ScalarFamily;
    return [...family.current(0)];
  };
  return { store, start, content, scalars };
}

/** Series of an instrument that {@linkcode setUp} defines; its cell has the index of its id. */
function seriesOf(instrument: number, series: number, id: string, isOverflow = false): SeriesAnnouncement {
  const cell = instrument === 0 ? undefined : { chunk: 0, index: series };
  return { kind: "series", series, instrument, labelValues: [id], isOverflow, cell };
}

Deno.test("ThreadState joins series whose labels another thread declares in another order", () => {
  const { start, scalars } = setUp();
  const declare = (labelNames: string[], labelValues: string[]) => {
    const { state, cells } = start();
    state.admit({
      kind: "instrument",
      instrument: 3,
      definition: { ...COUNTER, ...namesOf("sent_total"), labelNames },
    });
    assertEquals(state.clash, undefined);
    state.admit({ ...seriesOf(3, 0, ""), labelValues });
    cells[0] = 2;
  };
  declare(["pair", "side"], ["BTC", "buy"]);
  declare(["side", "pair"], ["buy", "BTC"]);
  assertEquals(scalars("sent_total").map(({ labels }) => Object.entries(labels)), [[["pair", "BTC"], ["side", "buy"]]]);
});

Deno.test("ThreadState keeps apart an instrument whose definition differs from another thread's", () => {
  const { store, start, content } = setUp();
  start();
  const { state } = start();
  assertEquals([state.clash, state.isClashing(0)], [undefined, false]);
  state.admit({ kind: "instrument", instrument: 3, definition: { ...HISTOGRAM, help: "another" } });
  assertInstanceOf(state.clash, TypeError);
  assertEquals([state.isClashing(0), state.isClashing(3)], [false, true]);
  state.admit(seriesOf(3, 0, "hidden"));
  state.distributions[0]?.record(1, 1, 0);
  assertEquals(content("size"), {});
  state.admit({ kind: "undefine", instrument: 3 });
  assertEquals([state.clash, state.isClashing(3)], [undefined, false]);
  assertEquals([...store.all].length, 3);
});

Deno.test("ThreadState removes an undefined instrument for all threads, and admits no more of its series", () => {
  const { store, start } = setUp();
  const { state } = start();
  const [family] = store.all;
  state.admit({ kind: "instrument", instrument: 3, definition: HISTOGRAM });
  assertEquals(state.instrumentsOf(family), [0, 3]);
  state.admit({ kind: "undefine", instrument: 3 });
  assertEquals(state.instrumentsOf(family), [0]);
  assertEquals(Array.from(store.all, ({ definition }) => definition.name), ["orders_total", "depth"]);
  assertThrows(() => state.admit(seriesOf(3, 0, "a")), Error, "Cannot add series 0: its instrument is not defined");
  state.admit({ kind: "undefine", instrument: 3 });
});

Deno.test("ThreadState hides an instrument that another thread has removed", () => {
  const { store, start } = setUp();
  const { state } = start();
  state.admit({ kind: "instrument", instrument: 3, definition: { ...GAUGE, ...namesOf("level") }, isRemoved: true });
  state.admit(seriesOf(3, 0, "a"));
  assertEquals(Array.from(store.all, ({ definition }) => definition.name), ["size", "orders_total", "depth"]);
});

Deno.test("ThreadState declares key performance indicators", () => {
  const { store, start } = setUp();
  const kpi = { name: "fill" } as (typeof store.kpis)[number];
  start().state.admit({ kind: "kpis", kpis: [kpi] });
  assertEquals(store.kpis, [kpi]);
});

Deno.test("ThreadState reads a scalar and its stamp from the thread's cells, and refuses one without a cell", () => {
  const { start, scalars } = setUp();
  const { state, cells } = start();
  state.admit(seriesOf(1, 7, "a"));
  [cells[7], cells[7 + CHUNK_CELLS]] = [5, 1_234];
  assertEquals(scalars("orders_total").map(({ value, createdMs }) => [value, createdMs]), [[5, 1_234]]);
  assertThrows(
    () => state.admit({ ...seriesOf(1, 8, "b"), cell: undefined }),
    Error,
    "Cannot add series 8: it has no cell",
  );
});

Deno.test("ThreadState.leave keeps what a thread has counted, and removes its share of gauges", () => {
  const { store, start, content } = setUp();
  const [gone, stays] = [start(), start()];
  for (const [at, { state, cells }] of [gone, stays].entries()) {
    // Not all ids are in use.
    for (const [instrument, series] of [[0, 1], [1, 3], [2, 5]]) state.admit(seriesOf(instrument, series, "a"));
    [cells[3], cells[5]] = [10 ** at, 10 ** at];
    state.distributions[1]?.record(1, 1, 0);
  }
  assertEquals([content("size"), content("orders_total"), content("depth")], [{ a: 2 }, { a: 11 }, { a: 11 }]);
  gone.state.leave();
  assertEquals([content("size"), content("orders_total"), content("depth")], [{ a: 2 }, { a: 11 }, { a: 10 }]);
  for (const series of [1, 3, 5]) gone.state.admit({ kind: "remove", series, head: 0 });
  assertEquals([content("size"), content("orders_total"), content("depth")], [{ a: 2 }, { a: 11 }, { a: 10 }]);
  stays.state.admit({ kind: "remove", series: 1, head: 0 });
  assertEquals([...store.all][0].size, 0);
});

Deno.test("ThreadState.leave ends the presence of a scalar in its series", () => {
  const { start, content } = setUp();
  const { state } = start();
  state.admit(seriesOf(2, 0, "a"));
  assertEquals(content("depth"), { a: 0 });
  state.leave();
  assertEquals(content("depth"), {});
});

Deno.test("ThreadState removes a thread's series once, however often that is announced", () => {
  const { store, start, content } = setUp();
  const [one, other] = [start(), start()];
  for (const { state } of [one, other]) {
    for (const [instrument, series] of [[0, 0], [1, 1], [2, 2]]) state.admit(seriesOf(instrument, series, "a"));
  }
  other.cells.set([0, 3, 4]);
  other.state.distributions[0]?.record(1, 1, 0);
  for (const series of [0, 1, 2, 0, 1, 2]) one.state.admit({ kind: "remove", series, head: 0 });
  assertEquals([content("size"), content("orders_total"), content("depth")], [{ a: 1 }, { a: 3 }, { a: 4 }]);
  for (const series of [0, 1, 2]) other.state.admit({ kind: "remove", series, head: 0 });
  assertEquals(Array.from(store.all, ({ size }) => size), [0, 0, 0]);
});

Deno.test("ThreadState discards the records of a removed series that only a previous run has known", () => {
  const { state } = setUp().start();
  state.admit({ kind: "remove", series: 9, head: 0 });
  assertEquals(state.distributions[9], null);
});

Deno.test("ThreadState resets a distribution under its new id alone, and no scalar", () => {
  const { start, content } = setUp();
  const { state, cells } = start();
  for (const [instrument, series] of [[0, 0], [1, 1]]) state.admit(seriesOf(instrument, series, "a"));
  cells[1] = 5;
  for (const [series, newSeries] of [[0, 7], [1, 8]]) state.admit({ kind: "reset", series, newSeries, head: 0 });
  assertEquals([state.distributions[0], state.distributions[8]], [null, undefined]);
  state.admit({ kind: "remove", series: 0, head: 0 });
  state.distributions[7]?.record(1, 1, 0);
  assertEquals([content("size"), content("orders_total")], [{ a: 1 }, { a: 5 }]);
});

Deno.test("ThreadState.distributionOf returns distributions with their family, and no scalar", () => {
  const { state } = setUp().start();
  for (const [instrument, series] of [[0, 0], [1, 1]]) state.admit(seriesOf(instrument, series, "a"));
  assertEquals(state.distributionOf(0)?.series, state.distributions[0] as Distribution);
  assertEquals([0, 1, 2].map((series) => state.distributionOf(series)?.family.definition.name), [
    "size",
    undefined,
    undefined,
  ]);
});

Deno.test("ThreadState drops exemplars for a series that is gone or unknown, and no exemplar for a distribution", () => {
  const { start } = setUp();
  const { state } = start();
  for (const [instrument, series] of [[0, 0], [0, 1], [1, 2]]) state.admit(seriesOf(instrument, series, `${series}`));
  const [distribution, old] = state.distributions;
  state.admit({ kind: "reset", series: 1, newSeries: 4, head: 0 });
  state.admit({ kind: "remove", series: 2, head: 0 });
  const exemplars = [[0, EXEMPLAR], [0, undefined], [1, EXEMPLAR], [2, EXEMPLAR], [9, EXEMPLAR]] as const;
  state.admit({ kind: "exemplars", exemplars: exemplars.map(([series, exemplar]) => ({ series, exemplar })) });
  assertEquals([distribution?.exemplars, old?.exemplars], [[EXEMPLAR], []]);
});

Deno.test("ThreadState places a label set past the cap in the overflow series, unless it has been placed before", () => {
  const none: SeriesAnnouncement["labelValues"] = [];
  const own = { id: "b" };
  for (
    const { name, before = Place.none, definition = COUNTER, labelValues = ["b"], isOverflow = false, expected } of [
      { name: "past the cap", expected: [OVERFLOW_LABELS, Place.overflow, 1] },
      { name: "past that of its thread", isOverflow: true, expected: [OVERFLOW_LABELS, Place.overflow, 0] },
      { name: "that another thread has", labelValues: ["a"], expected: [{ id: "a" }, Place.own, 0] },
      { name: "placed by a previous run", before: Place.own, expected: [own, Place.own, 0] },
      {
        name: "that overflowed before",
        before: Place.overflow,
        labelValues: ["a"],
        expected: [OVERFLOW_LABELS, Place.overflow, 0],
      },
      {
        name: "of an instrument without labels",
        definition: { ...COUNTER, ...namesOf("all_total"), labelNames: [] },
        labelValues: none,
        expected: [{}, Place.own, 0],
      },
    ]
  ) {
    const { start, scalars } = setUp(1);
    start().state.admit(seriesOf(1, 0, "a"));
    const taken = new TakenCounts(createRing(64, false));
    const { state, places } = start(taken);
    state.admit({ kind: "instrument", instrument: 3, definition });
    places[5] = before;
    state.admit({ ...seriesOf(3, 5, ""), labelValues, isOverflow });
    const labels = scalars(definition.name).at(-1)?.labels;
    assertEquals([name, labels, places[5], taken.at(Taken.overflowed)], [name, ...expected]);
    // A thread that counts nothing is treated alike.
    start().state.admit({ ...seriesOf(1, 5, ""), labelValues, isOverflow } as Announcement);
  }
});

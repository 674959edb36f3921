import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BucketHistory, keysPerBucketOf, slotsPerColumn } from "../../../src/dashboard/data/bucket_history.ts";
import {
  coarsened,
  type Counts,
  countsOf,
  keyOf,
  merge,
  middleOf,
  NO_COUNTS,
  totalOf,
} from "../../../src/dashboard/data/bucket_keys.ts";
import {
  columnsOf,
  gainedLine,
  knownColumns,
  QuantileLines,
  rateLine,
  timesOf,
  valueLine,
} from "../../../src/dashboard/data/columns.ts";
import { History } from "../../../src/dashboard/data/history.ts";
import type { SeriesState } from "../../../src/dashboard/data/live_model.ts";
import { RANGES } from "../../../src/dashboard/data/ranges.ts";
import { Timeline } from "../../../src/dashboard/data/timeline.ts";
import { indexOf } from "../../../src/sketch/exponential.ts";

const SCHEMA = 6;
const [ONE_MINUTE, FIVE_MINUTES, QUARTER, HOUR] = RANGES;
const LAST = 7_199;

function timelineUpTo(slot: number): Timeline {
  const timeline = new Timeline(1_000);
  timeline.advance(slot * 1_000);
  return timeline;
}

function historyOf(valueAt: (slot: number) => number): History {
  const history = new History(3_600);
  for (let slot = LAST - 3_599; slot <= LAST; slot++) history.write({ slot, isContinuous: true }, valueAt(slot));
  return history;
}

Deno.test("columnsOf has at most 240 points, the last one at the end", () => {
  const timeline = timelineUpTo(LAST);
  const counts = [ONE_MINUTE, FIVE_MINUTES, QUARTER, HOUR].map((range) => {
    const times = timesOf(columnsOf(range, timeline, LAST));
    return [times.length, times[times.length - 1]];
  });
  assertEquals(counts, [[60, 7_200], [150, 7_200], [180, 7_200], [240, 7_200]]);
});

Deno.test("rateLine adds up what totals gain a second, whatever the width of a column", () => {
  const timeline = timelineUpTo(LAST);
  const totals = [historyOf((slot) => slot * 3), historyOf((slot) => slot * 4)];
  for (const range of [FIVE_MINUTES, QUARTER, HOUR]) {
    const columns = columnsOf(range, timeline, LAST);
    const line = rateLine(totals, columns);
    // Before the first column of an hour, nothing is kept to subtract from.
    assertEquals(new Set(line.slice(1)), new Set([7]));
    assertEquals(gainedLine(totals, columns)[10], 7 * columns.slots);
  }
});

Deno.test("rateLine is right about a column that is not over yet", () => {
  const columns = columnsOf(HOUR, timelineUpTo(LAST), LAST - 10);
  assertEquals(rateLine([historyOf((slot) => slot * 3)], columns).at(-1), 3);
});

Deno.test("valueLine keeps peaks that are shorter than a column", () => {
  const peaks = historyOf((slot) => slot === LAST - 20 ? 500 : slot === LAST - 3 ? -80 : 2);
  const line = valueLine(peaks, columnsOf(HOUR, timelineUpTo(LAST), LAST));
  assertEquals(line.slice(-3), [2, 500, -80]);
});

Deno.test("knownColumns has the columns that a frame has come in", () => {
  const timeline = new Timeline(1_000);
  for (const slot of [LAST - 30, LAST - 29, LAST]) timeline.advance(slot * 1_000);
  const known = knownColumns(columnsOf(ONE_MINUTE, timeline, LAST), timeline);
  assertEquals([known.indexOf(true), known.lastIndexOf(true), known.filter(Boolean).length], [29, 59, 3]);
});

Deno.test("QuantileLines looks five seconds back, and counts what still comes into its last columns", () => {
  const { series, add } = fixture();
  add(LAST - 10, 0.001, 10);
  const lines = new QuantileLines([series], SCHEMA);
  const columns = columnsOf(ONE_MINUTE, timelineUpTo(LAST), LAST - 10);
  const middle = (value: number) => middleOf(keyOf(value, SCHEMA), SCHEMA);
  assertAlmostEquals(lines.at(columns)[0].at(-1) ?? 0, middle(0.001), 1e-9);
  add(LAST - 10, 0.004, 20);
  assertAlmostEquals(lines.at(columns)[0].at(-1) ?? 0, middle(0.004), 1e-9);
  const later = columnsOf(ONE_MINUTE, timelineUpTo(LAST), LAST - 4);
  const [median] = lines.at(later);
  assertEquals(median.slice(-8).map((value) => value === null), [true, false, false, false, false, false, true, true]);
});

Deno.test("BucketHistory has the same values in columns of all widths", () => {
  const { series, add } = fixture();
  for (let slot = LAST - 14; slot <= LAST; slot++) add(slot, 0.001 * (1 + slot % 3), 2);
  const history = series.distribution?.buckets as BucketHistory;
  assertEquals(
    [history.at(LAST, 1), history.at(Math.floor(LAST / 5), 5), history.at(Math.floor(LAST / 15), 15)].map(totalOf),
    [
      2,
      10,
      30,
    ],
  );
  assertEquals(history.at(LAST - 600, 1).length, 0);
});

Deno.test("BucketHistory keeps an hour with a quarter of the buckets, and the same where columns are the same", () => {
  const { series, add } = fixture();
  for (let i = 0; i < 64; i++) add(LAST, 2 ** ((i + 0.5) / 64), 1);
  const history = series.distribution?.buckets as BucketHistory;
  assertEquals([1, 2, 5, 15].map((slots) => history.at(Math.floor(LAST / slots), slots).length / 2), [64, 64, 64, 16]);
  assertEquals([1, 2, 5, 15].map((slots) => keysPerBucketOf(slots, 1_000)), [1, 1, 1, 4]);
  // A frame every ten seconds: all ranges but that of an hour have a column for each, and none is wider than another.
  assertEquals(RANGES.map(({ columnMs }) => keysPerBucketOf(slotsPerColumn(columnMs, 10_000), 10_000)), [1, 1, 1, 4]);
  assertEquals(RANGES.map(({ columnMs }) => keysPerBucketOf(slotsPerColumn(columnMs, 15_000), 15_000)), [1, 1, 1, 1]);
});

Deno.test("coarsened loses no value, and moves none by more than the width of a bucket", () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 50 });
  fc.assert(fc.property(values, fc.constantFrom(1, 2, 4, 8), (all, buckets) => {
    const fine = all.map((value) => keyOf(value, SCHEMA)).sort((a, b) => a - b)
      .reduce((counts, key) => merge(counts, new Int32Array([key, 1])), NO_COUNTS);
    const coarse = coarsened(fine, buckets);
    assertEquals(totalOf(coarse), all.length);
    const keysOf = (counts: Counts) =>
      Array.from(counts).flatMap((key, i) => i % 2 === 0 ? new Array<number>(counts[i + 1]).fill(key) : []);
    const moved = keysOf(coarse).map((key, i) => Math.abs(key - keysOf(fine)[i]));
    assertEquals(moved.filter((keys) => keys >= buckets), []);
  }));
});

Deno.test("BucketHistory forgets a second after a minute, and wider columns later", () => {
  const { series, add } = fixture();
  for (let slot = 0; slot <= LAST; slot += 1) add(slot, 0.001, 1);
  const history = series.distribution?.buckets as BucketHistory;
  const kept = [1, 2, 5, 15].map((slots) => {
    let count = 0;
    for (let column = 0; column <= LAST / slots; column++) count += history.at(column, slots).length > 0 ? 1 : 0;
    return count;
  });
  assertEquals(kept, [65, 153, 181, 241]);
});

function fixture(): { series: SeriesState; add: (slot: number, value: number, count: number) => void } {
  const buckets = new BucketHistory(1_000);
  const metric = { name: "fill_seconds", type: "histogram", unit: "seconds", help: "", schema: SCHEMA } as const;
  const distribution = { buckets, violations: undefined, quantiles: undefined, latest: undefined, exemplars: [] };
  const series = { key: "", metric, labels: {}, values: new History(3_600), value: NaN, distribution };
  const add = (slot: number, value: number, count: number) =>
    buckets.add(slot, countsOf({ positive: [indexOf(value, SCHEMA), count] }, SCHEMA));
  return { series, add };
}

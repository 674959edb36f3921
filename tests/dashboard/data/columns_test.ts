import { assertAlmostEquals, assertEquals } from "@std/assert";
import { BucketHistory } from "../../../src/dashboard/data/bucket_history.ts";
import { countsOf, keyOf, middleOf } from "../../../src/dashboard/data/bucket_keys.ts";
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

Deno.test("rateLine sums the rates of totals, whatever the width of a column", () => {
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

Deno.test("rateLine is exact for an incomplete column", () => {
  const columns = columnsOf(HOUR, timelineUpTo(LAST), LAST - 10);
  assertEquals(rateLine([historyOf((slot) => slot * 3)], columns).at(-1), 3);
});

Deno.test("valueLine keeps peaks that are shorter than a column", () => {
  const peaks = historyOf((slot) => slot === LAST - 20 ? 500 : slot === LAST - 3 ? -80 : 2);
  const line = valueLine(peaks, columnsOf(HOUR, timelineUpTo(LAST), LAST));
  assertEquals(line.slice(-3), [2, 500, -80]);
});

Deno.test("knownColumns has the columns with frames", () => {
  const timeline = new Timeline(1_000);
  for (const slot of [LAST - 30, LAST - 29, LAST]) timeline.advance(slot * 1_000);
  const known = knownColumns(columnsOf(ONE_MINUTE, timeline, LAST), timeline);
  assertEquals([known.indexOf(true), known.lastIndexOf(true), known.filter(Boolean).length], [29, 59, 3]);
});

Deno.test("QuantileLines has a window of five seconds, and recomputes its last columns", () => {
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

function fixture(): { series: SeriesState; add: (slot: number, value: number, count: number) => void } {
  const buckets = new BucketHistory(1_000);
  const metric = { name: "fill_seconds", type: "histogram", unit: "seconds", help: "", schema: SCHEMA } as const;
  const distribution = { buckets, violations: undefined, quantiles: undefined, latest: undefined, exemplars: [] };
  const series = { key: "", metric, labels: {}, values: new History(3_600), value: NaN, distribution };
  const add = (slot: number, value: number, count: number) =>
    buckets.add(slot, countsOf({ positive: [indexOf(value, SCHEMA), count] }, SCHEMA));
  return { series, add };
}

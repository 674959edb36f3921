import { assertAlmostEquals, assertEquals } from "@std/assert";
import { BucketHistory } from "../../../src/dashboard/data/bucket_history.ts";
import { countsOf } from "../../../src/dashboard/data/bucket_keys.ts";
import { type Columns, columnsOf } from "../../../src/dashboard/data/columns.ts";
import type { Group } from "../../../src/dashboard/data/groups.ts";
import { History } from "../../../src/dashboard/data/history.ts";
import type { SeriesState } from "../../../src/dashboard/data/live_model.ts";
import { windowOf } from "../../../src/dashboard/data/merged_window.ts";
import { DEFAULT_RANGE } from "../../../src/dashboard/data/ranges.ts";
import { Timeline } from "../../../src/dashboard/data/timeline.ts";
import type { LiveWindow } from "../../../src/model/live_frames.ts";
import { bucketsOf, SCHEMA } from "../../_support/dashboard/data/buckets.ts";

const METRIC = { name: "order_seconds", type: "histogram", unit: "seconds", help: "", schema: SCHEMA } as const;
const LAST = 7_199;

function columns(): Columns {
  const timeline = new Timeline(1_000);
  timeline.advance(LAST * 1_000);
  return columnsOf(DEFAULT_RANGE, timeline, LAST);
}

/** A series that has gained values at a slot, with a window. */
function seriesOf(window: LiveWindow, slot: number, values: readonly number[]): SeriesState {
  const buckets = new BucketHistory(1_000);
  buckets.add(slot, countsOf(bucketsOf(values), SCHEMA));
  const latest = { id: 0, count: values.length, sum: 0, window };
  const distribution = { buckets, violations: undefined, quantiles: undefined, latest, exemplars: [] };
  return { key: "", metric: METRIC, labels: {}, values: new History(1), value: NaN, distribution };
}

function groupOf(...series: SeriesState[]): Group {
  return { key: "", metric: METRIC, labels: {}, series };
}

const WINDOW: LiveWindow = { count: 3, rate: 0.5, mean: 2, max: 4, quantiles: { "0.5": 77 } };
const EMPTY: LiveWindow = { count: 0, rate: 0, mean: null, max: null, quantiles: {} };

Deno.test("windowOf is the frame's window of a single series, and undefined of none", () => {
  assertEquals(windowOf(groupOf(seriesOf(WINDOW, LAST, [1])), columns(), "1m"), WINDOW);
  assertEquals(windowOf(groupOf(), columns(), "1m"), undefined);
});

Deno.test("windowOf merges several series, with quantiles of what the window has gained", () => {
  const other = { ...WINDOW, count: 1, rate: 0.25, mean: 6, max: 6 };
  const group = groupOf(
    seriesOf(WINDOW, LAST, [1, 1, 4]),
    seriesOf(other, LAST - 3, [4]),
    // Older than the window.
    seriesOf(EMPTY, LAST - 90, [100, 100, 100]),
  );
  const { quantiles, ...rest } = windowOf(group, columns(), "1m") ?? EMPTY;
  assertEquals(rest, { count: 4, rate: 0.75, mean: 3, max: 6 });
  assertAlmostEquals(quantiles["0.5"] ?? NaN, 1, 0.02);
  assertAlmostEquals(quantiles["0.99"] ?? NaN, 4, 0.05);
});

Deno.test("windowOf has no values where no series has any", () => {
  const group = groupOf(seriesOf(EMPTY, LAST - 90, [1]), seriesOf(EMPTY, LAST - 90, [2]));
  const quantiles = { "0.5": null, "0.9": null, "0.95": null, "0.99": null, "0.999": null };
  assertEquals(windowOf(group, columns(), "1m"), { ...EMPTY, quantiles });
});

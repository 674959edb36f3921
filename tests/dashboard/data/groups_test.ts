import { assertEquals } from "@std/assert";
import { groupSeries, labelNamesOf } from "../../../src/dashboard/data/groups.ts";
import type { SeriesState } from "../../../src/dashboard/data/live_model.ts";
import { matcherOf } from "../../../src/dashboard/data/search.ts";
import type { LiveMetric } from "../../../src/model/live_frames.ts";

function seriesOf(name: string, type: LiveMetric["type"], labels: Record<string, string>): SeriesState {
  const metric = { name, type, unit: "", help: "" };
  return { key: JSON.stringify([name, labels]), metric, labels } as unknown as SeriesState;
}

const ALL = [
  seriesOf("fill", "histogram", { pair: "BTC", side: "buy" }),
  seriesOf("fill", "histogram", { pair: "BTC", side: "sell" }),
  seriesOf("fill", "histogram", { pair: "ETH", side: "buy" }),
  seriesOf("depth", "gauge", { pair: "BTC", book: "bids" }),
  seriesOf("depth", "gauge", { pair: "BTC", book: "asks" }),
  seriesOf("ticks", "counter", { feed: "a" }),
];

function shapeOf(search: string, groupBy: string): [string, number[]][] {
  return groupSeries(ALL, matcherOf(search), groupBy).map(({ metric, groups }) => [
    metric.name,
    groups.map(({ series }) => series.length),
  ]);
}

Deno.test("groupSeries merges by a label, but no gauges and no series without the label", () => {
  assertEquals(shapeOf("", ""), [["fill", [1, 1, 1]], ["depth", [1, 1]], ["ticks", [1]]]);
  assertEquals(shapeOf("", "pair"), [["fill", [2, 1]], ["depth", [1, 1]], ["ticks", [1]]]);
  assertEquals(shapeOf("side=buy", "pair"), [["fill", [1, 1]]]);
  assertEquals(shapeOf("nothing", ""), []);
});

Deno.test("groupSeries has the label that it merges by, and distinct keys", () => {
  const [{ groups }] = groupSeries(ALL, matcherOf("fill"), "pair");
  assertEquals(groups.map(({ labels }) => labels), [{ pair: "BTC" }, { pair: "ETH" }]);
  assertEquals(new Set(groups.map(({ key }) => key)).size, 2);
});

Deno.test("labelNamesOf has each label once", () => {
  assertEquals(labelNamesOf(ALL), ["book", "feed", "pair", "side"]);
});

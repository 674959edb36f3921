import { assertEquals, assertMatch } from "@std/assert";
import { createMetrics } from "../../mod.ts";
import { Count, Taken } from "../../src/ring/layout.ts";
import { SeriesCounts } from "../../src/aggregate/series_counts.ts";
import { selfValues } from "../_support/model/self_values.ts";
import { DEPTH, ORDERS, Producing, setUp } from "../_support/aggregate/producing.ts";

Deno.test("SeriesCounts has the number of series, and what both sides sent to an overflow series", () => {
  const { aggregator } = setUp();
  const { store, links } = aggregator.intake;
  const thread = new Producing(aggregator);
  for (const definition of [ORDERS, DEPTH]) thread.addScalar(definition, "a");
  const { counts, taken } = thread.link.consumer;
  counts[Count.overflowed] = 2;
  taken.add(Taken.overflowed, 3);
  assertEquals(new SeriesCounts(store, links).totals, { series: 2, overflowed: 5 });
});

Deno.test("SeriesCounts exposes what threads have counted of labels and exemplars", () => {
  const { aggregator } = setUp();
  const { store, links } = aggregator.intake;
  const { counts } = new Producing(aggregator).link.consumer;
  counts[Count.labelValueTruncated] = 1;
  counts[Count.exemplarTooLong] = 2;
  counts[Count.exemplarInvalid] = 3;
  counts[Count.exemplarDropped] = 4;
  assertEquals(selfValues(new SeriesCounts(store, links)), {
    hotpath_series: 0,
    hotpath_series_usage_ratio: 0,
    hotpath_series_overflowed_total: 0,
    hotpath_label_values_truncated_total: 1,
    "hotpath_exemplars_rejected_total too_long": 2,
    "hotpath_exemplars_rejected_total invalid": 3,
    hotpath_exemplars_dropped_total: 4,
  });
});

Deno.test("SeriesCounts uses no more than the limit on series, beyond which series without labels are admitted", async () => {
  await using metrics = createMetrics({ aggregation: "inline", seriesMax: 2 });
  const family = metrics.counter("orders_total", { labels: ["pair"] });
  for (const pair of ["BTC", "ETH", "SOL"]) family.with({ pair }).inc();
  metrics.counter("restarts_total").inc();
  assertMatch(await metrics.scrape(), /^hotpath_series_usage_ratio 1$/m);
});

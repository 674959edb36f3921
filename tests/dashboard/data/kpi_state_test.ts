import { assertEquals } from "@std/assert";
import { BucketHistory } from "../../../src/dashboard/data/bucket_history.ts";
import { History } from "../../../src/dashboard/data/history.ts";
import { kpiStateOf, kpiUnitOf } from "../../../src/dashboard/data/kpi_state.ts";
import type { SeriesState } from "../../../src/dashboard/data/live_model.ts";
import type { Kpi } from "../../../src/model/kpi.ts";

const BACKLOG: Kpi = {
  name: "backlog",
  metric: "backlog",
  statistic: "value",
  direction: "below",
  target: 50,
  critical: 100,
};

function gaugeAt(value: number, perSlot = 0): SeriesState {
  const values = new History(100);
  for (let slot = 0; slot <= 20; slot++) values.write({ slot, isContinuous: true }, slot * perSlot);
  const metric = { name: "backlog", type: "gauge", unit: "", help: "" } as const;
  return { key: "", metric, labels: {}, values, distribution: undefined, value };
}

Deno.test("kpiStateOf is that of the worst series, in the KPI's direction", () => {
  const verdictOf = (kpi: Kpi, values: readonly number[]) =>
    kpiStateOf(kpi, values.map((value) => gaugeAt(value)), 20, 1_000).verdict;
  assertEquals([[10, 50], [10, 51], [101, 3], []].map((values) => verdictOf(BACKLOG, values)), [
    "OK",
    "warning",
    "critical",
    "no data",
  ]);
  const above = { ...BACKLOG, direction: "above", target: 100, critical: 10 } as const;
  assertEquals([[100], [200, 99], [200, 9]].map((values) => verdictOf(above, values)), ["OK", "warning", "critical"]);
  assertEquals(verdictOf({ ...BACKLOG, target: undefined, critical: undefined }, [1e9]), "not judged");
});

Deno.test("kpiStateOf sums rates, and uses the window's p99", () => {
  const rate = kpiStateOf({ ...BACKLOG, statistic: "rate" }, [gaugeAt(0, 3), gaugeAt(0, 4)], 20, 1_000);
  assertEquals(rate.value, 7);
  assertEquals(kpiStateOf({ ...BACKLOG, statistic: "rate" }, [gaugeAt(0, 3)], 4, 1_000).value, 3);
  const window = { count: 1, rate: 1, mean: 1, max: 1, quantiles: { "0.99": 77 } };
  const latest = { id: 0, count: 1, sum: 1, window };
  const none = { violations: undefined, quantiles: undefined, exemplars: [] };
  const distribution = { ...none, buckets: new BucketHistory(1_000), latest };
  const timer: SeriesState = { ...gaugeAt(1), distribution };
  assertEquals(kpiStateOf({ ...BACKLOG, statistic: "p99" }, [timer], 20, 1_000), { value: 77, verdict: "warning" });
});

Deno.test("kpiUnitOf is the metric's unit, but none for the rate of a distribution", () => {
  const metric = { name: "order_seconds", type: "histogram", unit: "seconds", help: "" } as const;
  const kpi = { ...BACKLOG, metric: metric.name };
  const none = { violations: undefined, quantiles: undefined, exemplars: [], latest: undefined };
  const timer: SeriesState = { ...gaugeAt(1), metric, distribution: { ...none, buckets: new BucketHistory(1_000) } };
  assertEquals(kpiUnitOf({ ...kpi, statistic: "p99" }, [timer]), "seconds");
  assertEquals(kpiUnitOf({ ...kpi, statistic: "rate" }, [timer]), "");
  assertEquals(kpiUnitOf({ ...kpi, statistic: "p99" }, []), "seconds");
  assertEquals(kpiUnitOf(BACKLOG, []), "");
});

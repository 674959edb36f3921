import { assertEquals } from "@std/assert";
import { BucketHistory } from "../../src/dashboard/data/bucket_history.ts";
import { History } from "../../src/dashboard/data/history.ts";
import { kpiStateOf } from "../../src/dashboard/data/kpi_state.ts";
import type { SeriesState } from "../../src/dashboard/data/live_model.ts";
import { sloStateOf } from "../../src/dashboard/data/slo_state.ts";
import { barsOf } from "../../src/dashboard/data/waterfall.ts";
import type { Kpi } from "../../src/model/kpi.ts";
import type { LiveDistribution } from "../../src/model/live_frames.ts";
import type { TraceDetail } from "../../src/model/spans.ts";

const OBJECTIVE = { thresholdSeconds: 0.005, target: 0.99 };

function judged(compliance: number | null, burnRate: number | null, count = 1_000): LiveDistribution {
  const violations = compliance === null ? 0 : Math.round((1 - compliance) * count);
  const window = { count: 10, rate: 1, mean: null, max: null, quantiles: {} };
  return { id: 0, count, sum: 0, window, slo: { violations, compliance, burnRate } };
}

Deno.test("sloStateOf is kept, at risk or missed by target and burn rate", () => {
  const cases: [number | null, number | null, string][] = [
    [0.995, 0.5, "kept"],
    [0.99, 1, "kept"],
    [0.995, 1.01, "at risk"],
    [0.9899, 0.2, "missed"],
    [1, null, "kept"],
  ];
  for (const [compliance, burnRate, verdict] of cases) {
    assertEquals(sloStateOf(OBJECTIVE, [judged(compliance, burnRate)]).verdict, verdict);
  }
  assertEquals(sloStateOf(OBJECTIVE, [judged(null, null, 0)]).verdict, "no data");
  assertEquals(sloStateOf(OBJECTIVE, []).verdict, "no data");
});

Deno.test("sloStateOf judges several series by what all of them have done", () => {
  const state = sloStateOf(OBJECTIVE, [judged(1, 0, 3_000), judged(0.98, 2, 1_000)]);
  assertEquals([state.compliance, state.burnRate, state.verdict], [0.995, 1, "kept"]);
});

Deno.test("sloStateOf says how much of the budget is left", () => {
  assertEquals(sloStateOf(OBJECTIVE, [judged(1, 0)]).budgetLeft, 1);
  assertEquals(sloStateOf(OBJECTIVE, [judged(0.9, 0)]).budgetLeft, 0);
  assertEquals(sloStateOf(OBJECTIVE, [judged(0.995, 0)]).budgetLeft.toFixed(6), "0.500000");
});

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

Deno.test("kpiStateOf judges by the series that does worst, on the side that is said", () => {
  const verdictOf = (kpi: Kpi, values: readonly number[]) =>
    kpiStateOf(kpi, values.map((value) => gaugeAt(value)), 20, 1_000).verdict;
  assertEquals([[10, 50], [10, 51], [101, 3], []].map((values) => verdictOf(BACKLOG, values)), [
    "well",
    "warning",
    "critical",
    "no data",
  ]);
  const above = { ...BACKLOG, direction: "above", target: 100, critical: 10 } as const;
  assertEquals([[100], [200, 99], [200, 9]].map((values) => verdictOf(above, values)), ["well", "warning", "critical"]);
  assertEquals(verdictOf({ ...BACKLOG, target: undefined, critical: undefined }, [1e9]), "not judged");
});

Deno.test("kpiStateOf adds up rates, and takes the window's p99", () => {
  const rate = kpiStateOf({ ...BACKLOG, statistic: "rate" }, [gaugeAt(0, 3), gaugeAt(0, 4)], 20, 1_000);
  assertEquals(rate.value, 7);
  assertEquals(kpiStateOf({ ...BACKLOG, statistic: "rate" }, [gaugeAt(0, 3)], 4, 1_000).value, 3);
  const latest = { ...judged(1, 0), window: { count: 1, rate: 1, mean: 1, max: 1, quantiles: { "0.99": 77 } } };
  const none = { violations: undefined, quantiles: undefined, exemplars: [] };
  const distribution = { ...none, buckets: new BucketHistory(1_000), latest };
  const timer: SeriesState = { ...gaugeAt(1), distribution };
  assertEquals(kpiStateOf({ ...BACKLOG, statistic: "p99" }, [timer], 20, 1_000), { value: 77, verdict: "warning" });
});

Deno.test("barsOf nests stages, and stays within the trace whatever it says", () => {
  const stage = (spanId: string, parentId: string | null, startOffsetSeconds: number, durationSeconds: number) => {
    const rest = { name: spanId, labels: {}, thread: "main", kind: "internal", isError: false } as const;
    return { spanId, parentId, startOffsetSeconds, durationSeconds, ...rest };
  };
  const stages = [
    stage("a", null, 0, 2),
    stage("b", "a", 0.5, 1),
    stage("c", "b", 0.5, 9),
    stage("d", "gone", -1, 1),
    stage("e", "f", 0, 0),
    stage("f", "e", 0, 0),
  ];
  const bars = barsOf({ stages, endToEndSeconds: 2 } as unknown as TraceDetail);
  assertEquals(bars.map(({ depth, start, length }) => [depth, start, length]), [
    [0, 0, 1],
    [1, 0.25, 0.5],
    [2, 0.25, 1],
    [0, 0, 0.5],
    [1, 0, 0],
    [1, 0, 0],
  ]);
});

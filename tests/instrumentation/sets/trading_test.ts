import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  noopMetrics,
  TRADING_KPIS,
  type TradingKpi,
  tradingMetrics,
  type TradingMetricsOptions,
} from "@hotpath/metrics";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { distributionOf, metricOf, valueOf } from "../../_support/snapshots.ts";

const ORDER = { trading_pair: "BTC-USD", order_type: "limit", side: "buy", strategy: "momentum" };
const PAIR = { trading_pair: "BTC-USD" };

/** Metrics that the runtime collectors have. */
const RUNTIME = ["process_resident_memory_bytes", "process_cpu_seconds_total", "deno_gc_duration_seconds"];

function kpiOf(kpis: readonly TradingKpi[], name: string): TradingKpi {
  const kpi = kpis.find((each) => each.name === name);
  assert(kpi !== undefined, name);
  return kpi;
}

/** Records once through each instrument. */
function recordAll({ kpis: _, ...set }: ReturnType<typeof tradingMetrics>, seconds: number): void {
  set.orderExecution.with(ORDER).observe(seconds);
  set.orderRoundTrip.with(ORDER).observe(seconds);
  set.marketDataUpdates.with(PAIR).inc();
  set.marketDataProcessing.with(PAIR).observe(seconds);
  set.signalGeneration.with({ ...PAIR, strategy: "momentum" }).observe(seconds);
  set.websocketMessage.with(PAIR).observe(seconds);
  for (const timer of [set.apiResponse, set.databaseQuery, set.dashboardRender]) timer.observe(seconds);
}

Deno.test("TRADING_KPIS has targets and critical thresholds in base units", () => {
  assertEquals(
    TRADING_KPIS.map(({ name, direction, target, critical }) => [name, direction, target, critical]),
    [
      ["order_execution", "below", 0.1, 0.5],
      ["order_round_trip", "below", 0.25, 1],
      ["market_data_updates", "above", 1_000, 100],
      ["market_data_processing", "below", undefined, undefined],
      ["signal_generation", "below", 0.05, 0.2],
      ["memory", "below", undefined, undefined],
      ["cpu", "below", undefined, undefined],
      ["gc_pause", "below", 0.01, 0.1],
      ["api_response", "below", 0.05, 0.5],
      ["websocket_message", "below", 0.02, 0.1],
      ["database_query", "below", 0.03, 0.2],
      ["dashboard_render", "below", 0.5, 2],
    ],
  );
});

Deno.test("TRADING_KPIS is immutable", () => {
  assert(Object.isFrozen(TRADING_KPIS));
  for (const kpi of TRADING_KPIS) assert(Object.isFrozen(kpi) && Object.isFrozen(kpi.labels), kpi.name);
});

Deno.test("tradingMetrics has the metric, unit and labels that each KPI names", async () => {
  await using test = inlineMetrics();
  const set = tradingMetrics(test.metrics);
  assertEquals(set.kpis, TRADING_KPIS);
  recordAll(set, 0.001);
  const snapshot = await test.metrics.snapshot();
  const own = TRADING_KPIS.filter(({ metric }) => !RUNTIME.includes(metric));
  for (const { metric, statistic, unit, labels } of own) {
    const { type, unit: exposedUnit, series } = metricOf(snapshot, metric);
    assertEquals([type, exposedUnit], statistic === "p99" ? ["histogram", unit] : ["counter", ""]);
    assertEquals(series.map((each) => Object.keys(each.labels)), [[...labels]]);
  }
  assertEquals(snapshot.metrics.map(({ name }) => name).toSorted(), own.map(({ metric }) => metric).toSorted());
});

Deno.test("tradingMetrics takes its timers' objectives from the targets", async () => {
  await using test = inlineMetrics();
  const set = tradingMetrics(test.metrics, {
    sloTarget: 0.9,
    thresholds: { order_execution: { target: 0.005 }, market_data_processing: { target: 0.002, critical: 0.1 } },
  });
  assertEquals(kpiOf(set.kpis, "order_execution"), {
    ...kpiOf(TRADING_KPIS, "order_execution"),
    ...{ target: 0.005, critical: 0.5 },
  });
  assertStrictEquals(kpiOf(TRADING_KPIS, "order_execution").target, 0.1);
  recordAll(set, 0.04);
  const snapshot = await test.metrics.snapshot();
  for (const { name, metric, statistic, target, labels } of set.kpis) {
    if (statistic !== "p99" || RUNTIME.includes(metric)) continue;
    const series = distributionOf(snapshot, metric, Object.fromEntries(labels.map((label) => [label, ORDER[label]])));
    const { thresholdSeconds, target: share, violations } = series.slo ?? {};
    assert(target !== undefined, name);
    assertEquals([thresholdSeconds, share, violations], [target, 0.9, target < 0.04 ? 1 : 0]);
  }
});

Deno.test("tradingMetrics without a target has no objective", async () => {
  await using test = inlineMetrics();
  recordAll(tradingMetrics(test.metrics), 5);
  const snapshot = await test.metrics.snapshot();
  assertEquals(distributionOf(snapshot, "market_data_processing_seconds", PAIR).slo, undefined);
  assertEquals(distributionOf(snapshot, "order_round_trip_seconds", ORDER).slo?.target, 0.99);
});

Deno.test("tradingMetrics returns the same instruments again", async () => {
  await using test = inlineMetrics();
  recordAll(tradingMetrics(test.metrics), 0.001);
  recordAll(tradingMetrics(test.metrics), 0.001);
  recordAll(tradingMetrics(noopMetrics), 0.001);
  const snapshot = await test.metrics.snapshot();
  assertEquals(valueOf(snapshot, "market_data_updates_total", PAIR), 2);
  assertThrows(() => tradingMetrics(test.metrics, { sloTarget: 0.5 }), TypeError, "order_execution");
});

Deno.test("tradingMetrics refuses invalid options", () => {
  const refuse = (options: unknown, error: new () => Error, says: string) =>
    assertThrows(
      () => tradingMetrics(noopMetrics, options as TradingMetricsOptions),
      error,
      `Cannot create trading metrics: ${says}`,
    );
  refuse({ targets: {} }, TypeError, "options must be among thresholds, sloTarget");
  refuse({ sloTarget: "1" }, TypeError, 'sloTarget must be a number above 0 and below 1, got "1"');
  refuse({ sloTarget: 1 }, RangeError, "sloTarget must be a number above 0 and below 1, got 1");
  refuse({ thresholds: 5 }, TypeError, "thresholds must be an object");
  refuse({ thresholds: { latency: {} } }, TypeError, "keys of thresholds must be among order_execution, ");
  refuse({ thresholds: { memory: 5 } }, TypeError, "thresholds.memory must be an object with target and critical");
  refuse({ thresholds: { memory: { max: 5 } } }, TypeError, "keys of thresholds.memory must be among target, critical");
  refuse(
    { thresholds: { memory: { target: "1" } } },
    TypeError,
    "thresholds.memory.target must be a finite number above 0",
  );
  refuse(
    { thresholds: { memory: { critical: 0 } } },
    RangeError,
    "thresholds.memory.critical must be a finite number above 0",
  );
  refuse(
    { thresholds: { memory: { target: NaN } } },
    RangeError,
    "thresholds.memory.target must be a finite number above 0",
  );
  refuse(
    { thresholds: { order_execution: { target: 0.5 } } },
    RangeError,
    "thresholds.order_execution.target must be below critical, 0.5, got 0.5",
  );
  refuse(
    { thresholds: { market_data_updates: { critical: 2_000 } } },
    RangeError,
    "thresholds.market_data_updates.target must be above critical, 2000, got 1000",
  );
});

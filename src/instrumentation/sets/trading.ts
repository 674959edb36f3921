/**
 * A ready-made set for trading systems: the instruments behind their KPIs.
 *
 * @module
 */

import { checkInnerShare, checkMethods, orDefault } from "../../check/checks.ts";
import { checkOptions } from "../../check/options.ts";
import type { CounterFamily } from "../../instrument/counter.ts";
import type { SloOptions } from "../../instrument/slo.ts";
import type { Timer, TimerFamily } from "../../instrument/timer.ts";
import type { Metrics } from "../../api/metrics.ts";
import {
  kpisWithThresholds,
  ORDER_LABELS,
  type TradingKpi,
  type TradingKpiName,
  type TradingLabel,
  type TradingThresholds,
} from "./trading_kpis.ts";

/** What can be said of the set. */
export interface TradingMetricsOptions {
  /** Thresholds of a system's own, by KPI, in the KPI's unit. */
  readonly thresholds?: Readonly<Partial<Record<TradingKpiName, TradingThresholds>>>;
  /** The share of durations that shall keep their target, above 0 and below 1; 0.99 by default. */
  readonly sloTarget?: number;
}

/** The instruments. Keep the handles that `with` gives. */
export interface TradingMetrics {
  /** Sending an order to its answer. */
  readonly orderExecution: TimerFamily<TradingLabel>;
  /** The decision to trade to the settled answer. */
  readonly orderRoundTrip: TimerFamily<TradingLabel>;
  /** Updates of market data that came in. */
  readonly marketDataUpdates: CounterFamily<"trading_pair">;
  /** Work on one update. */
  readonly marketDataProcessing: TimerFamily<"trading_pair">;
  /** From data to a signal, or to none. */
  readonly signalGeneration: TimerFamily<"trading_pair" | "strategy">;
  /** A call of an API. */
  readonly apiResponse: Timer;
  /** Work on one message of a feed. `instrumentWebSocket` measures all messages of a socket, whatever they are about. */
  readonly websocketMessage: TimerFamily<"trading_pair">;
  /** A query of a database. */
  readonly databaseQuery: Timer;
  /** Rendering a dashboard. */
  readonly dashboardRender: Timer;
  /** The KPIs and the thresholds that hold here. */
  readonly kpis: readonly TradingKpi[];
}

const ACTION = "create trading metrics";
const OPTIONS = { thresholds: kpisWithThresholds, sloTarget: orDefault(checkInnerShare, 0.99) };
const checkMaker = checkMethods("come from createMetrics", "counter", "timer");
/** Those whose critical durations are never sampled out; of updates there are too many to read the clock for each. */
const ORDER_KPIS: readonly TradingKpiName[] = ["order_execution", "order_round_trip"];

/**
 * The set for trading systems. Timers whose KPI has a target have it as their objective, and of orders what is beyond
 * the critical threshold is recorded whatever the sampling rate. All KPIs are declared.
 *
 * @param metrics What is recorded with
 * @param options Thresholds of a system's own
 * @throws {TypeError} If an option has the wrong type or is unknown, or a name is taken by another instrument
 * @throws {RangeError} If a threshold or the share is out of range
 *
 * @example Time an order
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { createMetrics, tradingMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const { orderExecution } = tradingMetrics(metrics, { thresholds: { order_execution: { target: 0.005 } } });
 * const labels = { trading_pair: "BTC-USD", order_type: "limit", side: "buy", strategy: "momentum" };
 * const execution = orderExecution.with(labels); // once, where orders are sent
 * execution.observe(0.02);
 * const text = await metrics.scrape();
 * const series = 'trading_pair="BTC-USD",order_type="limit",side="buy",strategy="momentum"';
 * assertStringIncludes(text, `order_execution_slo_violations_total{${series}} 1`);
 * ```
 */
export function tradingMetrics(
  metrics: Pick<Metrics, "counter" | "timer"> & Partial<Pick<Metrics, "declareKpis">>,
  options: TradingMetricsOptions = {},
): TradingMetrics {
  const { thresholds: kpis, sloTarget } = checkOptions(ACTION, options, OPTIONS);
  checkMaker({ action: ACTION, path: "metrics" }, metrics);
  metrics.declareKpis?.(kpis);
  const described = (name: TradingKpiName, help: string) => ({ help, ...sloOf(kpis, name, sloTarget) });
  return Object.freeze({
    orderExecution: metrics.timer("order_execution", {
      ...described("order_execution", "Sending an order to its answer"),
      labels: ORDER_LABELS,
    }),
    orderRoundTrip: metrics.timer("order_round_trip", {
      ...described("order_round_trip", "The decision to trade to the settled answer"),
      labels: ORDER_LABELS,
    }),
    marketDataUpdates: metrics.counter("market_data_updates_total", {
      help: "Updates of market data",
      labels: ["trading_pair"],
    }),
    marketDataProcessing: metrics.timer("market_data_processing", {
      ...described("market_data_processing", "Work on an update of market data"),
      labels: ["trading_pair"],
    }),
    signalGeneration: metrics.timer("signal_generation", {
      ...described("signal_generation", "From data to a signal, or to none"),
      labels: ["trading_pair", "strategy"],
    }),
    apiResponse: metrics.timer("api_response", described("api_response", "A call of an API")),
    websocketMessage: metrics.timer("websocket_message", {
      ...described("websocket_message", "Work on a message of a feed"),
      labels: ["trading_pair"],
    }),
    databaseQuery: metrics.timer("database_query", described("database_query", "A query of a database")),
    dashboardRender: metrics.timer("dashboard_render", described("dashboard_render", "Rendering a dashboard")),
    kpis,
  });
}

/** The objective of a KPI that has a target. */
function sloOf(kpis: readonly TradingKpi[], name: TradingKpiName, share: number): { readonly slo?: SloOptions } {
  const { target: threshold, critical } = kpis.find((kpi) => kpi.name === name) ?? {};
  if (threshold === undefined) return {};
  return { slo: { threshold, target: share, ...(ORDER_KPIS.includes(name) && { critical }) } };
}

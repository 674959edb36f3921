/**
 * A ready-made set of instruments for trading systems, behind their KPIs.
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

/** Options of {@linkcode tradingMetrics}. */
export interface TradingMetricsOptions {
  /** Custom thresholds by KPI, in the KPI's unit. */
  readonly thresholds?: Readonly<Partial<Record<TradingKpiName, TradingThresholds>>>;
  /**
   * Share of durations that should meet their target, above 0 and below 1.
   *
   * @default {0.99}
   */
  readonly sloTarget?: number;
}

/** Instruments of a trading system. Bind labels once with `with` and keep the handles. */
export interface TradingMetrics {
  /** Time from sending an order to its answer. */
  readonly orderExecution: TimerFamily<TradingLabel>;
  /** Time from the decision to trade to the settled answer. */
  readonly orderRoundTrip: TimerFamily<TradingLabel>;
  /** Received updates of market data. */
  readonly marketDataUpdates: CounterFamily<"trading_pair">;
  /** Time to process one update. */
  readonly marketDataProcessing: TimerFamily<"trading_pair">;
  /** Time from data to a decision on a signal. */
  readonly signalGeneration: TimerFamily<"trading_pair" | "strategy">;
  /** Time of an API call. */
  readonly apiResponse: Timer;
  /** Time to process one message of a feed. `instrumentWebSocket` measures all messages of a socket instead. */
  readonly websocketMessage: TimerFamily<"trading_pair">;
  /** Time of a database query. */
  readonly databaseQuery: Timer;
  /** Time to render a dashboard. */
  readonly dashboardRender: Timer;
  /** KPIs with the thresholds in effect. */
  readonly kpis: readonly TradingKpi[];
}

const ACTION = "create trading metrics";
const OPTIONS = { thresholds: kpisWithThresholds, sloTarget: orDefault(checkInnerShare, 0.99) };
const checkMaker = checkMethods("come from createMetrics", "counter", "timer");
/** KPIs whose critical durations are never sampled out; updates are too frequent to read the clock for each. */
const ORDER_KPIS: readonly TradingKpiName[] = ["order_execution", "order_round_trip"];

/**
 * Returns the instruments of a trading system and declares its KPIs. A KPI's target becomes the objective of its timer.
 * Orders beyond the critical threshold are recorded at any sampling rate.
 *
 * @param metrics Metrics that create the instruments
 * @param options Custom thresholds
 * @throws {TypeError} If an option has the wrong type or is unknown, or a name is used by another instrument
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
      ...described("order_execution", "Time from sending an order to its answer"),
      labels: ORDER_LABELS,
    }),
    orderRoundTrip: metrics.timer("order_round_trip", {
      ...described("order_round_trip", "Time from the decision to trade to the settled answer"),
      labels: ORDER_LABELS,
    }),
    marketDataUpdates: metrics.counter("market_data_updates_total", {
      help: "Updates of market data",
      labels: ["trading_pair"],
    }),
    marketDataProcessing: metrics.timer("market_data_processing", {
      ...described("market_data_processing", "Time to process an update of market data"),
      labels: ["trading_pair"],
    }),
    signalGeneration: metrics.timer("signal_generation", {
      ...described("signal_generation", "Time from data to a decision on a signal"),
      labels: ["trading_pair", "strategy"],
    }),
    apiResponse: metrics.timer("api_response", described("api_response", "Time of an API call")),
    websocketMessage: metrics.timer("websocket_message", {
      ...described("websocket_message", "Time to process a message of a feed"),
      labels: ["trading_pair"],
    }),
    databaseQuery: metrics.timer("database_query", described("database_query", "Time of a database query")),
    dashboardRender: metrics.timer("dashboard_render", described("dashboard_render", "Time to render a dashboard")),
    kpis,
  });
}

/** Returns the objective of a KPI that has a target. */
function sloOf(kpis: readonly TradingKpi[], name: TradingKpiName, share: number): { readonly slo?: SloOptions } {
  const { target: threshold, critical } = kpis.find((kpi) => kpi.name === name) ?? {};
  if (threshold === undefined) return {};
  return { slo: { threshold, target: share, ...(ORDER_KPIS.includes(name) && { critical }) } };
}

/**
 * KPIs of a trading system as data, for alerts and for the objectives of timers.
 *
 * Memory, CPU and garbage collection are measured by the runtime collectors; their KPIs refer to those metrics.
 *
 * @module
 */

import { checkAbove, optional } from "../../check/checks.ts";
import { checkMapping, checkMembers } from "../../check/options.ts";
import { type Check, type Place, refusal, within } from "../../check/place.ts";
import { isOrdered } from "../../instrument/kpi.ts";
import type { Kpi } from "../../model/kpi.ts";

/** Labels of trading metrics. */
export type TradingLabel = "trading_pair" | "order_type" | "side" | "strategy";

/** Names of the KPIs. */
export type TradingKpiName =
  | "order_execution"
  | "order_round_trip"
  | "market_data_updates"
  | "market_data_processing"
  | "signal_generation"
  | "memory"
  | "cpu"
  | "gc_pause"
  | "api_response"
  | "websocket_message"
  | "database_query"
  | "dashboard_render";

/** KPI of a trading system. */
export interface TradingKpi extends Kpi {
  /** Name of the KPI. */
  readonly name: TradingKpiName;
  /** Base unit of the statistic. */
  readonly unit: "seconds" | "bytes" | "ratio" | "updates per second";
  /** Labels of the metric. */
  readonly labels: readonly TradingLabel[];
}

/** Thresholds that replace those of a KPI. */
export interface TradingThresholds {
  /** Threshold up to which the KPI is OK, in its unit. */
  readonly target?: number;
  /** Threshold from which the KPI is critical, in its unit. */
  readonly critical?: number;
}

/** Labels of the metrics of orders. */
export const ORDER_LABELS: readonly TradingLabel[] = ["trading_pair", "order_type", "side", "strategy"];

/** All KPIs with their default thresholds. */
export const TRADING_KPIS: readonly TradingKpi[] = freeze([
  duration("order_execution", "order_execution_seconds", 0.1, 0.5, ORDER_LABELS),
  duration("order_round_trip", "order_round_trip_seconds", 0.25, 1, ORDER_LABELS),
  {
    name: "market_data_updates",
    metric: "market_data_updates_total",
    statistic: "rate",
    unit: "updates per second",
    direction: "above",
    target: 1_000,
    critical: 100,
    labels: ["trading_pair"],
  },
  duration("market_data_processing", "market_data_processing_seconds", undefined, undefined, ["trading_pair"]),
  duration("signal_generation", "signal_generation_seconds", 0.05, 0.2, ["trading_pair", "strategy"]),
  resource("memory", "process_resident_memory_bytes", "value", "bytes"),
  resource("cpu", "process_cpu_seconds_total", "rate", "ratio"),
  duration("gc_pause", "deno_gc_duration_seconds", 0.01, 0.1),
  duration("api_response", "api_response_seconds", 0.05, 0.5),
  duration("websocket_message", "websocket_message_seconds", 0.02, 0.1, ["trading_pair"]),
  duration("database_query", "database_query_seconds", 0.03, 0.2),
  duration("dashboard_render", "dashboard_render_seconds", 0.5, 2),
]);

const THRESHOLDS = { target: optional(checkAbove(0)), critical: optional(checkAbove(0)) };

/** Returns all KPIs, with custom thresholds for some. */
export const kpisWithThresholds: Check<readonly TradingKpi[]> = (place, given = {}) => {
  const must = "be an object such as { order_execution: { target: 0.005 } }";
  const thresholds = checkMapping(place, given, TRADING_KPIS.map(({ name }) => name), must);
  return freeze(TRADING_KPIS.map((kpi) => withThresholds(within(place, kpi.name), kpi, thresholds[kpi.name])));
};

function withThresholds(place: Place, kpi: TradingKpi, given: unknown): TradingKpi {
  if (given === undefined) return kpi;
  const own = checkMembers(place, given, THRESHOLDS, "be an object with target and critical");
  const changed = { ...kpi, target: own.target ?? kpi.target, critical: own.critical ?? kpi.critical };
  if (isOrdered(changed)) return changed;
  throw refusal(within(place, "target"), `be ${kpi.direction} critical, ${changed.critical}`, changed.target, true);
}

function duration(
  name: TradingKpiName,
  metric: string,
  target: number | undefined,
  critical: number | undefined,
  labels: readonly TradingLabel[] = [],
): TradingKpi {
  return { name, metric, statistic: "p99", unit: "seconds", direction: "below", target, critical, labels };
}

function resource(
  name: TradingKpiName,
  metric: string,
  statistic: TradingKpi["statistic"],
  unit: TradingKpi["unit"],
): TradingKpi {
  return { name, metric, statistic, unit, direction: "below", target: undefined, critical: undefined, labels: [] };
}

function freeze(kpis: readonly TradingKpi[]): readonly TradingKpi[] {
  return Object.freeze(kpis.map((kpi) => Object.freeze({ ...kpi, labels: Object.freeze([...kpi.labels]) })));
}

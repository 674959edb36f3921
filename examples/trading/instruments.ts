/**
 * All instruments of the pipeline: those of `tradingMetrics`, and a few others. Handles are created once, because a
 * lookup by label set costs several times a call.
 *
 * @module
 */

import { type Counter, type Metrics, type Timer, tradingMetrics } from "@hotpath/metrics";
import type { DeskTimers } from "./desk.ts";
import type { OrderType, Side } from "./strategy.ts";

/** Traded pair. */
export const PAIR = "SPX-USD";
/** Strategy: crossing averages and the RSI. */
export const STRATEGY = "crossover-rsi";

/** Handles for one kind of order. */
export interface OrderInstruments {
  /** Orders that were sent. */
  readonly sent: Counter;
  /** Time from sending an order to its answer. */
  readonly execution: Timer;
  /** Time from the decision to trade to the settled answer. */
  readonly roundTrip: Timer;
}

/** Instruments and handles of the stages. */
export interface Instruments {
  /** Time from a row to a candle. */
  readonly candleProcessing: Timer;
  /** Time from a row of the feed to the queue. */
  readonly websocketMessage: Timer;
  /** Received candles, as updates of market data. */
  readonly marketDataUpdates: Counter;
  /** Time to pass a candle's price to the venue and the portfolio. */
  readonly marketDataProcessing: Timer;
  /** Time from a candle to the decision about a signal. */
  readonly signalGeneration: Timer;
  /** Time to settle a filled order. */
  readonly orderFill: Timer;
  /** Time to queue an event. */
  readonly eventBusPublish: Timer;
  /** Time that a subscriber takes for an event. */
  readonly eventBusHandle: Timer;
  /** Timers of the desk. */
  readonly desk: DeskTimers;
  /** Processed candles. */
  readonly candles: Counter;
  /** Generated signals. */
  readonly signals: Readonly<Record<Side, Counter>>;
  /** Handles by kind of order. */
  readonly orders: Readonly<Record<Side, Readonly<Record<OrderType, OrderInstruments>>>>;
}

/** Creates the instruments. */
export function createInstruments(metrics: Metrics): Instruments {
  const trading = tradingMetrics(metrics, {
    // The venue is simulated on the same machine, so its objective is stricter than that of a real one.
    thresholds: {
      order_execution: { target: 0.025 },
      signal_generation: { target: 0.01 },
      // Half and a tenth of the pace of candles, unless configured otherwise.
      market_data_updates: { target: 250, critical: 50 },
    },
    sloTarget: 0.99,
  });
  const signals = metrics.counter("signals_total", { help: "Signals to trade", labels: ["side"] });
  const orders = metrics.counter("orders_total", { help: "Orders sent", labels: ["pair", "side", "type"] });
  const ordersOf = (side: Side, type: OrderType): OrderInstruments => {
    const labels = { trading_pair: PAIR, order_type: type, side, strategy: STRATEGY };
    return {
      sent: orders.with({ pair: PAIR, side, type }),
      execution: trading.orderExecution.with(labels),
      roundTrip: trading.orderRoundTrip.with(labels),
    };
  };
  const ordersOfSide = (side: Side) => ({ market: ordersOf(side, "market"), limit: ordersOf(side, "limit") });
  return {
    candleProcessing: metrics.timer("candle_processing", {
      help: "Reading and checking a candle",
      slo: { threshold: "50ms", target: 0.999 },
    }),
    websocketMessage: trading.websocketMessage.with({ trading_pair: PAIR }),
    marketDataUpdates: trading.marketDataUpdates.with({ trading_pair: PAIR }),
    marketDataProcessing: trading.marketDataProcessing.with({ trading_pair: PAIR }),
    signalGeneration: trading.signalGeneration.with({ trading_pair: PAIR, strategy: STRATEGY }),
    orderFill: metrics.timer("order_fill", { help: "Settling a filled order" }),
    eventBusPublish: metrics.timer("event_bus_publish", { help: "Putting an event in the queue" }),
    eventBusHandle: metrics.timer("event_bus_handle", { help: "Work of one subscriber on one event" }),
    desk: {
      databaseQuery: trading.databaseQuery,
      apiResponse: trading.apiResponse,
      dashboardRender: trading.dashboardRender,
    },
    candles: metrics.counter("candles_total", { help: "Candles processed" }),
    signals: { buy: signals.with({ side: "buy" }), sell: signals.with({ side: "sell" }) },
    orders: { buy: ordersOfSide("buy"), sell: ordersOfSide("sell") },
  };
}

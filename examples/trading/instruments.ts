/**
 * All instruments of the pipeline: the ready-made ones of trading systems, and a few others. Label sets are bound
 * here once: a bound handle costs nanoseconds, looking one up costs several times that.
 *
 * @module
 */

import { type Counter, type Metrics, type Timer, tradingMetrics } from "@hotpath/metrics";
import type { DeskTimers } from "./desk.ts";
import type { OrderType, Side } from "./strategy.ts";

/** Traded pair. */
export const PAIR = "SPX-USD";
/** How it is decided: averages that cross, and the RSI. */
export const STRATEGY = "crossover-rsi";

/** Handles of one kind of order. */
export interface OrderInstruments {
  /** Orders sent. */
  readonly sent: Counter;
  /** Sending an order to its answer. */
  readonly execution: Timer;
  /** The decision to trade to the settled answer. */
  readonly roundTrip: Timer;
}

/** The handles that the stages record through. */
export interface Instruments {
  /** A row to a candle. */
  readonly candleProcessing: Timer;
  /** A message of the feed, from its row to the queue. */
  readonly websocketMessage: Timer;
  /** Candles that came in, as updates of market data. */
  readonly marketDataUpdates: Counter;
  /** A candle's price to the venue and to the portfolio's value. */
  readonly marketDataProcessing: Timer;
  /** A candle to a signal, or to none. */
  readonly signalGeneration: Timer;
  /** Settling a filled order. */
  readonly orderFill: Timer;
  /** Putting an event in the queue. */
  readonly eventBusPublish: Timer;
  /** One subscriber's work on one event. */
  readonly eventBusHandle: Timer;
  /** Instruments of the desk. */
  readonly desk: DeskTimers;
  /** Candles seen. */
  readonly candles: Counter;
  /** Signals made. */
  readonly signals: Readonly<Record<Side, Counter>>;
  /** Handles of orders. */
  readonly orders: Readonly<Record<Side, Readonly<Record<OrderType, OrderInstruments>>>>;
}

/** Makes the instruments. */
export function createInstruments(metrics: Metrics): Instruments {
  const trading = tradingMetrics(metrics, {
    // The venue is a simulation on the same machine, so it is held to more than a real one.
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

/**
 * All instruments of the pipeline. Label sets are bound here once: a bound handle costs
 * nanoseconds, looking one up costs several times that.
 *
 * @module
 */

import type { Counter, Metrics, Timer } from "@hotpath/metrics";
import type { OrderType, Side } from "./strategy.ts";

/** What is traded. */
export const PAIR = "SPX-USD";

/** The handles that the stages record through. */
export interface Instruments {
  /** A row to a candle. */
  readonly candleProcessing: Timer;
  /** A candle to a signal, or to none. */
  readonly signalGeneration: Timer;
  /** Sending an order to its answer. */
  readonly orderExecution: Timer;
  /** Settling a filled order. */
  readonly orderFill: Timer;
  /** Putting an event in the queue. */
  readonly eventBusPublish: Timer;
  /** One subscriber's work on one event. */
  readonly eventBusHandle: Timer;
  /** Candles seen. */
  readonly candles: Counter;
  /** Signals made. */
  readonly signals: Readonly<Record<Side, Counter>>;
  /** Orders sent. */
  readonly orders: Readonly<Record<Side, Readonly<Record<OrderType, Counter>>>>;
}

/** Makes the instruments. */
export function createInstruments(metrics: Metrics): Instruments {
  const signals = metrics.counter("signals_total", { help: "Signals to trade", labels: ["side"] });
  const orders = metrics.counter("orders_total", { help: "Orders sent", labels: ["pair", "side", "type"] });
  const ordersOf = (side: Side) => ({
    market: orders.with({ pair: PAIR, side, type: "market" }),
    limit: orders.with({ pair: PAIR, side, type: "limit" }),
  });
  return {
    candleProcessing: metrics.timer("candle_processing", {
      help: "Reading and checking a candle",
      slo: { threshold: "50ms", target: 0.999 },
    }),
    signalGeneration: metrics.timer("signal_generation", {
      help: "Averages, RSI and the decision",
      slo: { threshold: "10ms", target: 0.999 },
    }),
    orderExecution: metrics.timer("order_execution", {
      help: "Sending an order to its answer",
      slo: { threshold: "5ms", target: 0.999 },
    }),
    orderFill: metrics.timer("order_fill", { help: "Settling a filled order" }),
    eventBusPublish: metrics.timer("event_bus_publish", { help: "Putting an event in the queue" }),
    eventBusHandle: metrics.timer("event_bus_handle", { help: "Work of one subscriber on one event" }),
    candles: metrics.counter("candles_total", { help: "Candles processed" }),
    signals: { buy: signals.with({ side: "buy" }), sell: signals.with({ side: "sell" }) },
    orders: { buy: ordersOf("buy"), sell: ordersOf("sell") },
  };
}

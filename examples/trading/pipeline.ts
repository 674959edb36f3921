/**
 * The stages, connected by the bus: row → candle → signal → order → answer. Each pass over the history is a session with
 * its own strategy and portfolio, so numbers stay bounded during a replay. Each candle is a trace, whose stages are
 * everything that follows from it.
 *
 * @module
 */

import type { Metrics } from "@hotpath/metrics";
import { type Candle, parseCandle } from "./candles.ts";
import type { DeskTimers } from "./desk.ts";
import { EventBus } from "./event_bus.ts";
import { createInstruments } from "./instruments.ts";
import { type Order, Portfolio } from "./portfolio.ts";
import { type Signal, Strategy } from "./strategy.ts";
import { Venue, type VenueOptions } from "./venue.ts";

/** Events on the bus. */
interface Topics {
  candle: Candle;
  signal: Signal;
  order: Decision;
  /** Outcome of an order; the price is `undefined` if it was not filled. */
  answer: Decision & { readonly price: number | undefined };
}

/** An order, and the start of its round trip. */
interface Decision {
  readonly order: Order;
  readonly start: number;
}

/** Pipeline that processes rows. */
export interface Pipeline {
  /** Timers of the desk. */
  readonly deskTimers: DeskTimers;
  /** Value of the portfolio at the last price; NaN before the first. */
  readonly value: number;
  /** Processes a row of the feed. */
  feed(row: string): void;
  /** Resolves when all rows are processed and every order has its answer. */
  settle(): Promise<void>;
}

const STARTING_CASH = 1_000_000;
/** Queued events and orders: more than a burst causes, and more than are handled within a second. */
const BACKLOG_TARGET = 1_000;
const BACKLOG_CRITICAL = 10_000;

/** Created once, because it is needed for each candle. */
const CANDLE_TRACE = { name: "candle" };

/**
 * Creates the pipeline.
 *
 * @param metrics Metrics to record with
 * @param venueOptions Latency of the venue
 */
export function createPipeline(metrics: Metrics, venueOptions: Omit<VenueOptions, "executionOf">): Pipeline {
  const instruments = createInstruments(metrics);
  const { eventBusPublish: publish, eventBusHandle: handle, orders } = instruments;
  const bus = new EventBus<Topics>({ publish, handle }, metrics.trace);
  const venue = new Venue({ ...venueOptions, executionOf: ({ side, type }) => orders[side][type].execution });
  const executions = new Set<Promise<void>>();

  metrics.gauge("queue_backlog", {
    help: "Events in the queue and orders without an answer",
    collect: () => bus.backlog + venue.inFlight,
  });
  metrics.declareKpis([
    {
      name: "queue_backlog",
      metric: "queue_backlog",
      statistic: "value",
      direction: "below",
      target: BACKLOG_TARGET,
      critical: BACKLOG_CRITICAL,
    },
  ]);
  const portfolioValue = metrics.gauge("portfolio_value", { help: "Cash, and units at the last price" });

  let strategy = new Strategy();
  let portfolio = new Portfolio(STARTING_CASH);
  let lastDate = "";
  let lastValue = NaN;

  bus.subscribe("candle", (candle) => {
    if (candle.date < lastDate) {
      strategy = new Strategy();
      portfolio = new Portfolio(STARTING_CASH);
    }
    lastDate = candle.date;
    const start = instruments.marketDataProcessing.start();
    venue.quote(candle.close);
    lastValue = portfolio.value(candle.close);
    portfolioValue.set(lastValue);
    instruments.marketDataProcessing.end(start);
  });

  bus.subscribe("candle", (candle) => {
    const start = instruments.signalGeneration.start();
    const signal = strategy.next(candle);
    instruments.signalGeneration.end(start);
    if (signal === undefined) return;
    instruments.signals[signal.side].inc();
    bus.publish("signal", signal);
  });

  bus.subscribe("signal", (signal) => {
    const { roundTrip, sent } = orders[signal.side][signal.type];
    const start = roundTrip.start();
    const order = portfolio.order(signal);
    if (order === undefined) return;
    sent.inc();
    bus.publish("order", { order, start });
  });

  bus.subscribe("order", ({ order, start }) => {
    const execution = venue.execute(order).then((price) => {
      executions.delete(execution);
      bus.publish("answer", { order, start, price });
    });
    executions.add(execution);
  });

  bus.subscribe("answer", ({ order, start, price }) => {
    if (price === undefined) order.portfolio.release(order);
    else fill(order, price);
    orders[order.side][order.type].roundTrip.end(start);
  });

  function fill(order: Order, price: number): void {
    using _ = instruments.orderFill.span();
    order.portfolio.fill(order, price);
  }

  return {
    deskTimers: instruments.desk,
    get value() {
      return lastValue;
    },
    feed(row) {
      const messageStart = instruments.websocketMessage.start();
      metrics.trace.run(CANDLE_TRACE, () => {
        const start = instruments.candleProcessing.start();
        const candle = parseCandle(row);
        instruments.candles.inc();
        instruments.marketDataUpdates.inc();
        bus.publish("candle", candle);
        instruments.candleProcessing.end(start);
      });
      instruments.websocketMessage.end(messageStart);
    },
    async settle() {
      while (bus.backlog > 0 || executions.size > 0) await Promise.all([bus.idle(), ...executions]);
    },
  };
}

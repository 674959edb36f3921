/**
 * Simulated trading venue. An order takes time to arrive and is compared with the price at its arrival, so prices move
 * meanwhile as they do in reality.
 *
 * @module
 */

import type { Timer } from "@hotpath/metrics";
import type { OrderType, Side } from "./strategy.ts";

/** Order that is sent to a venue. */
export interface VenueOrder {
  /** Whether to buy or to sell. */
  readonly side: Side;
  /** Type of the order. */
  readonly type: OrderType;
  /** Worst acceptable price. */
  readonly limit: number;
}

/** Options of a venue. */
export interface VenueOptions {
  /** Returns the timer for the time from sending an order to its answer. */
  readonly executionOf: (order: VenueOrder) => Timer;
  /** Returns the latency of the next order in milliseconds. */
  readonly latencyMs: () => number;
  /** Waits; with the system's timers by default. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Venue that accepts any number of orders at the same time. */
export class Venue {
  readonly #executionOf: (order: VenueOrder) => Timer;
  readonly #latencyMs: () => number;
  readonly #wait: (ms: number) => Promise<void>;
  #price = NaN;
  #inFlight = 0;

  /** Creates a venue without a price; until there is one, no order is filled. */
  constructor({ executionOf, latencyMs, wait = waitByTimer }: VenueOptions) {
    this.#executionOf = executionOf;
    this.#latencyMs = latencyMs;
    this.#wait = wait;
  }

  /** Number of orders without an answer. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Sets the price for orders that arrive from now on. */
  quote(price: number): void {
    this.#price = price;
  }

  /** Sends an order and returns the price it was filled at, or `undefined` if its limit was not met. */
  async execute(order: VenueOrder): Promise<number | undefined> {
    const execution = this.#executionOf(order);
    const start = execution.start();
    this.#inFlight += 1;
    await this.#wait(this.#latencyMs());
    this.#inFlight -= 1;
    execution.end(start);
    return isMet(order, this.#price) ? this.#price : undefined;
  }
}

function isMet({ side, limit }: VenueOrder, price: number): boolean {
  return side === "buy" ? price <= limit : price >= limit;
}

function waitByTimer(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

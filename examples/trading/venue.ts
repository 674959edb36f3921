/**
 * A simulated trading venue: an order travels for a while and meets the price of the moment it
 * arrives, so prices move under orders as they do in life.
 *
 * @module
 */

import type { Timer } from "@hotpath/metrics";
import type { OrderType, Side } from "./strategy.ts";

/** Order that is sent to a venue. */
export interface VenueOrder {
  /** Which way. */
  readonly side: Side;
  /** How urgently. */
  readonly type: OrderType;
  /** The worst price that is still good. */
  readonly limit: number;
}

/** Options of a venue. */
export interface VenueOptions {
  /** Finds what measures the time from sending an order to its answer. */
  readonly executionOf: (order: VenueOrder) => Timer;
  /** How long the next order takes, in milliseconds. */
  readonly latencyMs: () => number;
  /** Waits; by the system's timers if not given. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Takes orders; many may be under way at once. */
export class Venue {
  readonly #executionOf: (order: VenueOrder) => Timer;
  readonly #latencyMs: () => number;
  readonly #wait: (ms: number) => Promise<void>;
  #price = NaN;
  #inFlight = 0;

  /** A venue without a price: until there is one, no order is filled. */
  constructor({ executionOf, latencyMs, wait = waitByTimer }: VenueOptions) {
    this.#executionOf = executionOf;
    this.#latencyMs = latencyMs;
    this.#wait = wait;
  }

  /** Orders under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Sets the price that orders meet from now on. */
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

/**
 * Cash and units, and what of them is set aside for orders that have no answer yet. Neither is
 * ever spent twice, nor falls below zero.
 *
 * @module
 */

import type { OrderType, Side, Signal } from "./strategy.ts";

/** Something to buy or sell, and on whose account. */
export interface Order {
  /** Whose cash and units. */
  readonly portfolio: Portfolio;
  /** Which way. */
  readonly side: Side;
  /** How urgently. */
  readonly type: OrderType;
  /** How many. */
  readonly units: number;
  /** The worst price that is still good. */
  readonly limit: number;
}

/** The share of the portfolio's value that one order may buy. */
const STAKE = 0.25;
/** A market order may be filled this far above the signal's price, and so much cash is set aside for it. */
const MARKET_COLLAR = 1.25;

/** One account. */
export class Portfolio {
  #cash: number;
  #units = 0;
  #cashAside = 0;
  #unitsAside = 0;

  /** Starts with cash only. */
  constructor(cash: number) {
    this.#cash = cash;
  }

  /** Cash, set aside or not. */
  get cash(): number {
    return this.#cash;
  }

  /** Units, set aside or not. */
  get units(): number {
    return this.#units;
  }

  /** Value of the portfolio at a price. */
  value(price: number): number {
    return this.#cash + this.#units * price;
  }

  /** Makes an order for a signal, and sets aside what it takes; `undefined` if nothing is left to trade with. */
  order({ side, type, price }: Signal): Order | undefined {
    const limit = limitOf(side, type, price);
    const units = side === "buy" ? this.#affordable(price, limit) : this.#units - this.#unitsAside;
    if (units <= 0) return undefined;
    const order = { portfolio: this, side, type, units, limit };
    this.#setAside(order, 1);
    return order;
  }

  /** Settles an order that was filled. */
  fill(order: Order, price: number): void {
    this.#setAside(order, -1);
    const bought = order.side === "buy" ? order.units : -order.units;
    this.#units += bought;
    this.#cash -= bought * price;
  }

  /** Takes back what was set aside for an order that was not filled. */
  release(order: Order): void {
    this.#setAside(order, -1);
  }

  #affordable(price: number, limit: number): number {
    const free = this.#cash - this.#cashAside;
    return Math.floor(Math.min(free / limit, STAKE * this.value(price) / price));
  }

  #setAside({ side, units, limit }: Order, sign: 1 | -1): void {
    if (side === "sell") this.#unitsAside += sign * units;
    else this.#cashAside += sign * units * limit;
  }
}

function limitOf(side: Side, type: OrderType, price: number): number {
  if (type === "limit") return price;
  return side === "buy" ? price * MARKET_COLLAR : 0;
}

/**
 * Cash and units, and the parts of both that are reserved for orders without an answer. Neither is spent twice, nor
 * falls below zero.
 *
 * @module
 */

import type { OrderType, Side, Signal } from "./strategy.ts";

/** Order of a portfolio. */
export interface Order {
  /** Portfolio that the order belongs to. */
  readonly portfolio: Portfolio;
  /** Whether to buy or to sell. */
  readonly side: Side;
  /** Type of the order. */
  readonly type: OrderType;
  /** Number of units. */
  readonly units: number;
  /** Worst acceptable price. */
  readonly limit: number;
}

/** Share of the portfolio's value that one order may buy. */
const STAKE = 0.25;
/** Factor above the signal's price up to which a market order may be filled, and for which cash is reserved. */
const MARKET_COLLAR = 1.25;

/** Portfolio of one session. */
export class Portfolio {
  #cash: number;
  #units = 0;
  #cashAside = 0;
  #unitsAside = 0;

  /** Creates a portfolio with cash only. */
  constructor(cash: number) {
    this.#cash = cash;
  }

  /** Cash, including reserved cash. */
  get cash(): number {
    return this.#cash;
  }

  /** Units, including reserved ones. */
  get units(): number {
    return this.#units;
  }

  /** Value of the portfolio at a price. */
  value(price: number): number {
    return this.#cash + this.#units * price;
  }

  /** Creates an order for a signal and reserves what it needs; returns `undefined` if too little is left. */
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

  /** Releases what was reserved for an order that was not filled. */
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

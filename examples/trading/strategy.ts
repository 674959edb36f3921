/**
 * Signals from candles: follow the trend when the averages cross, and go against a move that the
 * RSI says has run too far.
 *
 * @module
 */

import type { Candle } from "./candles.ts";
import { MovingAverage, Rsi } from "./indicators.ts";

/** Decision of the strategy. */
export type Side = "buy" | "sell";

/** At any price, or at the signal's or better. */
export type OrderType = "market" | "limit";

/** A wish to trade. */
export interface Signal {
  /** Which way. */
  readonly side: Side;
  /** How urgently. */
  readonly type: OrderType;
  /** The price it was made at. */
  readonly price: number;
}

const FAST_LENGTH = 5;
const SLOW_LENGTH = 20;
const RSI_LENGTH = 14;
const OVERSOLD = 30;
const OVERBOUGHT = 70;

/** Watches one history of prices. */
export class Strategy {
  readonly #fast: MovingAverage = new MovingAverage(FAST_LENGTH);
  readonly #slow: MovingAverage = new MovingAverage(SLOW_LENGTH);
  readonly #rsi: Rsi = new Rsi(RSI_LENGTH);
  #spread = NaN;
  #strength = NaN;

  /** Takes a candle and says what to do, if anything. */
  next({ close }: Candle): Signal | undefined {
    const spreadBefore = this.#spread;
    const strengthBefore = this.#strength;
    const spread = this.#spread = this.#fast.add(close) - this.#slow.add(close);
    const strength = this.#strength = this.#rsi.add(close);

    if (spreadBefore <= 0 && spread > 0) return { side: "buy", type: "market", price: close };
    if (spreadBefore >= 0 && spread < 0) return { side: "sell", type: "market", price: close };
    if (strengthBefore <= OVERSOLD && strength > OVERSOLD) return { side: "buy", type: "limit", price: close };
    if (strengthBefore >= OVERBOUGHT && strength < OVERBOUGHT) return { side: "sell", type: "limit", price: close };
    return undefined;
  }
}

/**
 * Signals from candles: the strategy follows the trend when averages cross, and trades against it when the RSI is
 * extreme.
 *
 * @module
 */

import type { Candle } from "./candles.ts";
import { MovingAverage, Rsi } from "./indicators.ts";

/** Direction of a signal. */
export type Side = "buy" | "sell";

/** Type of an order: at any price, or at the signal's price or better. */
export type OrderType = "market" | "limit";

/** Signal to trade. */
export interface Signal {
  /** Whether to buy or to sell. */
  readonly side: Side;
  /** Type of the order. */
  readonly type: OrderType;
  /** Price at the time of the signal. */
  readonly price: number;
}

const FAST_LENGTH = 5;
const SLOW_LENGTH = 20;
const RSI_LENGTH = 14;
const OVERSOLD = 30;
const OVERBOUGHT = 70;

/** Strategy over one history of prices. */
export class Strategy {
  readonly #fast: MovingAverage = new MovingAverage(FAST_LENGTH);
  readonly #slow: MovingAverage = new MovingAverage(SLOW_LENGTH);
  readonly #rsi: Rsi = new Rsi(RSI_LENGTH);
  #spread = NaN;
  #strength = NaN;

  /** Adds a candle and returns a signal, or `undefined` if there is none. */
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

/**
 * The candle pipeline of `examples/trading`, fed without its waits: its venue answers at once, so that a candle is only
 * work (parsing, the bus, averages and RSI, orders and fills).
 *
 * @module
 */

import type { Metrics } from "@hotpath/metrics";
import { ROWS } from "../../examples/trading/candles.ts";
import { createPipeline, type Pipeline } from "../../examples/trading/pipeline.ts";

/** Candles are fed in pieces, so that the bus's queue stays short. */
const PIECE = 50;

/** A pipeline and its feed: the same candles, over and over. */
export class CandleFeed {
  readonly #pipeline: Pipeline;
  #next = 0;
  /** Candles so far. */
  fed = 0;

  /** A pipeline that is measured with these metrics. */
  constructor(metrics: Metrics) {
    this.#pipeline = createPipeline(metrics, { latencyMs: () => 0, wait: () => Promise.resolve() });
  }

  /** Feeds that many candles, and waits for all that follows from them. */
  async run(count: number): Promise<void> {
    this.fed += count;
    for (let left = count; left > 0; left -= PIECE) {
      for (let i = Math.min(left, PIECE); i > 0; i--) {
        this.#pipeline.feed(ROWS[this.#next]);
        this.#next = (this.#next + 1) % ROWS.length;
      }
      await this.#pipeline.settle();
    }
  }
}

/**
 * The replay: real candles at a steady rate, over and over, until it is stopped.
 *
 * @module
 */

import type { Metrics } from "@hotpath/metrics";
import { ROWS } from "./candles.ts";
import { Desk } from "./desk.ts";
import { logNormalLatency } from "./latency.ts";
import { Pacer } from "./pacer.ts";
import { createPipeline } from "./pipeline.ts";

/** Options of the replay. */
export interface TradingOptions {
  /** Candles per second, above 0; 500 by default. */
  readonly candlesPerSecond?: number;
  /** Seed of the venue's latencies; 1 by default. */
  readonly seed?: number;
  /** Returns the latency of the next order in milliseconds; drawn at random by default. */
  readonly latencyMs?: () => number;
}

/** Running replay. */
export interface Trading {
  /** Stops the feed, and resolves when every order has its answer. */
  stop(): Promise<void>;
}

const TICK_MS = 10;
/** Interval at which the desk is refreshed. */
const LOOK_MS = 1_000;
const CANDLES_PER_TICK_MAX = 10_000;
const LATENCY_MEDIAN_MS = 1.2;
const LATENCY_SIGMA = 0.5;

/**
 * Starts the replay.
 *
 * @param metrics Metrics to record with
 * @param options Rate, seed and latency
 * @throws {RangeError} If the rate is not above zero
 */
export function startTrading(metrics: Metrics, options: TradingOptions = {}): Trading {
  const { candlesPerSecond = 500, seed = 1 } = options;
  const { latencyMs = logNormalLatency(LATENCY_MEDIAN_MS, LATENCY_SIGMA, seed) } = options;
  const pacer = new Pacer(candlesPerSecond, performance.now(), CANDLES_PER_TICK_MAX);
  const pipeline = createPipeline(metrics, { latencyMs });
  let next = 0;
  const ticker = setInterval(() => {
    for (let count = pacer.take(performance.now()); count > 0; count--) {
      pipeline.feed(ROWS[next]);
      next = (next + 1) % ROWS.length;
    }
  }, TICK_MS);
  const desk = new Desk(pipeline.deskTimers);
  const looker = setInterval(() => {
    if (Number.isNaN(pipeline.value)) return;
    desk.note(pipeline.value);
    desk.answer();
    desk.render();
  }, LOOK_MS);
  return {
    async stop() {
      clearInterval(ticker);
      clearInterval(looker);
      desk[Symbol.dispose]();
      await pipeline.settle();
    },
  };
}

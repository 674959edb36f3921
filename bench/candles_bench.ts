/**
 * What metrics cost a program that does something: the candle pipeline of `examples/trading`, with its metrics on, with
 * them switched off, and with `noopMetrics`. Its venue answers at once, so that a candle is only work: parsing, the
 * bus, averages and RSI, orders and fills.
 *
 * Twice: unpaced, candle after candle; and at the demo's pace, a tick of five candles every 10 ms, where caches are as
 * cold as they are in the demo. What is promised is that at that pace recording takes less than 1 % of the main
 * thread's time. Unpaced, a candle is a microsecond of work with six timings in it, so most of what is added are the
 * reads of the clock, and no promise is made.
 *
 * Does not measure the aggregator's thread, nor candles that wait for a real venue: against its 8 ms no difference
 * would show. The clock is the `ffi` one, as in the demo. All three share the pipeline's code, which V8 compiles for all of them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { createMetrics, type Metrics, noopMetrics } from "@hotpath/metrics";
import { ROWS } from "../examples/trading/candles.ts";
import { createPipeline } from "../examples/trading/pipeline.ts";
import { type Case, type Ladder, median, registerBenches } from "./harness.ts";

/** Well below what fills the ring. */
const BURST_UNPACED = 4_000;
const TICK_MS = 10;
const CANDLES_PER_TICK = 5;
const CANDLES_PER_SECOND = CANDLES_PER_TICK * 1_000 / TICK_MS;
const SHARE_PROMISED = 0.01;
/** A burst is fed in pieces, so that the bus's queue stays short. */
const PIECE = 50;

/** A pipeline, and how long its ticks took. */
class Feed {
  readonly name: string;
  readonly metrics: Metrics;
  readonly tickMs: number[] = [];
  readonly #pipeline;
  #next = 0;
  fed = 0;

  constructor(name: string, metrics: Metrics) {
    this.name = name;
    this.metrics = metrics;
    this.#pipeline = createPipeline(metrics, { latencyMs: () => 0, wait: () => Promise.resolve() });
  }

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

  unpaced(): Case {
    return {
      name: `unpaced, ${this.name}`,
      burst: BURST_UNPACED,
      run: (count) => this.run(count),
      settle: () => this.metrics.flush(),
    };
  }

  paced(): Case {
    return {
      name: `at pace, ${this.name}`,
      burst: CANDLES_PER_TICK,
      prepare: () => new Promise((resolve) => setTimeout(resolve, TICK_MS)),
      run: async (count) => {
        const startMs = performance.now();
        await this.run(count);
        this.tickMs.push(performance.now() - startMs);
      },
    };
  }
}

const metrics = createMetrics();
const metricsOff = createMetrics({ enabled: false });
await Promise.all([metrics.ready, metricsOff.ready]);
const on = new Feed("on", metrics);
const off = new Feed("off", metricsOff);
const noop = new Feed("noop", noopMetrics);

/** The share of the main thread's time that recording takes at the demo's pace. */
function shareAtPace(): number {
  const addedMs = median(on.tickMs) - median(noop.tickMs);
  return addedMs / TICK_MS;
}

/** The ladder. */
export const ladder: Ladder = {
  name: "candle pipeline",
  cases: [noop, off, on].flatMap((feed) => [feed.unpaced(), feed.paced()]),
  targets: [],
  verify: async () => {
    const { metrics: instruments, meta } = await metrics.snapshot();
    const candles = instruments.find(({ name }) => name === "candles_total")?.series[0];
    assertEquals(candles !== undefined && "value" in candles && candles.value, on.fed, "a candle is not counted");
    assertEquals(meta.dropped, 0, "records were dropped");
    assertEquals((await metricsOff.snapshot()).meta.recorded, 0, "something was recorded while it was off");
    await Promise.all([metrics.close(), metricsOff.close()]);
    const percent = (shareAtPace() * 100).toFixed(2);
    return [
      `${(meta.recorded / on.fed).toFixed(1)} records a candle`,
      `at ${CANDLES_PER_SECOND} candles a second, recording takes ${percent} % of the main thread's time`,
    ];
  },
  judge: () => {
    const share = shareAtPace();
    return share < SHARE_PROMISED
      ? []
      : [`recording takes ${share.toFixed(3)} of the time, promised ${SHARE_PROMISED}`];
  },
};

registerBenches(ladder);

/**
 * What metrics cost a program that does something: the candle pipeline of `examples/trading` with metrics, with each candle
 * a trace besides, with metrics disabled, and with `noopMetrics`. Its venue answers at once, so that a candle is only work:
 * parsing, the bus, averages and RSI, orders and fills.
 *
 * Twice: unpaced, candle after candle; and at the demo's pace, a tick of five candles every 10 ms, where caches are as cold
 * as in the demo. At that pace recording must take less than 1 % of the main thread's time; what traces add is reported.
 * Unpaced, a candle is a microsecond of work with nine timings in it, so most of the addition are reads of the clock, and
 * no promise is made.
 *
 * Does not measure the aggregator's thread, nor candles that wait for a real venue: beside its 8 ms no difference would
 * show. The clock is the `ffi` one, as in the demo. All four share the pipeline's code, which V8 compiles for all of them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { createMetrics, type Metrics, noopMetrics } from "@hotpath/metrics";
import { CandleFeed } from "../lib/candle_feed.ts";
import { median, registerBenches } from "../lib/harness.ts";
import type { Case, Ladder, Ladders } from "../lib/ladder.ts";

/** Well below what fills the ring. */
const BURST_UNPACED = 4_000;
const TICK_MS = 10;
const CANDLES_PER_TICK = 5;
const CANDLES_PER_SECOND = CANDLES_PER_TICK * 1_000 / TICK_MS;
const SHARE_PROMISED = 0.01;

/** A pipeline, and how long its ticks took. */
class Subject {
  readonly name: string;
  readonly metrics: Metrics;
  readonly tickMs: number[] = [];
  readonly feed: CandleFeed;
  readonly #isReference: boolean;

  constructor(name: string, metrics: Metrics, isReference: boolean = false) {
    this.name = name;
    this.metrics = metrics;
    this.feed = new CandleFeed(metrics);
    this.#isReference = isReference;
  }

  unpaced(): Case {
    return {
      name: `unpaced, ${this.name}`,
      isReference: this.#isReference,
      burst: BURST_UNPACED,
      run: (count) => this.feed.run(count),
      settle: () => this.metrics.flush(),
    };
  }

  paced(): Case {
    return {
      name: `at pace, ${this.name}`,
      isReference: this.#isReference,
      burst: CANDLES_PER_TICK,
      prepare: () => new Promise((resolve) => setTimeout(resolve, TICK_MS)),
      run: async (count) => {
        const startMs = performance.now();
        await this.feed.run(count);
        this.tickMs.push(performance.now() - startMs);
      },
    };
  }
}

const metrics = createMetrics({ traces: false });
const metricsTraced = createMetrics();
const metricsOff = createMetrics({ enabled: false });
await Promise.all([metrics.ready, metricsTraced.ready, metricsOff.ready]);
const on = new Subject("on", metrics);
const traced = new Subject("on and traced", metricsTraced);
const off = new Subject("off", metricsOff);
const noop = new Subject("noop", noopMetrics, true);

/** The share of the main thread's time that recording takes at the demo's pace. */
function shareAtPace(subject: Subject): number {
  const addedMs = median(subject.tickMs) - median(noop.tickMs);
  return addedMs / TICK_MS;
}

const ladder: Ladder = {
  name: "candle pipeline",
  cases: [noop, off, on, traced].flatMap((subject) => [subject.unpaced(), subject.paced()]),
  targets: [],
  verify: async () => {
    const { metrics: instruments, meta } = await metrics.snapshot();
    const candles = instruments.find(({ name }) => name === "candles_total")?.series[0];
    assertEquals(candles !== undefined && "value" in candles && candles.value, on.feed.fed, "a candle is not counted");
    assertEquals(meta.dropped, 0, "records were dropped");
    assertEquals((await metricsTraced.snapshot()).meta.dropped, 0, "records were dropped");
    assertEquals((await metricsOff.snapshot()).meta.recorded, 0, "something was recorded while it was off");
    await Promise.all([metrics.close(), metricsTraced.close(), metricsOff.close()]);
    const records = `${(meta.recorded / on.feed.fed).toFixed(1)} records a candle`;
    if (noop.tickMs.length === 0) return [records];
    const [share, shareTraced] = [on, traced].map((subject) => `${(shareAtPace(subject) * 100).toFixed(2)} %`);
    return [
      records,
      `at ${CANDLES_PER_SECOND} candles a second, recording takes ${share} of the main thread's time`,
      `with each candle a trace, ${shareTraced}`,
    ];
  },
  judge: () => {
    const share = shareAtPace(on);
    return share < SHARE_PROMISED
      ? []
      : [`recording takes ${share.toFixed(3)} of the time, promised ${SHARE_PROMISED}`];
  },
};

/** The bench. */
export const ladders: Ladders = { candles: () => ladder };

await registerBenches(ladders);

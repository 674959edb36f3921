/**
 * Runs the candle pipeline once in this process, as the first argument says in JSON ({@linkcode CandleRun}), and prints
 * what it was like ({@linkcode CandleOutcome}), for `baseline.ts`.
 *
 * @module
 */

import { cpuUsage } from "node:process";
import { setImmediate, setTimeout } from "node:timers/promises";
import { Pacer } from "../../examples/trading/pacer.ts";
import { CandleFeed } from "../lib/candle_feed.ts";
import { noopMetrics } from "@hotpath/metrics";
import { type CandleOutcome, type CandleRun, IDLE, VARIANTS } from "./candle_run.ts";
import { threadCpuMs } from "./thread_cpu.ts";

/** Candles between two turns of the event loop at full speed: about a millisecond. */
const CANDLES_A_TURN = 500;
const TICK_MS = 10;

const { variant, perSecond, warmUpSeconds, settleSeconds, seconds }: CandleRun = JSON.parse(Deno.args[0]);
const metrics = VARIANTS[variant]();
await metrics.ready;
const feed = new CandleFeed(variant === IDLE ? noopMetrics : metrics);
await runFor(warmUpSeconds, null);
await runFor(settleSeconds, perSecond);

const fedBefore = feed.fed;
const hotBeforeMs = threadCpuMs();
const processBefore = cpuUsage();
const startMs = performance.now();
await runFor(seconds, perSecond);
const elapsedMs = performance.now() - startMs;
const { user, system } = cpuUsage(processBefore);
const hotMs = threadCpuMs() - hotBeforeMs;
const { sampling } = await metrics.performance();
const { meta } = await metrics.snapshot();
const outcome: CandleOutcome = {
  candles: feed.fed - fedBefore,
  elapsedMs,
  hotMs,
  processMs: (user + system) / 1_000,
  rssBytes: Deno.memoryUsage().rss,
  dropped: meta.dropped,
  ...(sampling && { sampling: { rate: sampling.rate, overheadRatio: sampling.overheadRatio ?? NaN } }),
};
await metrics.close();
console.log(JSON.stringify(outcome));

async function runFor(seconds: number, perSecond: number | null): Promise<void> {
  const endMs = performance.now() + seconds * 1_000;
  if (perSecond === null) {
    while (performance.now() < endMs) {
      await feed.run(CANDLES_A_TURN);
      await setImmediate();
    }
    return;
  }
  const pacer = new Pacer(perSecond, performance.now(), perSecond);
  while (performance.now() < endMs) {
    await setTimeout(TICK_MS);
    await feed.run(pacer.take(performance.now()));
  }
}

/**
 * One run of the candle pipeline: the ways to measure it, what a run is to be and what it was like. As a program it makes
 * such a run in its process, as the first argument says in JSON ({@linkcode CandleRun}), and prints the outcome
 * ({@linkcode CandleOutcome}); `baseline.ts` starts one process per run.
 *
 * @module
 */

import process, { cpuUsage } from "node:process";
import { setImmediate, setTimeout } from "node:timers/promises";
import { createMetrics, type Metrics, noopMetrics } from "@hotpath/metrics";
import { Pacer } from "../../examples/trading/pacer.ts";
import { CandleFeed } from "../lib/candle_feed.ts";

/** Candles between two turns of the event loop at full speed: about a millisecond. */
const CANDLES_A_TURN = 500;
const TICK_MS = 10;
/** On Linux its first number is the nanoseconds that the kernel has run this thread. */
const SCHEDSTAT = "/proc/thread-self/schedstat";

/** The share of a core that recording may take, where it has a budget. */
export const BUDGET = 0.01;

/** Without metrics: the calls are there, and do nothing. */
export const NOOP = "noopMetrics";

/** Metrics are there, with all that they do by themselves; the pipeline calls `noopMetrics`. */
export const IDLE = "metrics that nothing calls";

/** The demo as it is: each candle that is sampled is a trace. All other ways trace nothing. */
export const TRACED = ", each candle a trace";

/** Ways to measure the pipeline. */
export const VARIANTS: Readonly<Record<string, () => Metrics>> = {
  [NOOP]: () => noopMetrics,
  [IDLE]: () => createMetrics({ traces: false }),
  "enabled = false": () => createMetrics({ traces: false, enabled: false }),
  "rate 0": () => createMetrics({ traces: false, sampling: { rate: 0 } }),
  "rate 0.03": () => createMetrics({ traces: false, sampling: { rate: 0.03 } }),
  "rate 0.1": () => createMetrics({ traces: false, sampling: { rate: 0.1 } }),
  "rate 0.3": () => createMetrics({ traces: false, sampling: { rate: 0.3 } }),
  "rate 1": () => createMetrics({ traces: false, sampling: { rate: 1 } }),
  [`rate 1${TRACED}`]: () => createMetrics({ sampling: { rate: 1 } }),
  [`budget ${BUDGET}`]: () => createMetrics({ traces: false, sampling: { budget: BUDGET } }),
  [`budget ${BUDGET}${TRACED}`]: () => createMetrics({ sampling: { budget: BUDGET } }),
};

/** Options of a run. */
export interface CandleRun {
  /** One of {@linkcode VARIANTS}. */
  readonly variant: string;
  /** Candles a second; `null` for as many as there can be. */
  readonly perSecond: number | null;
  /** How long it is warmed up at full speed, so that V8 has compiled what is called. */
  readonly warmUpSeconds: number;
  /** How long it then runs as it will be measured, for a rate that sets itself to settle. */
  readonly settleSeconds: number;
  /** How long it is measured. */
  readonly seconds: number;
}

/** Outcome of a run. */
export interface CandleOutcome {
  /** Candles that were processed. */
  readonly candles: number;
  /** How long that took. */
  readonly elapsedMs: number;
  /** CPU time of the thread that did it. */
  readonly hotMs: number;
  /** CPU time of all threads. */
  readonly processMs: number;
  /** Resident memory at the end. */
  readonly rssBytes: number;
  /** Records that were lost, warm-up and all. */
  readonly dropped: number;
  /** The share of a core that recording took by Hotpath's own account, and the rate; not there if nothing sets it. */
  readonly sampling?: { readonly rate: number; readonly overheadRatio: number };
}

async function runOnce(
  { variant, perSecond, warmUpSeconds, settleSeconds, seconds }: CandleRun,
): Promise<CandleOutcome> {
  const metrics = VARIANTS[variant]();
  await metrics.ready;
  const feed = new CandleFeed(variant === IDLE ? noopMetrics : metrics);
  await runFor(feed, warmUpSeconds, null);
  await runFor(feed, settleSeconds, perSecond);

  const fedBefore = feed.fed;
  const hotBeforeMs = threadCpuMs();
  const processBefore = cpuUsage();
  const startMs = performance.now();
  await runFor(feed, seconds, perSecond);
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
  return outcome;
}

async function runFor(feed: CandleFeed, seconds: number, perSecond: number | null): Promise<void> {
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

/**
 * CPU time of this thread alone, without the aggregator, V8's helpers and Deno's own threads: milliseconds from some
 * origin. To the nanosecond on Linux, where `/proc` may be read; otherwise in steps of the system's clock, some
 * milliseconds.
 */
function threadCpuMs(): number {
  if (Deno.build.os === "linux" && Deno.permissions.querySync({ name: "read" }).state === "granted") {
    try {
      return Number(Deno.readTextFileSync(SCHEDSTAT).split(" ")[0]) / 1e6;
    } catch {
      // A kernel without it, or a permission that does not go that far.
    }
  }
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

if (import.meta.main) console.log(JSON.stringify(await runOnce(JSON.parse(Deno.args[0]))));

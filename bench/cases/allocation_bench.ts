/**
 * Bytes that each hot call allocates on the thread that makes it: recorded, at a sampling rate of 10 %, and disabled. Calls
 * that must not allocate are promised; `span`, `wrap` and a label set written at the call may.
 *
 * The clock is the `ffi` one, and all settings are used in one process, so the code is compiled for all of them. The bytes
 * hold where V8 inlines the call; where it does not, it boxes a returned number in 16 bytes.
 *
 * Does not measure times: those of the table are of calls at all settings, see the other benches.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { createMetrics } from "@hotpath/metrics";
import { registerBenches } from "../lib/harness.ts";
import type { Case, Ladder, Ladders } from "../lib/ladder.ts";
import { eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";

const BURST = 8_192;
const TURN = HANDLES - 1;
const SETTINGS = [
  { name: "recorded", enabled: true, samplingRate: 1 },
  { name: "at 10 %", enabled: true, samplingRate: 0.1 },
  { name: "disabled", enabled: false, samplingRate: 1 },
];

const metrics = createMetrics({ sampling: { seed: 1 } });
await metrics.ready;
const counterFamily = metrics.counter("orders_total", { labels: LABELS });
const gaugeFamily = metrics.gauge("queue_depth", { labels: LABELS });
const histogramFamily = metrics.histogram("message_bytes", { unit: "bytes", labels: LABELS });
const timerFamily = metrics.timer("order_execution", { labels: LABELS });
const labelSets = eachLabelSet((labels) => labels);
const counters = labelSets.map((labels) => counterFamily.with(labels));
const gauges = labelSets.map((labels) => gaugeFamily.with(labels));
const histograms = labelSets.map((labels) => histogramFamily.with(labels));
const timers = labelSets.map((labels) => timerFamily.with(labels));
let done = 0;
const wrapped = timers.map((timer) =>
  timer.wrap(() => {
    done += 1;
  })
);

/**
 * With code for all settings in one loop, V8 has no room left to inline the sampled record: two numbers are boxed for
 * one call in ten. A program that stays at one rate has none, see `sampling_bench.ts`.
 */
const NOT_PROMISED = "timer.start and end, at 10 %";

/** Cases that must not allocate. */
const FREE: Readonly<Record<string, (count: number) => void>> = {
  "counter.inc": (count) => {
    for (let i = 0; i < count; i++) counters[i & TURN].inc();
  },
  "gauge.set": (count) => {
    for (let i = 0; i < count; i++) gauges[i & TURN].set(i);
  },
  "gauge.inc": (count) => {
    for (let i = 0; i < count; i++) gauges[i & TURN].inc();
  },
  "gauge.dec": (count) => {
    for (let i = 0; i < count; i++) gauges[i & TURN].dec();
  },
  "histogram.observe": (count) => {
    for (let i = 0; i < count; i++) histograms[i & TURN].observe(i);
  },
  "timer.observe": (count) => {
    for (let i = 0; i < count; i++) timers[i & TURN].observe(i);
  },
  "timer.start and end": (count) => {
    for (let i = 0; i < count; i++) {
      const timer = timers[i & TURN];
      const start = timer.start();
      timer.end(start);
    }
  },
};

/** Cases that may allocate a little. */
const OTHERS: Readonly<Record<string, (count: number) => void>> = {
  "timer.span": (count) => {
    for (let i = 0; i < count; i++) {
      using _span = timers[i & TURN].span();
    }
  },
  "timer.wrap, synchronous": (count) => {
    for (let i = 0; i < count; i++) wrapped[i & TURN]();
  },
  "counter.with(labels).inc": (count) => {
    for (let i = 0; i < count; i++) {
      const { pair, side, type } = labelSets[i & TURN];
      counterFamily.with({ pair, side, type }).inc();
    }
  },
};

function casesOf(calls: Readonly<Record<string, (count: number) => void>>): Case[] {
  return Object.entries(calls).flatMap(([call, run]) =>
    SETTINGS.map(({ name, enabled, samplingRate }) => ({
      name: `${call}, ${name}`,
      burst: BURST,
      prepare: () => {
        metrics.enabled = enabled;
        metrics.samplingRate = samplingRate;
      },
      run,
      settle: () => metrics.flush(),
    }))
  );
}

const free = casesOf(FREE);

const ladder: Ladder = {
  name: "bytes a call",
  cases: [...free, ...casesOf(OTHERS)],
  targets: [],
  allocationFree: free.map(({ name }) => name).filter((name) => name !== NOT_PROMISED),
  verify: async () => {
    assertEquals((await metrics.snapshot()).meta.dropped, 0, "records were dropped");
    await metrics.close();
  },
};

/** The bench. */
export const ladders: Ladders = { allocation: () => ladder };

await registerBenches(ladders);

/**
 * What a series costs in memory, on both sides of the ring: everything reachable, on the heap and in array buffers, after a
 * garbage collection. Fails if a timer with four windows takes more than 64 KB, or ten thousand counters more than 4 MB.
 *
 * The timers have all slices full: five minutes of fake time at 100,000 values a second, log-normal (σ = 1), so their memory
 * hardly grows any more. T-digests get a tenth of that: the number of values makes no difference to their size. The counters
 * are series of one family with one label; aggregation is inline, so that both sides are in the heap that is measured.
 *
 * Does not measure growth over time: see `load/endurance.ts` and `load/memory.ts`.
 *
 * @module
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createMetrics } from "@hotpath/metrics";
import { define } from "../../src/instrument/definition.ts";
import type { SketchName } from "../../src/model/model.ts";
import type { Distribution } from "../../src/aggregate/series/distribution.ts";
import { DistributionFamily } from "../../src/aggregate/series/distribution_family.ts";
import { SeriesStore } from "../../src/aggregate/series/store.ts";
import { Batch } from "../../src/sketch/batch.ts";
import { planWindows } from "../../src/sketch/sliding_window.ts";
import { logNormal } from "../lib/workload.ts";
import type { Ladder, Ladders } from "../lib/ladder.ts";

const KILOBYTE = 1_024;
const TIMER_BYTES_MAX = 64 * KILOBYTE;
const COUNTERS = 10_000;
const COUNTERS_BYTES_MAX = 4 * KILOBYTE ** 2;

const TIMERS = 20;
const STEP_MS = 20;
const STEP_VALUES: Readonly<Record<SketchName, number>> = { exponential: 2_000, tdigest: 200 };
/** All windows, and a slice of the widest more. */
const END_MS = 330_000;

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const plan = planWindows(["1s", "5s", "1m", "5m"].map((name, i) => ({ name, lengthMs: [1e3, 5e3, 6e4, 3e5][i] })));
const values = logNormal(2 ** 20, 11);
const batch = new Batch(STEP_VALUES.exponential);

function reachableBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** Lets values through a timer until all of its slices are full. */
function fill(timer: Distribution, count: number): void {
  let from = 0;
  for (let nowMs = 0; nowMs < END_MS; nowMs += STEP_MS) {
    // An odd step, so that no two slices see the same values.
    from = (from + count + 1) % (values.length - count);
    batch.values.set(values.subarray(from, from + count));
    batch.findBuckets(count);
    timer.recordRun(batch, 0, count, nowMs);
  }
}

/** Bytes of a timer's series, with windows and classic buckets. */
function timerBytes(sketch: SketchName): number {
  const family = new SeriesStore(plan).define(define("timer", "order_execution", { labels: ["i"], sketch }));
  if (!(family instanceof DistributionFamily)) throw new Error("a timer is no distribution");
  // What is made once (scratch memory, compiled code) is not a series' cost.
  fill(family.add({ i: "first" }, 0), STEP_VALUES[sketch]);
  const before = reachableBytes();
  for (let i = 0; i < TIMERS; i++) fill(family.add({ i: String(i) }, 0), STEP_VALUES[sketch]);
  const bytes = (reachableBytes() - before) / TIMERS;
  if (family.size !== TIMERS + 1) throw new Error(`there are ${family.size} timers`);
  return bytes;
}

/** Bytes of all counters, with the handles that record and the series that are read. */
async function countersBytes(labels: readonly ("pair" | "side")[]): Promise<number> {
  await using metrics = createMetrics({ aggregation: "inline", ringCapacity: 64, seriesMax: COUNTERS + 1 });
  const orders = metrics.counter("orders_total", { labels });
  const labelsOf = (pair: string) => labels.length === 1 ? { pair } : { pair, side: "buy" };
  orders.with(labelsOf("first") as Record<"pair" | "side", string>).inc();
  const before = reachableBytes();
  for (let i = 0; i < COUNTERS; i++) {
    orders.with(labelsOf(`PAIR-${i}`) as Record<"pair" | "side", string>).inc();
  }
  const bytes = reachableBytes() - before;
  const { meta } = await metrics.snapshot();
  if (meta.series !== COUNTERS + 1) throw new Error(`there are ${meta.series} series`);
  return bytes;
}

function assertAtMost(what: string, bytes: number, max: number): void {
  if (bytes > max) throw new Error(`${what}: ${Math.ceil(bytes / KILOBYTE)} KB, promised ${max / KILOBYTE} KB`);
}

const ladder: Ladder = {
  name: "memory",
  cases: [],
  targets: [],
  verify: async () => {
    const timer = timerBytes("exponential");
    const digest = timerBytes("tdigest");
    const counters = await countersBytes(["pair"]);
    const countersOfTwo = await countersBytes(["pair", "side"]);
    assertAtMost("a timer with four windows", timer, TIMER_BYTES_MAX);
    assertAtMost("10,000 counters", counters, COUNTERS_BYTES_MAX);
    return [
      `a timer with four windows: ${(timer / KILOBYTE).toFixed(1)} KB`,
      `the same with a t-digest: ${(digest / KILOBYTE).toFixed(1)} KB`,
      `a counter with one label: ${(counters / COUNTERS).toFixed(0)} bytes`,
      `with two, each value of the first once: ${(countersOfTwo / COUNTERS).toFixed(0)} bytes`,
    ];
  },
};

/** The bench. */
export const ladders: Ladders = { memory: () => ladder };

/**
 * What a timing costs, by clock: the reads of the clock that it cannot do without (`clock`), and a timing over two of them
 * (`timer_ffi`, `timer_performance`). Each ladder runs in a process of its own, as a program has one clock, so that calls
 * of the clock stay monomorphic.
 *
 * Does not measure traces (`trace_bench.ts`), nor timings that are sampled out (`sampling_bench.ts`).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { createMetrics } from "@hotpath/metrics";
import { chooseClock } from "../../src/record/clock.ts";
import { registerBenches } from "../lib/harness.ts";
import type { Ladder, Ladders } from "../lib/ladder.ts";
import { eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";

const CLOCK_BURST = 16_384;
/** A quarter of the default ring: the clock's reads take long enough for steady figures. */
const TIMER_BURST = 32_768;
const TURN = HANDLES - 1;

/** Reads of the `ffi` clock beside other clocks, with an empty loop as the baseline. */
function clockLadder(): Ladder {
  const { clock, name } = chooseClock("ffi");
  let last = 0;
  let hasGoneBack = false;
  return {
    name: "clocks",
    cases: [
      {
        name: "no clock",
        isReference: true,
        burst: CLOCK_BURST,
        run: (count) => {
          for (let i = 0; i < count; i++) last = i;
        },
      },
      {
        name: "ffi clock",
        burst: CLOCK_BURST,
        run: (count) => {
          let before = clock.now();
          for (let i = 0; i < count; i++) {
            const now = clock.now();
            if (now < before) hasGoneBack = true;
            before = now;
          }
          last = before;
        },
      },
      {
        name: "performance.now",
        isReference: true,
        burst: CLOCK_BURST,
        run: (count) => {
          for (let i = 0; i < count; i++) last = performance.now();
        },
      },
      {
        name: "Date.now",
        isReference: true,
        burst: CLOCK_BURST,
        run: (count) => {
          for (let i = 0; i < count; i++) last = Date.now();
        },
      },
      {
        name: "process.hrtime.bigint",
        isReference: true,
        burst: CLOCK_BURST,
        run: (count) => {
          for (let i = 0; i < count; i++) last = Number(process.hrtime.bigint());
        },
      },
    ],
    targets: [{ name: "ffi clock", reference: "performance.now", timesFaster: 1.3 }],
    allocationFree: ["ffi clock"],
    verify: () => {
      assert(name === "ffi" && last > 0 && !hasGoneBack, "the clock went back");
      return Promise.resolve();
    },
  };
}

/** Timings over two reads of the clock. */
async function timerLadder(name: "ffi" | "performance"): Promise<Ladder> {
  const { clock } = chooseClock(name);
  const metrics = createMetrics({ clock: name });
  await metrics.ready;
  const family = metrics.timer("order_execution", { labels: LABELS });
  const timers = eachLabelSet((labels) => family.with(labels));
  const sink = new Float64Array(1);
  let timed = 0;
  return {
    name: `timer, ${name} clock`,
    cases: [
      {
        name: "two reads of the clock",
        isReference: true,
        burst: TIMER_BURST,
        run: (count) => {
          for (let i = 0; i < count; i++) {
            const startMs = clock.now();
            sink[0] = clock.now() - startMs;
          }
        },
      },
      {
        name: "start and end",
        burst: TIMER_BURST,
        run: (count) => {
          timed += count;
          for (let i = 0; i < count; i++) {
            const timer = timers[i & TURN];
            const start = timer.start();
            timer.end(start);
          }
        },
        settle: () => metrics.flush(),
      },
      {
        name: "using span",
        burst: TIMER_BURST,
        run: (count) => {
          timed += count;
          for (let i = 0; i < count; i++) {
            using _span = timers[i & TURN].span();
          }
        },
        settle: () => metrics.flush(),
      },
    ],
    targets: [{ name: "start and end", reference: "two reads of the clock", timesFaster: 1 / 1.35 }],
    allocationFree: ["start and end"],
    verify: async () => {
      const { metrics: [{ series }], meta } = await metrics.snapshot();
      const recorded = series.reduce((total, it) => total + ("count" in it ? it.count : 0), 0);
      assertEquals(recorded, timed, "a record is missing");
      assertEquals(meta.dropped, 0, "records were dropped");
      await metrics.close();
    },
  };
}

/** The benches. */
export const ladders: Ladders = {
  clock: clockLadder,
  timer_ffi: () => timerLadder("ffi"),
  timer_performance: () => timerLadder("performance"),
};

await registerBenches(ladders);

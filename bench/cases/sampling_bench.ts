/**
 * What sampling saves, by clock: timings and observations at rate 1, at rates that record a few of them, and at a rate so
 * low that all are sampled out. Calls that are sampled out are counted, and arrive as the weight of others.
 *
 * The rate changes between bursts on the same 64 handles, so that the code is compiled for all rates, as in a program
 * whose rate changes while it runs. That leaves V8 little room to inline: in some runs it does not inline the last read of
 * the `performance` clock, or the writing of a sampled record, and boxes the numbers, 16 bytes each. So the bytes of
 * timings that are sampled, or recorded by that clock, are shown and not promised; at a single rate they are 0, see
 * `timer_bench.ts`. Nor is a ratio promised with the `ffi` clock: a recorded timing costs so little there that the loop
 * around a skipped one is a good part of the measurement.
 *
 * Does not measure how close estimates are: see `claims/sampling_error.ts`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { createMetrics } from "@hotpath/metrics";
import { registerBenches } from "../lib/harness.ts";
import type { Case, Ladder, Ladders } from "../lib/ladder.ts";
import { eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";

/** A quarter of the default ring, as in `timer_bench.ts`. */
const BURST = 32_768;
const TURN = HANDLES - 1;
const SEED = 1;
/** One call in a thousand million: none. */
const RATE_NONE = 1e-9;

/** The ladder for a clock. */
async function samplingLadder(clock: "ffi" | "performance"): Promise<Ladder> {
  const metrics = createMetrics({ clock, sampling: { seed: SEED } });
  await metrics.ready;
  const timerFamily = metrics.timer("order_execution", { labels: LABELS });
  const timers = eachLabelSet((labels) => timerFamily.with(labels));
  const histogramFamily = metrics.histogram("message_bytes", { unit: "bytes", labels: LABELS });
  const histograms = eachLabelSet((labels) => histogramFamily.with(labels));
  let timed = 0;
  let observed = 0;

  function runTimings(count: number): void {
    timed += count;
    for (let i = 0; i < count; i++) {
      const timer = timers[i & TURN];
      const start = timer.start();
      timer.end(start);
    }
  }

  function runObservations(count: number): void {
    observed += count;
    for (let i = 0; i < count; i++) histograms[i & TURN].observe(i);
  }

  function atRate(name: string, rate: number, run: (count: number) => void): Case {
    return {
      name,
      burst: BURST,
      prepare: () => {
        metrics.samplingRate = rate;
      },
      run,
      settle: () => metrics.flush(),
    };
  }

  const cases = [
    atRate("observe, skipped", RATE_NONE, runObservations),
    atRate("observe at 1 %", 0.01, runObservations),
    atRate("observe at 10 %", 0.1, runObservations),
    atRate("observe, recorded", 1, runObservations),
    atRate("start and end, skipped", RATE_NONE, runTimings),
    atRate("start and end at 1 %", 0.01, runTimings),
    atRate("start and end at 10 %", 0.1, runTimings),
    atRate("start and end, recorded", 1, runTimings),
  ];
  return {
    name: `sampling, ${clock} clock`,
    cases,
    targets: clock === "performance"
      ? [{ name: "start and end, skipped", reference: "start and end, recorded", timesFaster: 20 }]
      : [],
    allocationFree: [
      ...cases.filter(({ name }) => name.startsWith("observe") || name.endsWith("skipped")).map(({ name }) => name),
      ...(clock === "ffi" ? ["start and end, recorded"] : []),
    ],
    verify: async () => {
      const { metrics: instruments, meta } = await metrics.snapshot();
      const counts = instruments.map(({ series }) =>
        series.reduce((total, it) => total + ("count" in it ? it.count : 0), 0)
      );
      assertEquals(counts, [timed, observed], "a call is not counted");
      assertEquals(meta.dropped, 0, "records were dropped");
      await metrics.close();
    },
  };
}

/** The benches. */
export const ladders: Ladders = {
  sampling: () => samplingLadder("performance"),
  sampling_ffi: () => samplingLadder("ffi"),
};

await registerBenches(ladders);

/**
 * What a timing costs over the two clock reads that it cannot do without. One process per clock, as
 * in a real program, so that calls of the clock stay monomorphic.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { createMetrics } from "@hotpath/metrics";
import { chooseClock } from "../../src/record/clock.ts";
import type { Ladder } from "../lib/harness.ts";
import { eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";

/** A quarter of the default ring: the clock's reads take long enough for steady figures. */
const BURST = 32_768;
const TURN = HANDLES - 1;

/** The ladder for a clock. */
export async function timerLadder(name: "ffi" | "performance"): Promise<Ladder> {
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
        burst: BURST,
        run: (count) => {
          for (let i = 0; i < count; i++) {
            const startMs = clock.now();
            sink[0] = clock.now() - startMs;
          }
        },
      },
      {
        name: "start and end",
        burst: BURST,
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
        burst: BURST,
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

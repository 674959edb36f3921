/**
 * What tracing adds to a timing, by clock: nothing before the first run, little outside of a run, and inside of one the
 * look-up in `AsyncLocalStorage` and two more words in the record. The metrics that trace nothing are a second set in the
 * same process, so that both are timed in turn. Beside an empty run are `AsyncLocalStorage.run`, of which it is made, and
 * the work of `startActiveSpan` in OpenTelemetry's SDK, whose spans are recorded and not exported.
 *
 * Does not measure how traces are kept and served, which the aggregator does.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { assertEquals } from "@std/assert";
import { trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { createMetrics } from "@hotpath/metrics";
import { registerBenches } from "../lib/harness.ts";
import type { Ladder, Ladders, Measurement } from "../lib/ladder.ts";
import { eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";

const BURST = 32_768;
const RUN_BURST = 1_024;
const TURN = HANDLES - 1;
/** Maximum additional time of a timing inside a run, in nanoseconds. */
const EXTRA_NS_MAX = 30;
/** Makes Hotpath look for spans of OpenTelemetry. */
const OPEN_TELEMETRY = Symbol.for("opentelemetry.js.api.1");
const UNTRACED = "start and end, nothing is traced";
const OUTSIDE = "start and end, outside of a run";
const INSIDE = "start and end, inside of a run";

/** The ladder for a clock. */
async function traceLadder(name: "ffi" | "performance"): Promise<Ladder> {
  const untraced = createMetrics({ clock: name });
  const traced = createMetrics({ clock: name });
  await Promise.all([untraced.ready, traced.ready]);
  const [plainTimers, timers] = [untraced, traced].map((metrics) => {
    const family = metrics.timer("order_execution", { labels: LABELS });
    return eachLabelSet((labels) => family.with(labels));
  });
  traced.trace.run({ name: "nothing" }, () => {});
  const storage = new AsyncLocalStorage<object>();
  const store = {};
  const peer = new TracerProvider().getTracer("bench");
  /** Not made the global one, as programs do: Hotpath would look at it in all cases. */
  const manager = new AsyncLocalStorageContextManager().enable();
  let timed = 0;
  let runs = 1;
  return {
    name: `trace, ${name} clock`,
    cases: [
      {
        name: UNTRACED,
        burst: BURST,
        run: (count) => {
          for (let i = 0; i < count; i++) {
            const timer = plainTimers[i & TURN];
            const start = timer.start();
            timer.end(start);
          }
        },
        settle: () => untraced.flush(),
      },
      {
        name: OUTSIDE,
        burst: BURST,
        run: (count) => {
          timed += count;
          for (let i = 0; i < count; i++) {
            const timer = timers[i & TURN];
            const start = timer.start();
            timer.end(start);
          }
        },
        settle: () => traced.flush(),
      },
      {
        name: INSIDE,
        burst: BURST,
        run: (count) => {
          timed += count;
          runs += 1;
          traced.trace.run({ name: "burst" }, () => {
            for (let i = 0; i < count; i++) {
              const timer = timers[i & TURN];
              const start = timer.start();
              timer.end(start);
            }
          });
        },
        settle: () => traced.flush(),
      },
      {
        name: "a run of nothing",
        burst: RUN_BURST,
        run: (count) => {
          runs += count;
          for (let i = 0; i < count; i++) traced.trace.run({ name: "nothing" }, () => {});
        },
        settle: () => traced.flush(),
      },
      {
        name: "AsyncLocalStorage.run of nothing",
        isReference: true,
        burst: RUN_BURST,
        run: (count) => {
          for (let i = 0; i < count; i++) storage.run(store, () => {});
        },
      },
      {
        name: "@opentelemetry/sdk-trace, an active span of nothing",
        isReference: true,
        burst: RUN_BURST,
        run: (count) => {
          for (let i = 0; i < count; i++) {
            const span = peer.startSpan("nothing", {}, manager.active());
            manager.with(trace.setSpan(manager.active(), span), () => span.end());
          }
        },
      },
    ],
    targets: [],
    // `performance.now` is so large that V8 does not inline a traced end beside it, and boxes the start that it is given.
    allocationFree: name === "ffi" ? [UNTRACED, OUTSIDE, INSIDE] : [UNTRACED],
    verify: async () => {
      assertEquals(
        Object.getOwnPropertySymbols(globalThis).includes(OPEN_TELEMETRY),
        false,
        "the peer is seen by ours",
      );
      const { metrics, meta } = await traced.snapshot();
      const countOf = (wanted: string) => {
        const series = metrics.find(({ name }) => name === wanted)?.series ?? [];
        return series.reduce((sum, it) => sum + ("count" in it ? it.count : 0), 0);
      };
      assertEquals(countOf("order_execution_seconds"), timed, "a timing is missing");
      assertEquals(countOf("trace_duration_seconds"), runs, "a run is missing");
      assertEquals(meta.dropped, 0, "records were dropped");
      await Promise.all([untraced.close(), traced.close()]);
    },
    judge: (measurements) => {
      const extraNs = nsOf(measurements, INSIDE) - nsOf(measurements, UNTRACED);
      return extraNs <= EXTRA_NS_MAX
        ? []
        : [`${INSIDE} takes ${extraNs.toFixed(1)} ns longer, promised ${EXTRA_NS_MAX} at most`];
    },
  };
}

function nsOf(measurements: readonly Measurement[], wanted: string): number {
  return measurements.find(({ name }) => name === wanted)?.nsPerOperation ?? NaN;
}

/** The benches. */
export const ladders: Ladders = {
  trace_ffi: () => traceLadder("ffi"),
  trace_performance: () => traceLadder("performance"),
};

await registerBenches(ladders);

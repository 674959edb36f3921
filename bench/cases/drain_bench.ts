/**
 * What the aggregator does with a record, step by step: the bucket index, the sketch, and the whole drain, which includes
 * the series with its windows and classic buckets. Log-normal values, 64 series.
 *
 * Does not measure how fast records arrive from another thread: see `pipeline_bench.ts`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Drainer } from "../../src/aggregate/drain/drainer.ts";
import { ThreadState } from "../../src/aggregate/drain/thread_state.ts";
import { define } from "../../src/instrument/definition.ts";
import { Consumer } from "../../src/ring/consumer.ts";
import { createDoorbell, Doorbell } from "../../src/ring/doorbell.ts";
import { createRing, Kind, tagOf } from "../../src/ring/layout.ts";
import { Producer } from "../../src/ring/producer.ts";
import { SeriesStore } from "../../src/aggregate/series/store.ts";
import { bucketOf, shiftOf } from "../../src/sketch/exponential.ts";
import { Sketch } from "../../src/sketch/sketch.ts";
import { planWindows } from "../../src/sketch/sliding_window.ts";
import { logNormal } from "../lib/workload.ts";
import { registerBenches } from "../lib/harness.ts";
import type { Ladder, Ladders } from "../lib/ladder.ts";

const CAPACITY = 131_072;
const BURST = CAPACITY / 2;
/** Maximum number of records that the aggregator drains from a ring before the others. */
const DRAINED_AT_ONCE = CAPACITY / 4;
const SERIES = 64;
const TURN = SERIES - 1;

const values = logNormal(BURST, 1);
const shift = shiftOf(6);
const logs = new Float64Array(1);
const sketches = Array.from({ length: SERIES }, () => new Sketch(6));

const ring = createRing(CAPACITY, true);
const producer = new Producer(ring, new Doorbell(createDoorbell(true)), "overwrite-oldest");
const consumer = new Consumer(ring);
const plan = planWindows(["1s", "5s", "1m", "5m"].map((name, i) => ({ name, lengthMs: [1e3, 5e3, 6e4, 3e5][i] })));
const store = new SeriesStore(plan);
const nowMs = () => performance.now();
const state = new ThreadState(store, nowMs);
const drainer = new Drainer(consumer, state, nowMs, false);
state.admit({ kind: "instrument", instrument: 0, definition: define("timer", "order_execution", { labels: ["i"] }) });
for (let series = 0; series < SERIES; series++) {
  const labelValues = [String(series)];
  state.admit({ kind: "series", series, instrument: 0, labelValues, isOverflow: false, cell: undefined });
}
let offered = 0;
const tags = Float64Array.from({ length: TURN + 1 }, (_, series) => tagOf(series, Kind.timing));

const ladder: Ladder = {
  name: "drain",
  cases: [
    {
      name: "bucket index by look-up",
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) logs[0] += bucketOf(values[i], shift);
      },
    },
    {
      name: "bucket index by Math.log2",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) logs[0] += Math.ceil(Math.log2(values[i]) * 64);
      },
    },
    {
      name: "sketch.record",
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) sketches[i & TURN].record(values[i], 1);
      },
    },
    {
      name: "drain",
      burst: BURST,
      operationsPerCall: DRAINED_AT_ONCE,
      prepare: (count) => {
        offered += count;
        for (let i = 0; i < count; i++) producer.push(values[i], 0, tags[i & TURN]);
        producer.publish();
      },
      run: (count) => {
        drainer.drain(count);
      },
    },
  ],
  targets: [],
  verify: () => {
    assertEquals(drainer.recorded, offered, "a record is missing");
    return Promise.resolve();
  },
};

/** The bench. */
export const ladders: Ladders = { drain: () => ladder };

await registerBenches(ladders);

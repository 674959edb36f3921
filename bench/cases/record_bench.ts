/**
 * What a call costs the thread that makes it, next to prom-client's and hdr-histogram-js's calls for
 * the same job. 64 handles, each bound to three labels, are used in turn; the aggregator drains in
 * its worker meanwhile.
 *
 * Does not measure the look-up of label sets, nor what the aggregator does with the records.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import * as hdr from "hdr-histogram-js";
import { Counter, Histogram, Registry } from "prom-client";
import { createMetrics } from "@hotpath/metrics";
import { registerBenches } from "../lib/harness.ts";
import type { Ladder, Ladders } from "../lib/ladder.ts";
import { eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";

/** Half of the default ring. */
const BURST = 65_536;
const TURN = HANDLES - 1;

const store = new Float64Array(HANDLES);

const metrics = createMetrics({ clock: "performance" });
await metrics.ready;
const counterFamily = metrics.counter("orders_total", { labels: LABELS });
const counters = eachLabelSet((labels) => counterFamily.with(labels));
const gaugeFamily = metrics.gauge("queue_depth", { labels: LABELS });
const gauges = eachLabelSet((labels) => gaugeFamily.with(labels));
const histogramFamily = metrics.histogram("message_bytes", { unit: "bytes", labels: LABELS });
const histograms = eachLabelSet((labels) => histogramFamily.with(labels));
let counted = 0;
let observed = 0;

const registers = [new Registry()];
const promCounter = new Counter({ name: "orders_total", help: "orders", labelNames: LABELS, registers });
const promCounters = eachLabelSet((labels) => promCounter.labels(labels));
const promHistogram = new Histogram({ name: "message_bytes", help: "sizes", labelNames: LABELS, registers });
const promHistograms = eachLabelSet((labels) => promHistogram.labels(labels));

await hdr.initWebAssembly();
const wasmHistograms = eachLabelSet(() => hdr.build({ useWebAssembly: true }));
const jsHistograms = eachLabelSet(() => hdr.build());

const ladder: Ladder = {
  name: "record",
  cases: [
    {
      name: "store into a Float64Array",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) store[i & TURN] += 1;
      },
    },
    {
      name: "counter.inc",
      burst: BURST,
      run: (count) => {
        counted += count;
        for (let i = 0; i < count; i++) counters[i & TURN].inc();
      },
    },
    {
      name: "gauge.set",
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) gauges[i & TURN].set(i);
      },
    },
    {
      name: "histogram.observe",
      burst: BURST,
      run: (count) => {
        observed += count;
        for (let i = 0; i < count; i++) histograms[i & TURN].observe(i);
      },
      settle: () => metrics.flush(),
    },
    {
      name: "hdr-histogram-js WASM recordValue",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) wasmHistograms[i & TURN].recordValue(i);
      },
    },
    {
      name: "hdr-histogram-js recordValue",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) jsHistograms[i & TURN].recordValue(i);
      },
    },
    {
      name: "prom-client bound counter inc",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) promCounters[i & TURN].inc();
      },
    },
    {
      name: "prom-client bound histogram observe",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) promHistograms[i & TURN].observe(i);
      },
    },
  ],
  targets: [
    { name: "counter.inc", reference: "prom-client bound counter inc", timesFaster: 50 },
    { name: "histogram.observe", reference: "prom-client bound histogram observe", timesFaster: 40 },
    { name: "histogram.observe", reference: "hdr-histogram-js WASM recordValue", timesFaster: 1 },
  ],
  allocationFree: ["counter.inc", "gauge.set", "histogram.observe"],
  verify: async () => {
    const snapshot = await metrics.snapshot();
    const totals = snapshot.metrics.map(({ type, series }) =>
      type === "gauge" ? 0 : series.reduce((total, it) => total + ("count" in it ? it.count : it.value), 0)
    );
    assertEquals(totals, [counted, 0, observed], "a record is missing");
    assertEquals(snapshot.meta.dropped, 0, "records were dropped");
    await metrics.close();
  },
};

/** The bench. */
export const ladders: Ladders = { record: () => ladder };

await registerBenches(ladders);

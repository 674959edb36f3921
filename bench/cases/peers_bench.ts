/**
 * One observation and one count, in each library that a program would take instead, each in its best documented use: bound
 * to its label set where it can be (`@prometheus-io/client`), with an attribute object that is kept where it cannot
 * (OpenTelemetry), without labels where there are none (`measured-core`). 64 label sets are used in turn. `prom-client` and
 * `hdr-histogram-js` are in `record_bench.ts`. Deno's own OpenTelemetry is what `@opentelemetry/api` has as its global meter
 * provider in a process that was started with `OTEL_DENO=true`; it exports to a server of ours, which counts.
 *
 * Does not measure what reading takes: OpenTelemetry's and Hotpath's aggregation happens elsewhere or later.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { createMetrics } from "@hotpath/metrics";
import { metrics as openTelemetry } from "@opentelemetry/api";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import * as prometheusIo from "@prometheus-io/client";
import measured from "measured-core";
import { registerBenches } from "../lib/harness.ts";
import type { Case, Ladder, Ladders } from "../lib/ladder.ts";
import { eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";
import { MetricsSink } from "../lib/metrics_sink.ts";

const BURST = 65_536;
const TURN = HANDLES - 1;
/** A microsecond each. */
const BUILT_IN_BURST = 16_384;
const BUILT_IN_HISTOGRAM = "built_in_message_bytes";
const BUILT_IN_COUNTER = "built_in_orders_total";
/** Many times the interval that it exports at. */
const EXPORT_WITHIN_MS = 20_000;

const metrics = createMetrics();
await metrics.ready;
const histogramFamily = metrics.histogram("message_bytes", { unit: "bytes", labels: LABELS });
const histograms = eachLabelSet((labels) => histogramFamily.with(labels));
const counterFamily = metrics.counter("orders_total", { labels: LABELS });
const counters = eachLabelSet((labels) => counterFamily.with(labels));
let observed = 0;
let counted = 0;

const ioRegisters = [new prometheusIo.Registry()];
const ioOptions = { labelNames: LABELS, registers: ioRegisters };
const ioHistogram = new prometheusIo.Histogram({ name: "message_bytes", help: "sizes", ...ioOptions });
const ioHistograms = eachLabelSet((labels) => ioHistogram.labels(labels));
const ioCounter = new prometheusIo.Counter({ name: "orders_total", help: "orders", ...ioOptions });
const ioCounters = eachLabelSet((labels) => ioCounter.labels(labels));

/** Reads when it is asked to. */
class Reader extends MetricReader {
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
}
const meter = new MeterProvider({ readers: [new Reader()] }).getMeter("bench");
const otelHistogram = meter.createHistogram("message_bytes");
const otelCounter = meter.createCounter("orders_total");
const attributes = eachLabelSet((labels) => ({ ...labels }));

/** Of Deno's own OpenTelemetry, if it is switched on. */
const builtIn = openBuiltIn();

function openBuiltIn() {
  const endpoint = Deno.env.get("OTEL_EXPORTER_OTLP_ENDPOINT");
  if (Deno.env.get("OTEL_DENO") !== "true" || endpoint === undefined) return undefined;
  const { hostname, port } = new URL(endpoint);
  const sink = new MetricsSink(hostname, Number(port));
  const builtInMeter = openTelemetry.getMeter("bench");
  const histogram = builtInMeter.createHistogram(BUILT_IN_HISTOGRAM);
  const counter = builtInMeter.createCounter(BUILT_IN_COUNTER);
  return { sink, histogram, counter };
}

let builtInRecorded = 0;
let builtInAdded = 0;

function builtInRecord(): Case[] {
  if (builtIn === undefined) return [];
  const { histogram } = builtIn;
  return [{
    name: "Deno's own OpenTelemetry record",
    isReference: true,
    burst: BUILT_IN_BURST,
    run: (count) => {
      builtInRecorded += count;
      for (let i = 0; i < count; i++) histogram.record(i, attributes[i & TURN]);
    },
  }];
}

function builtInAdd(): Case[] {
  if (builtIn === undefined) return [];
  const { counter } = builtIn;
  return [{
    name: "Deno's own OpenTelemetry add",
    isReference: true,
    burst: BUILT_IN_BURST,
    run: (count) => {
      builtInAdded += count;
      for (let i = 0; i < count; i++) counter.add(1, attributes[i & TURN]);
    },
  }];
}

const measuredHistograms = eachLabelSet(() => new measured.Histogram());
const measuredCounters = eachLabelSet(() => new measured.Counter());

const ladder: Ladder = {
  name: "record, in other libraries",
  cases: [
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
      name: "@prometheus-io/client observe",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) ioHistograms[i & TURN].observe(i);
      },
    },
    {
      name: "@opentelemetry/sdk-metrics record",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) otelHistogram.record(i, attributes[i & TURN]);
      },
    },
    ...builtInRecord(),
    {
      name: "measured-core histogram update",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) measuredHistograms[i & TURN].update(i);
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
      name: "@prometheus-io/client inc",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) ioCounters[i & TURN].inc();
      },
    },
    {
      name: "@opentelemetry/sdk-metrics add",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) otelCounter.add(1, attributes[i & TURN]);
      },
    },
    ...builtInAdd(),
    {
      name: "measured-core counter inc",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) measuredCounters[i & TURN].inc();
      },
    },
  ],
  targets: [
    { name: "histogram.observe", reference: "@prometheus-io/client observe", timesFaster: 5 },
    { name: "histogram.observe", reference: "@opentelemetry/sdk-metrics record", timesFaster: 20 },
    { name: "histogram.observe", reference: "measured-core histogram update", timesFaster: 8 },
    { name: "counter.inc", reference: "@prometheus-io/client inc", timesFaster: 2 },
    { name: "counter.inc", reference: "@opentelemetry/sdk-metrics add", timesFaster: 30 },
  ],
  allocationFree: ["histogram.observe", "counter.inc"],
  verify: async () => {
    const { metrics: all, meta } = await metrics.snapshot();
    const totals = all.map(({ series }) =>
      series.reduce((total, it) => total + ("count" in it ? it.count : it.value), 0)
    );
    assertEquals(totals, [observed, counted], "a record is missing");
    assertEquals(meta.dropped, 0, "records were dropped");
    await using sink = builtIn?.sink;
    await sink?.waitFor(BUILT_IN_HISTOGRAM, builtInRecorded, EXPORT_WITHIN_MS);
    await sink?.waitFor(BUILT_IN_COUNTER, builtInAdded, EXPORT_WITHIN_MS);
    await metrics.close();
  },
};

/** The bench. */
export const ladders: Ladders = { peers: () => ladder };

await registerBenches(ladders);

/**
 * One observation and one count: what each costs the thread that makes it, in Hotpath and in each library that a program
 * would use instead, in its fastest documented form. That is a handle bound to its label set (`@prometheus-io/client`,
 * `prom-client`), an attribute object that is kept (OpenTelemetry), or an object per series where there are no labels
 * (`hdr-histogram-js`, `measured-core`). 64 label sets of three labels are used in turn, and a bare store is the baseline.
 *
 * Deno's own OpenTelemetry is the global meter provider of `@opentelemetry/api` in a process that was started with
 * `OTEL_DENO=true`; it exports to a server in this process, which counts what arrives.
 *
 * Does not measure the look-up of label sets (`labelled_bench.ts`), nor reading: the aggregators of Hotpath and
 * OpenTelemetry work elsewhere or later.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { metrics as openTelemetry } from "@opentelemetry/api";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import * as prometheusIo from "@prometheus-io/client";
import * as hdr from "hdr-histogram-js";
import measured from "measured-core";
import * as promClient from "prom-client";
import { createMetrics } from "@hotpath/metrics";
import { registerBenches } from "../lib/harness.ts";
import type { Case, Ladder, Ladders } from "../lib/ladder.ts";
import { MetricsSink } from "../lib/metrics_sink.ts";
import { eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";

/** Half of the default ring. */
const BURST = 65_536;
/** A microsecond each. */
const BUILT_IN_BURST = 16_384;
const TURN = HANDLES - 1;
const BUILT_IN_HISTOGRAM = "built_in_message_bytes";
const BUILT_IN_COUNTER = "built_in_orders_total";
/** Many times the interval of its exports. */
const EXPORT_WITHIN_MS = 20_000;

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

const ioOptions = { labelNames: LABELS, registers: [new prometheusIo.Registry()] };
const ioCounter = new prometheusIo.Counter({ name: "orders_total", help: "orders", ...ioOptions });
const ioCounters = eachLabelSet((labels) => ioCounter.labels(labels));
const ioHistogram = new prometheusIo.Histogram({ name: "message_bytes", help: "sizes", ...ioOptions });
const ioHistograms = eachLabelSet((labels) => ioHistogram.labels(labels));

const promOptions = { labelNames: LABELS, registers: [new promClient.Registry()] };
const promCounter = new promClient.Counter({ name: "orders_total", help: "orders", ...promOptions });
const promCounters = eachLabelSet((labels) => promCounter.labels(labels));
const promHistogram = new promClient.Histogram({ name: "message_bytes", help: "sizes", ...promOptions });
const promHistograms = eachLabelSet((labels) => promHistogram.labels(labels));

/** Reads only on demand. */
class Reader extends MetricReader {
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
}
const meter = new MeterProvider({ readers: [new Reader()] }).getMeter("bench");
const otelCounter = meter.createCounter("orders_total");
const otelHistogram = meter.createHistogram("message_bytes");
const attributes = eachLabelSet((labels) => ({ ...labels }));

await hdr.initWebAssembly();
const wasmHistograms = eachLabelSet(() => hdr.build({ useWebAssembly: true }));
const jsHistograms = eachLabelSet(() => hdr.build());
const measuredCounters = eachLabelSet(() => new measured.Counter());
const measuredHistograms = eachLabelSet(() => new measured.Histogram());

const builtIn = openBuiltIn();
let builtInAdded = 0;
let builtInRecorded = 0;

/** Instruments of Deno's own OpenTelemetry, and the server that it exports to; `undefined` if it is switched off. */
function openBuiltIn() {
  const endpoint = Deno.env.get("OTEL_EXPORTER_OTLP_ENDPOINT");
  if (Deno.env.get("OTEL_DENO") !== "true" || endpoint === undefined) return undefined;
  const { hostname, port } = new URL(endpoint);
  const meter = openTelemetry.getMeter("bench");
  const [counter, histogram] = [meter.createCounter(BUILT_IN_COUNTER), meter.createHistogram(BUILT_IN_HISTOGRAM)];
  return { sink: new MetricsSink(hostname, Number(port)), counter, histogram };
}

function own(name: string, run: (count: number) => void): Case {
  return { name, burst: BURST, run };
}

/** Each peer has a loop of its own, so that V8 compiles it for that peer alone. */
function peer(name: string, run: (count: number) => void, burst: number = BURST): Case {
  return { name, isReference: true, burst, run };
}

function builtInCases(): Case[] {
  if (builtIn === undefined) return [];
  const { counter, histogram } = builtIn;
  return [
    peer("Deno's own OpenTelemetry add", (count) => {
      builtInAdded += count;
      for (let i = 0; i < count; i++) counter.add(1, attributes[i & TURN]);
    }, BUILT_IN_BURST),
    peer("Deno's own OpenTelemetry record", (count) => {
      builtInRecorded += count;
      for (let i = 0; i < count; i++) histogram.record(i, attributes[i & TURN]);
    }, BUILT_IN_BURST),
  ];
}

const [builtInAdd, builtInRecord] = builtInCases();

const counts: (Case | undefined)[] = [
  own("counter.inc", (count) => {
    counted += count;
    for (let i = 0; i < count; i++) counters[i & TURN].inc();
  }),
  peer("@prometheus-io/client inc", (count) => {
    for (let i = 0; i < count; i++) ioCounters[i & TURN].inc();
  }),
  peer("prom-client inc", (count) => {
    for (let i = 0; i < count; i++) promCounters[i & TURN].inc();
  }),
  peer("@opentelemetry/sdk-metrics add", (count) => {
    for (let i = 0; i < count; i++) otelCounter.add(1, attributes[i & TURN]);
  }),
  builtInAdd,
  peer("measured-core inc", (count) => {
    for (let i = 0; i < count; i++) measuredCounters[i & TURN].inc();
  }),
  own("gauge.set", (count) => {
    for (let i = 0; i < count; i++) gauges[i & TURN].set(i);
  }),
];

const observations: (Case | undefined)[] = [
  {
    ...own("histogram.observe", (count) => {
      observed += count;
      for (let i = 0; i < count; i++) histograms[i & TURN].observe(i);
    }),
    settle: () => metrics.flush(),
  },
  peer("@prometheus-io/client observe", (count) => {
    for (let i = 0; i < count; i++) ioHistograms[i & TURN].observe(i);
  }),
  peer("prom-client observe", (count) => {
    for (let i = 0; i < count; i++) promHistograms[i & TURN].observe(i);
  }),
  peer("@opentelemetry/sdk-metrics record", (count) => {
    for (let i = 0; i < count; i++) otelHistogram.record(i, attributes[i & TURN]);
  }),
  builtInRecord,
  peer("hdr-histogram-js WASM recordValue", (count) => {
    for (let i = 0; i < count; i++) wasmHistograms[i & TURN].recordValue(i);
  }),
  peer("hdr-histogram-js recordValue", (count) => {
    for (let i = 0; i < count; i++) jsHistograms[i & TURN].recordValue(i);
  }),
  peer("measured-core update", (count) => {
    for (let i = 0; i < count; i++) measuredHistograms[i & TURN].update(i);
  }),
];

const ladder: Ladder = {
  name: "record",
  cases: [
    peer("store into a Float64Array", (count) => {
      for (let i = 0; i < count; i++) store[i & TURN] += 1;
    }),
    ...[...counts, ...observations].filter((each) => each !== undefined),
  ],
  targets: [
    { name: "counter.inc", reference: "@prometheus-io/client inc", timesFaster: 2 },
    { name: "counter.inc", reference: "prom-client inc", timesFaster: 50 },
    { name: "counter.inc", reference: "@opentelemetry/sdk-metrics add", timesFaster: 30 },
    { name: "histogram.observe", reference: "@prometheus-io/client observe", timesFaster: 5 },
    { name: "histogram.observe", reference: "prom-client observe", timesFaster: 40 },
    { name: "histogram.observe", reference: "@opentelemetry/sdk-metrics record", timesFaster: 20 },
    { name: "histogram.observe", reference: "hdr-histogram-js WASM recordValue", timesFaster: 1 },
    { name: "histogram.observe", reference: "measured-core update", timesFaster: 8 },
  ],
  allocationFree: ["counter.inc", "gauge.set", "histogram.observe"],
  verify: async () => {
    const snapshot = await metrics.snapshot();
    const totals = snapshot.metrics.map(({ type, series }) =>
      type === "gauge" ? 0 : series.reduce((total, it) => total + ("count" in it ? it.count : it.value), 0)
    );
    assertEquals(totals, [counted, 0, observed], "a record is missing");
    assertEquals(snapshot.meta.dropped, 0, "records were dropped");
    await using sink = builtIn?.sink;
    await sink?.waitFor(BUILT_IN_COUNTER, builtInAdded, EXPORT_WITHIN_MS);
    await sink?.waitFor(BUILT_IN_HISTOGRAM, builtInRecorded, EXPORT_WITHIN_MS);
    await metrics.close();
  },
};

/** The bench. */
export const ladders: Ladders = { record: () => ladder };

await registerBenches(ladders);

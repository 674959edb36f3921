/**
 * What it takes to write a scrape in each library that writes Prometheus text, from the same series: 10,000 counters of
 * two labels, and 1,000 histograms of eleven classic buckets. OpenTelemetry collects first and serializes then, both of
 * which a scrape of its exporter does. An operation is a series. `prom-client` at ten times as many is in
 * `encode_bench.ts`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import * as prometheusIo from "@prometheus-io/client";
import * as promClient from "prom-client";
import {
  BUCKETS,
  COUNTER,
  countOf,
  HISTOGRAM,
  LABEL_NAMES,
  labelsOf,
  samplesOf,
  Scraped,
  storeOfCounters,
  storeOfHistograms,
  valueOf,
  VALUES,
} from "../lib/encode_series.ts";
import { type Case, type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";

const COUNTERS = 10_000;
const HISTOGRAMS = 1_000;

/** Function that writes a text. */
type Writer = () => string | Promise<string>;

function eachValue(note: (labels: Record<string, string>, value: number) => void): void {
  for (let i = 0; i < HISTOGRAMS; i++) for (let k = 0; k < VALUES; k++) note(labelsOf(i), valueOf(i, k));
}

/** Reads when it is asked to. */
class Reader extends MetricReader {
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
}

/** A meter, and what writes all of it. */
function openTelemetry() {
  const reader = new Reader();
  // By default it folds what is beyond 2,000 series into one.
  const views = [{ instrumentName: "*", aggregationCardinalityLimit: COUNTERS + 1 }];
  const meter = new MeterProvider({ readers: [reader], views }).getMeter("bench");
  const serializer = new PrometheusSerializer();
  const write: Writer = async () => serializer.serialize((await reader.collect()).resourceMetrics);
  return { meter, write };
}

const labelNames = [...LABEL_NAMES];
const buckets = [...BUCKETS];

const WRITERS: Readonly<Record<string, { readonly counters: () => Writer; readonly histograms: () => Writer }>> = {
  "prom-client": {
    counters: () => {
      const registry = new promClient.Registry();
      const counter = new promClient.Counter({ ...COUNTER, labelNames, registers: [registry] });
      for (let i = 0; i < COUNTERS; i++) counter.inc(labelsOf(i), countOf(i));
      return () => registry.metrics();
    },
    histograms: () => {
      const registry = new promClient.Registry();
      const histogram = new promClient.Histogram({ ...HISTOGRAM, labelNames, buckets, registers: [registry] });
      eachValue((labels, value) => histogram.observe(labels, value));
      return () => registry.metrics();
    },
  },
  "@prometheus-io/client": {
    counters: () => {
      const registry = new prometheusIo.Registry();
      const counter = new prometheusIo.Counter({ ...COUNTER, labelNames, registers: [registry] });
      for (let i = 0; i < COUNTERS; i++) counter.inc(labelsOf(i), countOf(i));
      return () => registry.metrics();
    },
    histograms: () => {
      const registry = new prometheusIo.Registry();
      const histogram = new prometheusIo.Histogram({ ...HISTOGRAM, labelNames, buckets, registers: [registry] });
      eachValue((labels, value) => histogram.observe(labels, value));
      return () => registry.metrics();
    },
  },
  "@opentelemetry/exporter-prometheus": {
    counters: () => {
      const { meter, write } = openTelemetry();
      const counter = meter.createCounter(COUNTER.name, { description: COUNTER.help });
      for (let i = 0; i < COUNTERS; i++) counter.add(countOf(i), labelsOf(i));
      return write;
    },
    histograms: () => {
      const { meter, write } = openTelemetry();
      const advice = { explicitBucketBoundaries: buckets };
      const histogram = meter.createHistogram(HISTOGRAM.name, { description: HISTOGRAM.help, advice });
      eachValue((labels, value) => histogram.record(value, labels));
      return write;
    },
  },
};

/** Last output of each peer that has run. */
const texts = { counters: new Map<string, string>(), histograms: new Map<string, string>() };

function ownCase(name: string, series: number, scraped: Scraped): Case {
  return { name, burst: series, operationsPerCall: series, isIndivisible: true, run: () => scraped.write() };
}

function peerCase(peer: string, kind: keyof typeof texts, series: number): Case {
  let writer: Writer | undefined;
  return {
    name: `${peer}, ${kind}`,
    isReference: true,
    burst: series,
    operationsPerCall: series,
    isIndivisible: true,
    prepare: () => void (writer ??= WRITERS[peer][kind]()),
    run: async () => void texts[kind].set(peer, await writer!()),
  };
}

const counters = new Scraped(storeOfCounters(COUNTERS));
const histograms = new Scraped(storeOfHistograms(HISTOGRAMS));

const ladder: Ladder = {
  name: "encode, in other libraries",
  cases: [
    ownCase("10,000 counters", COUNTERS, counters),
    ...Object.keys(WRITERS).map((peer) => peerCase(peer, "counters", COUNTERS)),
    ownCase("1,000 histograms", HISTOGRAMS, histograms),
    ...Object.keys(WRITERS).map((peer) => peerCase(peer, "histograms", HISTOGRAMS)),
  ],
  targets: [],
  verify: () => {
    for (const [kind, own] of Object.entries({ counters, histograms })) {
      for (const [peer, text] of texts[kind as keyof typeof texts]) {
        assertEquals(samplesOf(text), samplesOf(own.text), `${peer} writes other ${kind}`);
      }
    }
    return Promise.resolve();
  },
};

/** The bench. */
export const ladders: Ladders = { encode_peers: () => ladder };

await registerBenches(ladders);

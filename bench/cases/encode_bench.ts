/**
 * What it takes to write a scrape. `encode` and `encode_histograms`: 100,000 counters of two labels, and 10,000 histograms
 * of eleven classic buckets, beside `prom-client`. `encode_peers`: a tenth as many of each, in every library that writes
 * Prometheus text. All write the same series, without sliding windows, which the others do not have; their texts are
 * compared sample for sample. OpenTelemetry collects first and then serializes, as a scrape of its exporter does.
 *
 * An operation is a series, written in a scrape of all of them; bytes are those that a scrape of an unchanged registry
 * leaves to the garbage collector, without its text. Counters and histograms are ladders of their own, so that a
 * comparison of one does not make the others' series in each of its processes.
 *
 * Does not measure HTTP, nor what a scrape does to the recording thread: see `claims/scrape.ts`.
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
import { registerBenches } from "../lib/harness.ts";
import type { Case, Ladder, Ladders } from "../lib/ladder.ts";

const COUNTERS = 100_000;
const HISTOGRAMS = 10_000;
/** So many times fewer for all peers. */
const PEERS_SHARE = 10;
const LINES = 100_000;
const LINE_BYTES = 48;

type Kind = "counters" | "histograms";

/** Writes a text. */
type Writer = () => string | Promise<string>;

const STORES = { counters: storeOfCounters, histograms: storeOfHistograms };
const labelNames = [...LABEL_NAMES];
const buckets = [...BUCKETS];

function eachValue(histograms: number, note: (labels: Record<string, string>, value: number) => void): void {
  for (let i = 0; i < histograms; i++) for (let k = 0; k < VALUES; k++) note(labelsOf(i), valueOf(i, k));
}

/** Reads only on demand. */
class Reader extends MetricReader {
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
}

/** A meter, and what writes all of it. */
function openTelemetry(series: number) {
  const reader = new Reader();
  // By default it folds what is beyond 2,000 series into one.
  const views = [{ instrumentName: "*", aggregationCardinalityLimit: series + 1 }];
  const meter = new MeterProvider({ readers: [reader], views }).getMeter("bench");
  const serializer = new PrometheusSerializer();
  const write: Writer = async () => serializer.serialize((await reader.collect()).resourceMetrics);
  return { meter, write };
}

/** Peers with that many series of a kind. */
const WRITERS: Readonly<Record<string, Readonly<Record<Kind, (series: number) => Writer>>>> = {
  "prom-client": {
    counters: (series) => {
      const registry = new promClient.Registry();
      const counter = new promClient.Counter({ ...COUNTER, labelNames, registers: [registry] });
      for (let i = 0; i < series; i++) counter.inc(labelsOf(i), countOf(i));
      return () => registry.metrics();
    },
    histograms: (series) => {
      const registry = new promClient.Registry();
      const histogram = new promClient.Histogram({ ...HISTOGRAM, labelNames, buckets, registers: [registry] });
      eachValue(series, (labels, value) => histogram.observe(labels, value));
      return () => registry.metrics();
    },
  },
  "@prometheus-io/client": {
    counters: (series) => {
      const registry = new prometheusIo.Registry();
      const counter = new prometheusIo.Counter({ ...COUNTER, labelNames, registers: [registry] });
      for (let i = 0; i < series; i++) counter.inc(labelsOf(i), countOf(i));
      return () => registry.metrics();
    },
    histograms: (series) => {
      const registry = new prometheusIo.Registry();
      const histogram = new prometheusIo.Histogram({ ...HISTOGRAM, labelNames, buckets, registers: [registry] });
      eachValue(series, (labels, value) => histogram.observe(labels, value));
      return () => registry.metrics();
    },
  },
  "@opentelemetry/exporter-prometheus": {
    counters: (series) => {
      const { meter, write } = openTelemetry(series);
      const counter = meter.createCounter(COUNTER.name, { description: COUNTER.help });
      for (let i = 0; i < series; i++) counter.add(countOf(i), labelsOf(i));
      return write;
    },
    histograms: (series) => {
      const { meter, write } = openTelemetry(series);
      const advice = { explicitBucketBoundaries: buckets };
      const histogram = meter.createHistogram(HISTOGRAM.name, { description: HISTOGRAM.help, advice });
      eachValue(series, (labels, value) => histogram.record(value, labels));
      return write;
    },
  },
};

/** As many bytes as a text of so many lines has, one by one: what any writer of it has to do. */
function copied(): Case {
  const source = new Uint8Array(LINES * LINE_BYTES).fill(32);
  const target = new Uint8Array(source.length);
  return {
    name: `100,000 lines of ${LINE_BYTES} bytes, copied byte by byte`,
    isReference: true,
    burst: LINES,
    isIndivisible: true,
    run: () => {
      for (let i = 0; i < source.length; i++) target[i] = source[i];
    },
  };
}

/** Series of one kind: Hotpath's case and the peers', whose texts must be the same. */
class Scrape {
  /** Name of Hotpath's case: how many of what. */
  readonly name: string;
  readonly #kind: Kind;
  readonly #series: number;
  readonly #scraped: Scraped;
  /** The last text of each peer that has run. */
  readonly #texts: Map<string, string> = new Map();

  constructor(name: string, kind: Kind, series: number) {
    this.name = name;
    this.#kind = kind;
    this.#series = series;
    this.#scraped = new Scraped(STORES[kind](series));
  }

  own(): Case {
    return { ...this.#case(this.name), run: () => this.#scraped.write() };
  }

  /** A peer's, which is filled only if it is to run. */
  peer(peer: string): Case {
    let writer: Writer | undefined;
    return {
      ...this.#case(this.peerName(peer)),
      isReference: true,
      prepare: () => void (writer ??= WRITERS[peer][this.#kind](this.#series)),
      run: async () => void this.#texts.set(peer, await writer!()),
    };
  }

  peerName(peer: string): string {
    return `${peer}, ${this.name}`;
  }

  verify(): string[] {
    return [...this.#texts].map(([peer, text]) => {
      assertEquals(samplesOf(text), samplesOf(this.#scraped.text), `${peer} writes other ${this.#kind}`);
      return `${this.#scraped.text.length} bytes of text, sample for sample those of ${peer}`;
    });
  }

  #case(name: string) {
    return { name, burst: this.#series, operationsPerCall: this.#series, isIndivisible: true };
  }
}

function besidePromClient(title: string, scrape: Scrape, timesFaster: number, isAllocationFree: boolean): Ladder {
  return {
    name: title,
    cases: [copied(), scrape.own(), scrape.peer("prom-client")],
    targets: [{ name: scrape.name, reference: scrape.peerName("prom-client"), timesFaster }],
    allocationFree: isAllocationFree ? [scrape.name] : [],
    verify: () => Promise.resolve(scrape.verify()),
  };
}

/** An unchanged scrape of counters leaves nothing to the garbage collector. */
function countersLadder(): Ladder {
  return besidePromClient("encode", new Scrape("100,000 counters", "counters", COUNTERS), 8, true);
}

function histogramsLadder(): Ladder {
  return besidePromClient("encode histograms", new Scrape("10,000 histograms", "histograms", HISTOGRAMS), 5, false);
}

function peersLadder(): Ladder {
  const scrapes = [
    new Scrape("10,000 counters", "counters", COUNTERS / PEERS_SHARE),
    new Scrape("1,000 histograms", "histograms", HISTOGRAMS / PEERS_SHARE),
  ];
  return {
    name: "encode, in other libraries",
    cases: scrapes.flatMap((scrape) => [scrape.own(), ...Object.keys(WRITERS).map((peer) => scrape.peer(peer))]),
    targets: [],
    verify: () => Promise.resolve(scrapes.flatMap((scrape) => scrape.verify())),
  };
}

/** The benches. */
export const ladders: Ladders = {
  encode: countersLadder,
  encode_histograms: histogramsLadder,
  encode_peers: peersLadder,
};

await registerBenches(ladders);

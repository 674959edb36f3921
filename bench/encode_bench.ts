/**
 * What it takes to write a scrape, from the same series as prom-client: 100,000 counters of two labels, and 10,000
 * histograms of eleven classic buckets. Without sliding windows, because prom-client has none. An operation is a series,
 * written in a scrape of all of them; bytes are those that a scrape of an unchanged registry leaves to the garbage
 * collector, its text left out.
 *
 * Does not measure HTTP, nor what a scrape does to the measured thread: see `scrape_bench.ts`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Counter, Histogram, Registry } from "prom-client";
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
} from "./encode_series.ts";
import { type Case, type Ladder, registerBenches } from "./harness.ts";

const COUNTERS = 100_000;
const LINE_BYTES = 48;
const HISTOGRAMS = 10_000;

function peerOfCounters(): Registry {
  const registry = new Registry();
  const counter = new Counter({ ...COUNTER, labelNames: [...LABEL_NAMES], registers: [registry] });
  for (let i = 0; i < COUNTERS; i++) counter.inc(labelsOf(i), countOf(i));
  return registry;
}

function peerOfHistograms(): Registry {
  const registry = new Registry();
  const histogram = new Histogram({
    ...HISTOGRAM,
    labelNames: [...LABEL_NAMES],
    buckets: [...BUCKETS],
    registers: [registry],
  });
  for (let i = 0; i < HISTOGRAMS; i++) for (let k = 0; k < VALUES; k++) histogram.observe(labelsOf(i), valueOf(i, k));
  return registry;
}

/** All of a store in one text. */
function scrapeCase(name: string, series: number, scraped: Scraped): Case {
  return { name, burst: series, operationsPerCall: series, isIndivisible: true, run: () => scraped.write() };
}

/** A registry of prom-client that is written again and again. */
class PeerScraped {
  readonly #create: () => Registry;
  #registry: Registry | undefined;
  /** Empty if it has never run. */
  text: string = "";

  constructor(create: () => Registry) {
    this.#create = create;
  }

  case(name: string, series: number): Case {
    return {
      name,
      isReference: true,
      burst: series,
      operationsPerCall: series,
      isIndivisible: true,
      prepare: () => void (this.#registry ??= this.#create()),
      run: async () => void (this.text = await this.#registry!.metrics()),
    };
  }
}

/** As many bytes as such a text has, one by one: what any writer of it has to do. */
const source = new Uint8Array(COUNTERS * LINE_BYTES).fill(32);
const target = new Uint8Array(source.length);

const copied: Case = {
  name: `100,000 lines of ${LINE_BYTES} bytes, copied byte by byte`,
  isReference: true,
  burst: COUNTERS,
  isIndivisible: true,
  run: () => {
    for (let i = 0; i < source.length; i++) target[i] = source[i];
  },
};

const counters = new Scraped(storeOfCounters(COUNTERS));
const histograms = new Scraped(storeOfHistograms(HISTOGRAMS));
const peerCounters = new PeerScraped(peerOfCounters);
const peerHistograms = new PeerScraped(peerOfHistograms);

/** The ladder. */
export const ladder: Ladder = {
  name: "encode",
  cases: [
    copied,
    scrapeCase("100,000 counters", COUNTERS, counters),
    peerCounters.case("prom-client, 100,000 counters", COUNTERS),
    scrapeCase("10,000 histograms", HISTOGRAMS, histograms),
    peerHistograms.case("prom-client, 10,000 histograms", HISTOGRAMS),
  ],
  targets: [
    { name: "100,000 counters", reference: "prom-client, 100,000 counters", timesFaster: 8 },
    { name: "10,000 histograms", reference: "prom-client, 10,000 histograms", timesFaster: 5 },
  ],
  allocationFree: ["100,000 counters"],
  verify: () => {
    if (peerCounters.text === "") return Promise.resolve();
    assertEquals(samplesOf(counters.text), samplesOf(peerCounters.text));
    assertEquals(samplesOf(histograms.text), samplesOf(peerHistograms.text));
    return Promise.resolve([
      `${counters.text.length} and ${histograms.text.length} bytes of text, sample for sample those of prom-client`,
    ]);
  },
};

registerBenches(ladder);

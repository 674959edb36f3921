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
import { writeFamilies } from "../src/encode/exposition.ts";
import { TextFormatEncoder } from "../src/encode/text.ts";
import { define } from "../src/instrument/definition.ts";
import { CHUNK_CELLS, CHUNK_LENGTH } from "../src/ring/cells.ts";
import { DistributionFamily, ScalarFamily, SeriesStore } from "../src/series/store.ts";
import { planWindows } from "../src/window/sliding_window.ts";
import { type Case, type Ladder, registerBenches } from "./harness.ts";

const COUNTERS = 100_000;
const LINE_BYTES = 48;
const HISTOGRAMS = 10_000;
const VALUES = 5;
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LABEL_NAMES = ["pair", "side"];

type LabelSet = Readonly<Record<"pair" | "side", string>>;

function labelsOf(i: number): LabelSet {
  return Object.freeze({ pair: `SYM-${i}`, side: i % 2 === 0 ? "buy" : "sell" });
}

function valueOf(i: number, k: number): number {
  return (i * 37 % 1_000) * (k + 1) / 1_000;
}

function storeOfCounters(): SeriesStore {
  const store = new SeriesStore(planWindows([]));
  const family = store.define(define("counter", "orders_total", { help: "Orders sent", labels: LABEL_NAMES }));
  if (!(family instanceof ScalarFamily)) throw new Error("a counter is no scalar");
  let cells = new Float64Array(0);
  for (let i = 0; i < COUNTERS; i++) {
    const index = i % CHUNK_CELLS;
    if (index === 0) cells = new Float64Array(CHUNK_LENGTH);
    cells[index] = i * 37 % 100_000;
    family.add(labelsOf(i), { thread: { isPresent: true }, cells, index, stampIndex: index + CHUNK_CELLS });
  }
  return store;
}

function storeOfHistograms(): SeriesStore {
  const store = new SeriesStore(planWindows([]));
  const options = { help: "Signal to submission", labels: LABEL_NAMES, buckets: BUCKETS };
  const family = store.define(define("timer", "order_execution", options));
  if (!(family instanceof DistributionFamily)) throw new Error("a timer is no distribution");
  for (let i = 0; i < HISTOGRAMS; i++) {
    const series = family.add(labelsOf(i), 0);
    for (let k = 0; k < VALUES; k++) series.record(valueOf(i, k), 1, 0);
  }
  return store;
}

function peerOfCounters(): Registry {
  const registry = new Registry();
  const options = { name: "orders_total", help: "Orders sent", labelNames: LABEL_NAMES, registers: [registry] };
  const counter = new Counter(options);
  for (let i = 0; i < COUNTERS; i++) counter.inc(labelsOf(i), i * 37 % 100_000);
  return registry;
}

function peerOfHistograms(): Registry {
  const registry = new Registry();
  const histogram = new Histogram({
    name: "order_execution_seconds",
    help: "Signal to submission",
    labelNames: LABEL_NAMES,
    buckets: BUCKETS,
    registers: [registry],
  });
  for (let i = 0; i < HISTOGRAMS; i++) for (let k = 0; k < VALUES; k++) histogram.observe(labelsOf(i), valueOf(i, k));
  return registry;
}

/** A store that is written again and again, and what came of it last. */
class Scraped {
  readonly #store: SeriesStore;
  readonly #encoder = new TextFormatEncoder("prometheus", "allow-utf-8");
  #last = new Uint8Array(0);

  constructor(store: SeriesStore) {
    this.#store = store;
  }

  get text(): string {
    return new TextDecoder().decode(this.#last);
  }

  case(name: string, series: number): Case {
    return {
      name,
      burst: series,
      isIndivisible: true,
      run: () => {
        for (const _ of writeFamilies(this.#store.families(0), this.#encoder, () => false));
        this.#last = this.#encoder.end();
      },
    };
  }
}

/** The same of prom-client's registry. */
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

const counters = new Scraped(storeOfCounters());
const histograms = new Scraped(storeOfHistograms());
const peerCounters = new PeerScraped(peerOfCounters);
const peerHistograms = new PeerScraped(peerOfHistograms);

/** All samples of a text, in an order that is the same for all writers. */
function samplesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    // prom-client writes `le` first.
    .map((line) => line.replace(/\{(le="[^"]*"),(.*)\}/, "{$2,$1}")).toSorted();
}

/** The ladder. */
export const ladder: Ladder = {
  name: "encode",
  cases: [
    copied,
    counters.case("100,000 counters", COUNTERS),
    peerCounters.case("prom-client, 100,000 counters", COUNTERS),
    histograms.case("10,000 histograms", HISTOGRAMS),
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

/**
 * The series of the scrapes that are measured: counters of two labels, and timers of eleven classic buckets. Without sliding
 * windows, because other libraries have none.
 *
 * @module
 */

import { writeFamilies } from "../../src/encode/exposition.ts";
import { TextFormatEncoder } from "../../src/encode/text.ts";
import { define } from "../../src/instrument/definition.ts";
import { CHUNK_CELLS, CHUNK_LENGTH } from "../../src/ring/cells.ts";
import { DistributionFamily } from "../../src/aggregate/series/distribution_family.ts";
import { ScalarFamily } from "../../src/aggregate/series/scalar_family.ts";
import { SeriesStore } from "../../src/aggregate/series/store.ts";
import { planWindows } from "../../src/sketch/sliding_window.ts";

/** Values of each histogram. */
export const VALUES = 5;
/** Upper bounds of classic buckets. */
export const BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** The names of their labels. */
export const LABEL_NAMES = ["pair", "side"] as const;
/** The counters' family. */
export const COUNTER = { name: "orders_total", help: "Orders sent" } as const;
/** The histograms' family. */
export const HISTOGRAM = { name: "order_execution_seconds", help: "Signal to submission" } as const;

/** A label set. */
export type LabelSet = Readonly<Record<(typeof LABEL_NAMES)[number], string>>;

/** The label set of a series. */
export function labelsOf(i: number): LabelSet {
  return Object.freeze({ pair: `SYM-${i}`, side: i % 2 === 0 ? "buy" : "sell" });
}

/** Value of a counter. */
export function countOf(i: number): number {
  return i * 37 % 100_000;
}

/** A value of a histogram. */
export function valueOf(i: number, k: number): number {
  return (i * 37 % 1_000) * (k + 1) / 1_000;
}

/** That many counters. */
export function storeOfCounters(count: number): SeriesStore {
  const store = new SeriesStore(planWindows([]));
  const family = store.define(define("counter", COUNTER.name, { help: COUNTER.help, labels: LABEL_NAMES }));
  if (!(family instanceof ScalarFamily)) throw new Error("a counter is no scalar");
  let cells = new Float64Array(0);
  for (let i = 0; i < count; i++) {
    const index = i % CHUNK_CELLS;
    if (index === 0) cells = new Float64Array(CHUNK_LENGTH);
    cells[index] = countOf(i);
    family.add(labelsOf(i), { thread: { isPresent: true }, cells, index, stampIndex: index + CHUNK_CELLS });
  }
  return store;
}

/** That many timers. */
export function storeOfHistograms(count: number): SeriesStore {
  const store = new SeriesStore(planWindows([]));
  const options = { help: HISTOGRAM.help, labels: LABEL_NAMES, buckets: BUCKETS };
  const family = store.define(define("timer", "order_execution", options));
  if (!(family instanceof DistributionFamily)) throw new Error("a timer is no distribution");
  for (let i = 0; i < count; i++) {
    const series = family.add(labelsOf(i), 0);
    for (let k = 0; k < VALUES; k++) series.record(valueOf(i, k), 1, 0);
  }
  return store;
}

/** A store that is written as text again and again. */
export class Scraped {
  readonly #store: SeriesStore;
  readonly #encoder: TextFormatEncoder = new TextFormatEncoder("prometheus", "allow-utf-8");
  #last: Uint8Array = new Uint8Array(0);

  /** Not written yet. */
  constructor(store: SeriesStore) {
    this.#store = store;
  }

  /** Last written text. */
  get text(): string {
    return new TextDecoder().decode(this.#last);
  }

  /** Writes it. */
  write(): void {
    for (const _ of writeFamilies(this.#store.families(0), this.#encoder, () => false));
    this.#last = this.#encoder.end();
  }
}

/**
 * All samples of a text, in an order that is the same for all writers: labels sorted, without the label that OpenTelemetry
 * adds and its own metadata.
 */
export function samplesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith("target_info"))
    .map((line) =>
      line.replace(/\{([^}]*)\}/, (_, labels: string) => {
        const kept = labels.split(",").filter((label) => label !== "" && !label.startsWith("otel_scope_name="));
        return `{${kept.toSorted().join(",")}}`;
      })
    ).toSorted();
}

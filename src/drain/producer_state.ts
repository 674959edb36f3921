/**
 * What the aggregator knows of one producing thread: which of its series ids mean what, and where
 * its cells lie. Fed by the thread's announcements, looked at by the drain.
 *
 * A series id stays taken after its removal until the ring is read up to the place where it was
 * removed, so that a record can never be counted for the id's next owner.
 *
 * @module
 */

import type { Announcement, Labels } from "../model.ts";
import type { Distribution } from "../series/distribution.ts";
import type { Scalar } from "../series/scalar.ts";
import { type Family, OVERFLOW_LABELS, ScalarFamily, type SeriesStore } from "../series/store.ts";

interface Entry {
  readonly family: Family;
  readonly series: Scalar | Distribution;
}

interface Removal {
  readonly series: number;
  readonly head: number;
}

/** The dictionaries of one producing thread. */
export class ProducerState {
  /**
   * By series id: what its records are counted in, `null` once it is removed or reset and records
   * may still be in the ring, `undefined` while its announcement is still on its way.
   */
  readonly distributions: (Distribution | null | undefined)[] = [];
  readonly #store: SeriesStore;
  readonly #nowMs: () => number;
  readonly #families: Family[] = [];
  readonly #chunks: Float64Array[] = [];
  readonly #entries: Map<number, Entry> = new Map();
  #removals: Removal[] = [];

  /** Knows nothing yet. */
  constructor(store: SeriesStore, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  /** Takes in an announcement. */
  admit(news: Announcement): void {
    switch (news.kind) {
      case "instrument":
        this.#families[news.instrument] = this.#store.define(news.definition);
        break;
      case "chunk":
        this.#chunks[news.chunk] = news.cells;
        break;
      case "series":
        this.#addSeries(news);
        break;
      case "reset":
        this.#resetSeries(news.series, news.newSeries);
        this.#removals.push({ series: news.series, head: news.head });
        break;
      case "remove":
        this.#removeSeries(news.series);
        this.#removals.push({ series: news.series, head: news.head });
        break;
    }
  }

  /** The removed ids whose last record lies before `tail`: free to be used again. */
  takeFreed(tail: number): number[] {
    if (this.#removals.length === 0) return [];
    const freed = this.#removals.filter(({ head }) => ((head - tail) | 0) <= 0);
    this.#removals = this.#removals.filter(({ head }) => ((head - tail) | 0) > 0);
    // What carries such an id from here on is its next owner's, whose announcement is still to come.
    for (const { series } of freed) this.distributions[series] = undefined;
    return freed.map(({ series }) => series);
  }

  #addSeries(news: Extract<Announcement, { kind: "series" }>): void {
    const family = this.#families[news.instrument];
    const labels = news.isOverflow ? OVERFLOW_LABELS : labelsOf(family.definition.labelNames, news.labelValues);
    if (family instanceof ScalarFamily) {
      if (news.cell === undefined) throw new Error(`Cannot add series ${news.series}: it has no cell`);
      const scalar = family.add(labels, this.#chunks[news.cell.chunk], news.cell.index);
      this.#entries.set(news.series, { family, series: scalar });
      return;
    }
    const distribution = family.add(labels, this.#nowMs());
    this.#entries.set(news.series, { family, series: distribution });
    this.distributions[news.series] = distribution;
  }

  #resetSeries(series: number, newSeries: number): void {
    const entry = this.#entries.get(series);
    if (entry === undefined || entry.family instanceof ScalarFamily) return;
    const distribution = entry.series as Distribution;
    distribution.reset(this.#nowMs());
    this.#entries.delete(series);
    this.#entries.set(newSeries, entry);
    this.distributions[series] = null;
    this.distributions[newSeries] = distribution;
  }

  #removeSeries(series: number): void {
    const entry = this.#entries.get(series);
    if (entry === undefined) return;
    if (entry.family instanceof ScalarFamily) entry.family.remove(entry.series as Scalar);
    else entry.family.remove(entry.series as Distribution);
    this.#entries.delete(series);
    this.distributions[series] = null;
  }
}

function labelsOf(names: readonly string[], values: readonly string[]): Labels {
  return Object.freeze(Object.fromEntries(names.map((name, i) => [name, values[i]])));
}

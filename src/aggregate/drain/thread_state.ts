/**
 * What the aggregator knows of one producing thread: which of its series ids mean what, and where
 * its cells lie. Fed by the thread's announcements, looked at by the drain.
 *
 * A series id stays taken after its removal until the ring is read up to the place where it was
 * removed, so that a record can never be counted for the id's next owner.
 *
 * @module
 */

import type { Announcement, Exemplar, Labels, SeriesAnnouncement } from "../../model/model.ts";
import { cellsOf, CHUNK_CELLS, Place, placesOf } from "../../ring/cells.ts";
import { Taken } from "../../ring/layout.ts";
import type { TakenCounts } from "../../ring/taken_counts.ts";
import type { Distribution } from "../series/distribution.ts";
import type { Presence, Scalar, Share } from "../series/scalar.ts";
import type { DistributionFamily } from "../series/distribution_family.ts";
import { labelsOf, OVERFLOW_LABELS } from "../series/label_sets.ts";
import { ScalarFamily } from "../series/scalar_family.ts";
import type { Family, SeriesStore } from "../series/store.ts";

/** A thread's share of a counter or gauge, and whose it is: one object, because there are many. */
class ScalarEntry implements Share {
  readonly series: Scalar;

  constructor(
    readonly family: ScalarFamily,
    labels: Labels,
    readonly thread: Share["thread"],
    readonly cells: Float64Array,
    readonly index: number,
  ) {
    this.series = family.add(labels, this);
  }

  get stampIndex(): number {
    return this.index + CHUNK_CELLS;
  }
}

interface DistributionEntry {
  readonly family: DistributionFamily;
  readonly series: Distribution;
}

type Entry = ScalarEntry | DistributionEntry;

interface Removal {
  readonly series: number;
  readonly head: number;
}

/** The dictionaries of one producing thread. */
export class ThreadState {
  /**
   * By series id: what its records are counted in, `null` once it is removed or reset and records
   * may still be in the ring, `undefined` while its announcement is still on its way.
   */
  readonly distributions: (Distribution | null | undefined)[] = [];
  /** Whether the thread is there; its shares of gauges count only then. */
  readonly presence: Presence = { isPresent: true };
  readonly #store: SeriesStore;
  /** The aggregator's clock. */
  readonly nowMs: () => number;
  readonly #taken: TakenCounts | undefined;
  /** By number, of which each is used once. */
  readonly #families: Map<number, Family> = new Map();
  readonly #chunks: Float64Array[] = [];
  /** By series id, in an array because there are many. */
  readonly #entries: (Entry | undefined)[] = [];
  #removals: Removal[] = [];
  /** By instrument: how another thread has defined it differently. */
  readonly #clashes: Map<number, TypeError> = new Map();

  /**
   * Knows nothing yet.
   *
   * @param taken The reader's counts of the thread's ring
   */
  constructor(store: SeriesStore, nowMs: () => number, taken?: TakenCounts) {
    this.#store = store;
    this.nowMs = nowMs;
    this.#taken = taken;
  }

  /** The first instrument of the thread that another thread has defined differently; what it records is left out. */
  get clash(): TypeError | undefined {
    return this.#clashes.values().next().value;
  }

  /** The name of the instrument that a series belongs to; `undefined` if it is not known, or has gone. */
  nameOf(series: number): string | undefined {
    return this.#entries[series]?.family.definition.name;
  }

  /** Whether another thread has defined an instrument differently. */
  isClashing(instrument: number): boolean {
    return this.#clashes.has(instrument);
  }

  /** The thread's instruments that share a family. */
  instrumentsOf(family: Family): number[] {
    return Array.from(this.#families).filter(([, each]) => each === family).map(([instrument]) => instrument);
  }

  /** Takes in an announcement. */
  admit(announcement: Announcement): void {
    switch (announcement.kind) {
      case "instrument":
        this.#families.set(announcement.instrument, this.#define(announcement));
        break;
      case "undefine":
        this.#undefine(announcement.instrument);
        break;
      case "chunk":
        this.#chunks[announcement.chunk] = cellsOf(announcement.memory);
        break;
      case "series":
        this.#addSeries(announcement);
        break;
      case "reset":
        this.#resetSeries(announcement);
        this.#removals.push({ series: announcement.series, head: announcement.head });
        break;
      case "remove":
        this.#removeSeries(announcement.series);
        this.#removals.push({ series: announcement.series, head: announcement.head });
        break;
      case "kpis":
        this.#store.declare(announcement.kpis);
        break;
      case "exemplars":
        for (const { series, exemplar } of announcement.exemplars) this.#offer(series, exemplar);
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

  /** The thread has gone: takes its shares away, but for what it has counted and recorded. */
  leave(): void {
    for (const entry of this.#entries) {
      if (entry === undefined) continue;
      if (entry instanceof ScalarEntry) entry.family.leave(entry.series, entry);
      else entry.family.leave(entry.series);
    }
    this.#entries.length = 0;
  }

  #define({ instrument, definition, isRemoved }: Extract<Announcement, { kind: "instrument" }>): Family {
    if (isRemoved) return this.#store.unlisted(definition);
    const clash = this.#store.clashOf(definition);
    if (clash === undefined) return this.#store.define(definition);
    this.#clashes.set(instrument, clash);
    return this.#store.unlisted(definition);
  }

  #undefine(instrument: number): void {
    const family = this.#families.get(instrument);
    this.#families.delete(instrument);
    this.#clashes.delete(instrument);
    if (family !== undefined) this.#store.remove(family);
  }

  #addSeries(announcement: SeriesAnnouncement): void {
    const family = this.#families.get(announcement.instrument);
    if (family === undefined) {
      throw new Error(`Cannot add series ${announcement.series}: its instrument is not defined`);
    }
    if (family instanceof ScalarFamily) return this.#addScalar(announcement, family);
    const distribution = family.add(this.#labelsOf(announcement, family), this.nowMs(), announcement.createdMs);
    this.#entries[announcement.series] = { family, series: distribution };
    this.distributions[announcement.series] = distribution;
  }

  /** A scalar whose cell an aggregator before this one has put somewhere stays there, lest a counter go down. */
  #addScalar(announcement: SeriesAnnouncement, family: ScalarFamily): void {
    if (announcement.cell === undefined) throw new Error(`Cannot add series ${announcement.series}: it has no cell`);
    const { chunk, index } = announcement.cell;
    const cells = this.#chunks[chunk];
    const places = placesOf(cells);
    const labels = this.#labelsOf(announcement, family, places[index]);
    places[index] = labels === OVERFLOW_LABELS ? Place.overflow : Place.own;
    this.#entries[announcement.series] = new ScalarEntry(family, labels, this.presence, cells, index);
  }

  #labelsOf({ isOverflow, labelValues }: SeriesAnnouncement, family: Family, place: number = Place.none): Labels {
    if (isOverflow || place === Place.overflow) return OVERFLOW_LABELS;
    const { labelNames } = family.definition;
    const labels = labelsOf(labelNames, labelValues);
    if (place === Place.own || labelNames.length === 0 || family.has(labels) || this.#store.hasRoom) return labels;
    this.#taken?.add(Taken.overflowed, 1);
    return OVERFLOW_LABELS;
  }

  /** What came too late for its series is left out. */
  #offer(series: number, exemplar: Exemplar | undefined): void {
    const entry = this.#entries[series];
    if (entry instanceof ScalarEntry) entry.series.offer(exemplar);
    else if (exemplar !== undefined) entry?.series.offer(exemplar);
  }

  #resetSeries({ series, newSeries, createdMs }: Extract<Announcement, { kind: "reset" }>): void {
    const entry = this.#entries[series];
    if (entry === undefined || entry instanceof ScalarEntry) return;
    const distribution = entry.series;
    distribution.reset(this.nowMs(), createdMs);
    this.#entries[series] = undefined;
    this.#entries[newSeries] = entry;
    this.distributions[series] = null;
    this.distributions[newSeries] = distribution;
  }

  #removeSeries(series: number): void {
    const entry = this.#entries[series];
    // Also of a series that only an aggregator before this one has known: its records may still be in the ring.
    this.distributions[series] = null;
    if (entry === undefined) return;
    if (entry instanceof ScalarEntry) entry.family.remove(entry.series, entry);
    else entry.family.remove(entry.series);
    this.#entries[series] = undefined;
  }
}

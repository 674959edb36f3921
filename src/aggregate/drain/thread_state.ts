/**
 * Announced state of one recording thread: the meaning of its series ids and the position of its cells. Announcements
 * change it; drains look it up.
 *
 * The id of a removed series is not reused until the ring is read up to the position of the removal, so that no record
 * is counted for the next owner of the id.
 *
 * @module
 */

import type { Announcement, Exemplar, Labels, SeriesAnnouncement } from "../../model/model.ts";
import { cellsOf, CHUNK_CELLS, Place, placesOf } from "../../ring/cells.ts";
import { Taken } from "../../ring/layout.ts";
import type { TakenCounts } from "../../ring/taken_counts.ts";
import type { Distribution } from "../series/distribution.ts";
import type { Presence, Scalar, ThreadShare } from "../series/scalar.ts";
import type { DistributionFamily } from "../series/distribution_family.ts";
import { labelSetOf, OVERFLOW_LABELS } from "../series/label_sets.ts";
import { ScalarFamily } from "../series/scalar_family.ts";
import type { SeriesFamily, SeriesStore } from "../series/store.ts";

/** Thread's share of a counter or gauge with its series, in one object because there are many. */
class ScalarEntry implements ThreadShare {
  readonly series: Scalar;

  constructor(
    readonly family: ScalarFamily,
    labels: Labels,
    readonly thread: ThreadShare["thread"],
    readonly cells: Float64Array,
    readonly index: number,
  ) {
    this.series = family.add(labels, this);
  }

  get stampIndex(): number {
    return this.index + CHUNK_CELLS;
  }
}

/** Distribution with its family. */
export interface DistributionEntry {
  readonly family: DistributionFamily;
  readonly series: Distribution;
}

type Entry = ScalarEntry | DistributionEntry;

interface Removal {
  readonly series: number;
  readonly head: number;
}

/** Announced instruments and series of one recording thread. */
export class ThreadState {
  /**
   * Distributions by series id; `null` for a series that was removed or reset while its records may still be in the
   * ring, `undefined` for one whose announcement is on its way.
   */
  readonly distributions: (Distribution | null | undefined)[] = [];
  /** Presence of the thread; its shares of gauges count only while it is present. */
  readonly presence: Presence = { isPresent: true };
  readonly #store: SeriesStore;
  /** The aggregator's clock. */
  readonly nowMs: () => number;
  readonly #taken: TakenCounts | undefined;
  /** Families by instrument number, which is never reused. */
  readonly #families: Map<number, SeriesFamily> = new Map();
  /** Label names by instrument number, in the order of the thread's definition and of its label values. */
  readonly #labelNames: Map<number, readonly string[]> = new Map();
  readonly #chunks: Float64Array[] = [];
  /** Entries by series id, in an array because there are many. */
  readonly #entries: (Entry | undefined)[] = [];
  #removals: Removal[] = [];
  /** Instruments whose definitions differ from another thread's, with the error. */
  readonly #clashes: Map<number, TypeError> = new Map();

  /**
   * Creates the state of a thread without announcements.
   *
   * @param taken Counts kept by the reader of the thread's ring
   */
  constructor(store: SeriesStore, nowMs: () => number, taken?: TakenCounts) {
    this.#store = store;
    this.nowMs = nowMs;
    this.#taken = taken;
  }

  /** Error of the first instrument whose definition differs from another thread's; its series are hidden. */
  get clash(): TypeError | undefined {
    return this.#clashes.values().next().value;
  }

  /** Returns a distribution with its family; `undefined` if it is unknown, removed or reset. */
  distributionOf(series: number): DistributionEntry | undefined {
    const entry = this.#entries[series];
    return entry instanceof ScalarEntry ? undefined : entry;
  }

  /** Returns whether the definition of an instrument differs from another thread's. */
  isClashing(instrument: number): boolean {
    return this.#clashes.has(instrument);
  }

  /** Returns the numbers of the thread's instruments that share a family. */
  instrumentsOf(family: SeriesFamily): number[] {
    return Array.from(this.#families).filter(([, each]) => each === family).map(([instrument]) => instrument);
  }

  /** Applies an announcement. */
  admit(announcement: Announcement): void {
    switch (announcement.kind) {
      case "instrument":
        this.#families.set(announcement.instrument, this.#define(announcement));
        this.#labelNames.set(announcement.instrument, announcement.definition.labelNames);
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

  /** Returns the ids of removed series whose last record lies before `tail`, which are free again. */
  takeFreed(tail: number): number[] {
    if (this.#removals.length === 0) return [];
    const freed = this.#removals.filter(({ head }) => ((head - tail) | 0) <= 0);
    this.#removals = this.#removals.filter(({ head }) => ((head - tail) | 0) > 0);
    // From here on, the id belongs to its next owner, whose announcement is still to come.
    for (const { series } of freed) this.distributions[series] = undefined;
    return freed.map(({ series }) => series);
  }

  /** Removes the shares of a departed thread, keeping what it has counted and recorded. */
  leave(): void {
    for (const entry of this.#entries) {
      if (entry === undefined) continue;
      if (entry instanceof ScalarEntry) entry.family.leave(entry.series, entry);
      else entry.family.leave(entry.series);
    }
    this.#entries.length = 0;
  }

  #define({ instrument, definition, isRemoved }: Extract<Announcement, { kind: "instrument" }>): SeriesFamily {
    if (isRemoved) return this.#store.unlisted(definition);
    const clash = this.#store.clashOf(definition);
    if (clash === undefined) return this.#store.define(definition);
    this.#clashes.set(instrument, clash);
    return this.#store.unlisted(definition);
  }

  #undefine(instrument: number): void {
    const family = this.#families.get(instrument);
    this.#families.delete(instrument);
    this.#labelNames.delete(instrument);
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

  /** Adds a scalar to the series in which a previous run put its cell, so that no counter decreases. */
  #addScalar(announcement: SeriesAnnouncement, family: ScalarFamily): void {
    if (announcement.cell === undefined) throw new Error(`Cannot add series ${announcement.series}: it has no cell`);
    const { chunk, index } = announcement.cell;
    const cells = this.#chunks[chunk];
    const places = placesOf(cells);
    const labels = this.#labelsOf(announcement, family, places[index]);
    places[index] = labels === OVERFLOW_LABELS ? Place.overflow : Place.own;
    this.#entries[announcement.series] = new ScalarEntry(family, labels, this.presence, cells, index);
  }

  #labelsOf(
    { instrument, isOverflow, labelValues }: SeriesAnnouncement,
    family: SeriesFamily,
    place: number = Place.none,
  ): Labels {
    if (isOverflow || place === Place.overflow) return OVERFLOW_LABELS;
    const { labelNames } = family.definition;
    const labels = labelSetOf(labelNames, labelValues, this.#labelNames.get(instrument));
    if (place === Place.own || labelNames.length === 0 || family.has(labels) || this.#store.hasRoom) return labels;
    this.#taken?.add(Taken.overflowed, 1);
    return OVERFLOW_LABELS;
  }

  /** Offers an exemplar to its series; one that arrives too late is dropped. */
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
    // Also for a series known only to a previous run, because its records may still be in the ring.
    this.distributions[series] = null;
    if (entry === undefined) return;
    if (entry instanceof ScalarEntry) entry.family.remove(entry.series, entry);
    else entry.family.remove(entry.series);
    this.#entries[series] = undefined;
  }
}

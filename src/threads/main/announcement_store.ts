/**
 * Announcements of one attached thread, stored on the main thread: they restore the state of the next run of the
 * aggregator, even if the thread never yields to its event loop to announce it again. Announcements of removed
 * instruments and series are deleted.
 *
 * @module
 */

import type { DepartedSeries } from "../../aggregate/series/previous_run.ts";
import type { Kpi } from "../../model/kpi.ts";
import type { Announcement, SeriesAnnouncement } from "../../model/model.ts";
import { cellsOf, CHUNK_CELLS, Place, placesOf } from "../../ring/cells.ts";

type InstrumentAnnouncement = Extract<Announcement, { kind: "instrument" }>;
type ChunkAnnouncement = Extract<Announcement, { kind: "chunk" }>;

interface Removal {
  readonly series: number;
  readonly head: number;
}

/** Announcements of one thread. */
export class AnnouncementStore {
  /** Instruments that other threads had already defined differently. */
  readonly clashing: Set<number> = new Set();
  readonly #instruments: Map<number, InstrumentAnnouncement> = new Map();
  /** Instruments that were removed before they were announced here. */
  readonly #removedEarly: Set<number> = new Set();
  readonly #chunks: ChunkAnnouncement[] = [];
  readonly #kpis: Map<string, Kpi> = new Map();
  readonly #series: Map<number, SeriesAnnouncement> = new Map();
  /** Removals that no aggregator has acknowledged, oldest first. */
  readonly #removals: Removal[] = [];
  /** Number of removals that were acknowledged before them, modulo 2³². */
  #acknowledged = 0;
  #count = 0;

  /** Number of announcements that the thread has made. */
  get count(): number {
    return this.#count;
  }

  /**
   * Notes the next announcement.
   *
   * @returns Whether it removes a series
   */
  note(announcement: Announcement): boolean {
    this.#count += 1;
    switch (announcement.kind) {
      case "instrument":
        this.#instruments.set(announcement.instrument, announcement);
        if (this.#removedEarly.delete(announcement.instrument)) this.noteRemoved(announcement.instrument);
        return false;
      case "undefine":
        this.#instruments.delete(announcement.instrument);
        this.clashing.delete(announcement.instrument);
        return false;
      case "chunk":
        this.#chunks[announcement.chunk] = announcement;
        return false;
      case "series":
        // A distribution restarts with the aggregator that receives this announcement from the store.
        this.#series.set(announcement.series, { ...announcement, createdMs: undefined });
        return false;
      case "reset":
        this.#move(announcement.series, announcement.newSeries);
        break;
      case "remove":
        this.#series.delete(announcement.series);
        break;
      case "kpis":
        for (const kpi of announcement.kpis) this.#kpis.set(kpi.name, kpi);
        return false;
      case "exemplars":
        return false;
    }
    this.#removals.push({ series: announcement.series, head: announcement.head });
    return true;
  }

  /**
   * Notes that another thread has removed an instrument, which may have been announced to the aggregator but not yet to
   * the store.
   */
  noteRemoved(instrument: number): void {
    const announcement = this.#instruments.get(instrument);
    if (announcement !== undefined) this.#instruments.set(instrument, { ...announcement, isRemoved: true });
    else this.#removedEarly.add(instrument);
  }

  /**
   * Forgets the removals that aggregators have acknowledged.
   *
   * @param acknowledged Total number of acknowledged removals, modulo 2³²
   */
  acknowledge(acknowledged: number): void {
    // The aggregator may be ahead of the store.
    const count = Math.min((acknowledged - this.#acknowledged) | 0, this.#removals.length);
    if (count <= 0) return;
    this.#acknowledged = (this.#acknowledged + count) | 0;
    this.#removals.splice(0, count);
  }

  /** Returns all announcements that an aggregator without state needs. */
  all(): Announcement[] {
    return [
      ...this.#instruments.values(),
      ...(this.#kpis.size > 0 ? [{ kind: "kpis" as const, kpis: [...this.#kpis.values()] }] : []),
      ...this.#chunks,
      ...this.#series.values(),
      ...this.#removals.map(({ series, head }): Announcement => ({ kind: "remove", series, head })),
    ];
  }

  /** Returns the counters of a departed thread. */
  counted(): DepartedSeries[] {
    return Array.from(this.#series.values(), (series) => this.#counterOf(series)).filter((each) => each !== undefined);
  }

  #move(series: number, newSeries: number): void {
    const announcement = this.#series.get(series);
    if (announcement === undefined) return;
    this.#series.delete(series);
    this.#series.set(newSeries, { ...announcement, series: newSeries });
  }

  #counterOf({ instrument, labelValues, isOverflow, cell }: SeriesAnnouncement): DepartedSeries | undefined {
    const { definition, isRemoved } = this.#instruments.get(instrument) ?? {};
    if (cell === undefined || definition?.type !== "counter") return undefined;
    if (isRemoved || this.clashing.has(instrument)) return undefined;
    const cells = cellsOf(this.#chunks[cell.chunk].memory);
    return {
      definition,
      labelValues: isOverflow || placesOf(cells)[cell.index] === Place.overflow ? undefined : labelValues,
      value: cells[cell.index],
      sinceMs: cells[cell.index + CHUNK_CELLS],
    };
  }
}

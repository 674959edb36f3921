/**
 * What another thread has announced, kept on the main thread: a worker that is started again learns from it what the one
 * before knew, even if that thread never comes to rest to say it once more. What is gone is forgotten.
 *
 * @module
 */

import type { Kpi } from "../../model/kpi.ts";
import type { Announcement, SeriesAnnouncement } from "../../model/model.ts";
import { cellsOf, CHUNK_CELLS, Place, placesOf } from "../../ring/cells.ts";
import type { DepartedSeries } from "../../aggregate/series/previous_run.ts";

type InstrumentAnnouncement = Extract<Announcement, { kind: "instrument" }>;
type ChunkAnnouncement = Extract<Announcement, { kind: "chunk" }>;

interface Removal {
  readonly series: number;
  readonly head: number;
}

/** The announcements of one thread. */
export class AnnouncementStore {
  /** The instruments that other threads had defined differently before. */
  readonly clashing: Set<number> = new Set();
  readonly #instruments: Map<number, InstrumentAnnouncement> = new Map();
  /** Instruments that were removed before they were announced here. */
  readonly #removedEarly: Set<number> = new Set();
  readonly #chunks: ChunkAnnouncement[] = [];
  readonly #kpis: Map<string, Kpi> = new Map();
  readonly #series: Map<number, SeriesAnnouncement> = new Map();
  /** Those that no reader has let go of, oldest first. */
  readonly #removals: Removal[] = [];
  /** How many were let go of before them, modulo 2³². */
  #freed = 0;
  #announced = 0;

  /** How much the thread has announced. */
  get announced(): number {
    return this.#announced;
  }

  /**
   * Notes the next announcement.
   *
   * @returns Whether a series was removed
   */
  note(news: Announcement): boolean {
    this.#announced += 1;
    switch (news.kind) {
      case "instrument":
        this.#instruments.set(news.instrument, news);
        if (this.#removedEarly.delete(news.instrument)) this.noteRemoved(news.instrument);
        return false;
      case "undefine":
        this.#instruments.delete(news.instrument);
        this.clashing.delete(news.instrument);
        return false;
      case "chunk":
        this.#chunks[news.chunk] = news;
        return false;
      case "series":
        // A distribution begins again with a worker that is told of it by the ledger.
        this.#series.set(news.series, { ...news, createdMs: undefined });
        return false;
      case "reset":
        this.#move(news.series, news.newSeries);
        break;
      case "remove":
        this.#series.delete(news.series);
        break;
      case "kpis":
        for (const kpi of news.kpis) this.#kpis.set(kpi.name, kpi);
        return false;
      case "exemplars":
        return false;
    }
    this.#removals.push({ series: news.series, head: news.head });
    return true;
  }

  /** Another thread has removed an instrument, which the aggregator may know before the ledger. */
  noteRemoved(instrument: number): void {
    const news = this.#instruments.get(instrument);
    if (news !== undefined) this.#instruments.set(instrument, { ...news, isRemoved: true });
    else this.#removedEarly.add(instrument);
  }

  /** Forgets the removals that readers have let go of: so many in all, modulo 2³². */
  forget(freed: number): void {
    // A reader may be ahead of the ledger.
    const count = Math.min((freed - this.#freed) | 0, this.#removals.length);
    if (count <= 0) return;
    this.#freed = (this.#freed + count) | 0;
    this.#removals.splice(0, count);
  }

  /** All that a reader must be told that knows nothing yet. */
  announcements(): Announcement[] {
    return [
      ...this.#instruments.values(),
      ...(this.#kpis.size > 0 ? [{ kind: "kpis" as const, kpis: [...this.#kpis.values()] }] : []),
      ...this.#chunks,
      ...this.#series.values(),
      ...this.#removals.map(({ series, head }): Announcement => ({ kind: "remove", series, head })),
    ];
  }

  /** What the thread has counted, now that it has gone. */
  left(): DepartedSeries[] {
    return Array.from(this.#series.values(), (news) => this.#leftOf(news)).filter((each) => each !== undefined);
  }

  #move(series: number, newSeries: number): void {
    const news = this.#series.get(series);
    if (news === undefined) return;
    this.#series.delete(series);
    this.#series.set(newSeries, { ...news, series: newSeries });
  }

  #leftOf({ instrument, labelValues, isOverflow, cell }: SeriesAnnouncement): DepartedSeries | undefined {
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

/**
 * Everything a thread needs to record: its clock, the writing end of its ring, its cells, and the
 * numbers that its instruments and series go by. It tells the aggregator of each new instrument and
 * series at once, so that even a thread that never comes to rest is understood.
 *
 * What is removed or reset keeps its id and cell until the aggregator has let go of them, which a count in the ring's
 * memory tells. There is a limit to how many of them may be under way, so that a program which is faster than the
 * aggregator fills no queue without end: past it, new label sets go to the overflow series and resets wait.
 *
 * @module
 */

import { type Cell, CellAllocator } from "../ring/cells.ts";
import type { Doorbell } from "../ring/doorbell.ts";
import { Count, createRing } from "../ring/layout.ts";
import { Producer } from "../ring/producer.ts";
import type { Sequence } from "../ring/sequence.ts";
import type { Announcement, Definition, Exemplar, OverflowPolicy, SeriesAnnouncement } from "../model/model.ts";
import type { Kpi } from "../model/kpi.ts";
import { wallMs } from "../platform/wall_clock.ts";
import type { Clock } from "./clock.ts";
import { ExemplarList } from "./exemplar_list.ts";
import type { Sampler } from "./sampler.ts";
import { Tracing } from "./tracing.ts";

/** The least that a ring can hold. */
const RECORDS_NOWHERE = 2;
/** How many removals may be under way, even if there may be fewer series. */
const REMOVALS_MIN = 1_000;

/** What a {@linkcode Recorder} is made from. */
export interface RecorderParts {
  /** The clock of the timings. */
  readonly clock: Clock;
  /** The clock of values that no clock would be read for otherwise; `undefined` leaves them without a time. */
  readonly stampClock: Clock | undefined;
  /** The ring to write. */
  readonly ring: ArrayBufferLike;
  /** The memory of the first chunk of cells; allocated when it is needed by default. */
  readonly cells?: ArrayBufferLike;
  /** What that ring does when it is full. */
  readonly overflow: OverflowPolicy;
  /** Which calls are recorded. */
  readonly sampler: Sampler;
  /** What wakes the reader. */
  readonly doorbell: Doorbell;
  /** What gauges are stamped with, in common with all other threads. */
  readonly sequence: Sequence;
  /** Whether the reader is another thread. */
  readonly shared: boolean;
  /** Series before label sets go to the overflow series. */
  readonly seriesMax: number;
  /** Code points that a label value may have; what is longer is cut. */
  readonly labelValueMax: number;
  /** Tells the aggregator. */
  readonly announce: (news: Announcement) => void;
  /** Whether another thread keeps a ledger of all that is announced; it must have noted a removal, too. */
  readonly hasLedger?: boolean;
}

/** A series that was removed or has got another id, and what the aggregator still holds of it. */
interface Removal {
  readonly series: number;
  readonly cell: Cell | undefined;
  readonly head: number;
}

/** A series that may have to wait for its reset. */
interface Resettable {
  reset(): void;
}

/** A series that may have left out calls that are not written yet. */
export interface Sampled {
  /** Writes them. */
  writeLeftOut(): void;
}

/** The recording side of one thread. */
export class Recorder {
  /** The clock of the timings. */
  readonly clock: Clock;
  /** See {@linkcode RecorderParts.stampClock}. */
  readonly stampClock: Clock | undefined;
  /** Which calls are recorded. */
  readonly sampler: Sampler;
  /** Where handles write whose series is removed: takes no record, and counts what it was offered. */
  readonly nowhere: Producer;
  /** The ring's writing end. */
  readonly producer: Producer;
  /** See {@linkcode RecorderParts.sequence}. */
  readonly sequence: Sequence;
  /** See {@linkcode RecorderParts.labelValueMax}. */
  readonly labelValueMax: number;
  /** The traces that timings are part of. */
  readonly tracing: Tracing;
  readonly #sampled: Set<Sampled> = new Set();
  readonly #cells: CellAllocator;
  readonly #exemplars: ExemplarList;
  readonly #seriesMax: number;
  #announce: (news: Announcement) => void;
  readonly #hasLedger: boolean;
  readonly #removalsMax: number;
  /** Oldest first. */
  readonly #removals: Removal[] = [];
  /** How many were let go of before them, modulo 2³². */
  #reclaimed: number;
  readonly #postponed: Set<Resettable> = new Set();
  readonly #freeIds: number[] = [];
  #instruments = 0;
  #nextId = 0;
  #seriesCount = 0;

  /** Starts without instruments. */
  constructor(parts: RecorderParts) {
    this.clock = parts.clock;
    this.stampClock = parts.stampClock;
    this.sampler = parts.sampler;
    this.nowhere = new Producer(createRing(RECORDS_NOWHERE, false), parts.doorbell, "drop-newest");
    this.nowhere.close(Count.removed);
    this.producer = new Producer(parts.ring, parts.doorbell, parts.overflow);
    this.tracing = new Tracing(parts.clock, this.producer);
    this.#exemplars = new ExemplarList(this.producer.counts);
    this.sequence = parts.sequence;
    this.labelValueMax = parts.labelValueMax;
    this.#seriesMax = parts.seriesMax;
    this.#announce = parts.announce;
    this.#hasLedger = parts.hasLedger ?? false;
    this.#removalsMax = Math.max(REMOVALS_MIN, parts.seriesMax);
    this.#reclaimed = this.producer.freed;
    this.#cells = new CellAllocator(
      parts.shared,
      (chunk, cells) => this.#announce({ kind: "chunk", chunk, memory: cells.buffer }),
      parts.cells,
    );
  }

  /** What was lost or refused, see `Count` in the ring's layout. Not kept: once the ring is released it is another's. */
  get counts(): Float64Array {
    return this.producer.counts;
  }

  /** Whether one more label set can have a series of its own. */
  get hasRoom(): boolean {
    return this.#seriesCount < this.#seriesMax && this.#canRemove;
  }

  /** Announces an instrument; gives its number. */
  define(definition: Definition): number {
    const instrument = this.#instruments++;
    this.#announce({ kind: "instrument", instrument, definition });
    return instrument;
  }

  /** Announces that an instrument is removed; its series must have been removed before. */
  undefine(instrument: number): void {
    this.#announce({ kind: "undefine", instrument });
  }

  /** Announces key performance indicators. */
  declare(kpis: readonly Kpi[]): void {
    this.#announce({ kind: "kpis", kpis });
  }

  /**
   * Announces a counter's or gauge's series; label values of `undefined` make the overflow series.
   *
   * @param stamp The cell's first stamp
   */
  addScalar(
    instrument: number,
    labelValues: readonly string[] | undefined,
    stamp: number = 0,
  ): { series: number; cell: Cell } {
    this.#reclaim();
    const cell = this.#cells.allocate(stamp);
    const series = this.#addSeries(instrument, labelValues, { chunk: cell.chunk, index: cell.index });
    return { series, cell };
  }

  /** Announces a histogram's, timer's or summary's series; label values of `undefined` make the overflow series. */
  addDistribution(instrument: number, labelValues: readonly string[] | undefined): number {
    return this.#addSeries(instrument, labelValues, undefined);
  }

  /** Asks a series for what it left out, at each {@linkcode Recorder.publish}. */
  follow(series: Sampled): void {
    this.#sampled.add(series);
  }

  /** Asks it no more. */
  unfollow(series: Sampled & Resettable): void {
    this.#sampled.delete(series);
    this.#postponed.delete(series);
  }

  /** Takes an exemplar, for the next {@linkcode Recorder.publish}. */
  offerExemplar(series: number, exemplar: Exemplar): void {
    this.#exemplars.offer(series, exemplar);
  }

  /** A counter's series starts again, without an exemplar. */
  restartExemplars(series: number): void {
    this.#exemplars.restart(series);
  }

  /** Writes what was left out, publishes everything, and resets what had to wait for it. */
  publish(): void {
    this.#writeLeftOut();
    this.#countRemoved();
    this.tracing.noteTime();
    this.producer.publish();
    this.producer.forgetInterval();
    this.#sendExemplars();
    if (this.#postponed.size > 0) this.#resetPostponed();
  }

  /** Writes what was left out and publishes, for the last time: from now on nothing is recorded. */
  close(): void {
    this.#writeLeftOut();
    this.producer.close();
    this.#sendExemplars();
    this.#exemplars.close();
  }

  /** Releases the ring and the cells, once everything is closed and all handles are frozen; announces nothing more. */
  release(): void {
    this.#announce = () => {};
    this.#cells.release();
    this.producer.release();
  }

  /** A cell that was handed out. */
  cellAt(cells: Float64Array, index: number): Cell {
    return this.#cells.cellAt(cells, index);
  }

  /**
   * Takes a series away; its id and cell are used again once the aggregator has freed them.
   *
   * @param isOverflow Whether it is an overflow series, which takes no room; not by default
   */
  remove(series: number, cell: Cell | undefined, isOverflow: boolean = false): void {
    if (!isOverflow) this.#seriesCount -= 1;
    this.#exemplars.forget(series);
    const head = this.#noteRemoval(series, cell);
    this.#announce({ kind: "remove", series, head });
  }

  /**
   * Gives a distribution's series a fresh start under the id that is returned; `undefined` if too many are under way.
   */
  reset(series: number): number | undefined {
    if (!this.#canRemove) return undefined;
    const newSeries = this.#takeId();
    this.#exemplars.forget(series);
    const head = this.#noteRemoval(series, undefined);
    this.#announce({ kind: "reset", series, newSeries, head, createdMs: wallMs() });
    return newSeries;
  }

  /** Resets a series at the first {@linkcode Recorder.publish} at which not too many are under way. */
  postponeReset(series: Resettable): void {
    this.#postponed.add(series);
  }

  /** All chunks of cells. */
  chunkAnnouncements(): Announcement[] {
    return this.#cells.chunks.map((cells, chunk) => ({ kind: "chunk", chunk, memory: cells.buffer }));
  }

  /** What was removed and the aggregator has not let go of. */
  removals(): Announcement[] {
    this.#reclaim();
    return this.#removals.map(({ series, head }) => ({ kind: "remove", series, head }));
  }

  get #canRemove(): boolean {
    this.#reclaim();
    return this.#removals.length < this.#removalsMax;
  }

  #noteRemoval(series: number, cell: Cell | undefined): number {
    this.producer.publish();
    const { head } = this.producer;
    this.#removals.push({ series, cell, head });
    return head;
  }

  /** Takes back the ids and cells that the aggregator has let go of. */
  #reclaim(): void {
    if (this.#removals.length === 0) return;
    const { freed, noted } = this.producer;
    const count = (freed - this.#reclaimed) | 0;
    const countAll = this.#hasLedger ? Math.min(count, (noted - this.#reclaimed) | 0) : count;
    if (countAll <= 0) return;
    this.#reclaimed = (this.#reclaimed + countAll) | 0;
    for (const { series, cell } of this.#removals.splice(0, countAll)) {
      if (cell !== undefined) this.#cells.free(cell);
      this.#freeIds.push(series);
    }
  }

  /** Behind the records, so that who hears of an exemplar finds its value in the ring. */
  #sendExemplars(): void {
    if (!this.#exemplars.isEmpty) this.#announce({ kind: "exemplars", exemplars: this.#exemplars.take() });
  }

  /** Counts what was offered to series that are removed. */
  #countRemoved(): void {
    const { counts } = this.nowhere;
    this.counts[Count.removed] += counts[Count.removed];
    counts[Count.removed] = 0;
  }

  #resetPostponed(): void {
    for (const series of this.#postponed) {
      if (!this.#canRemove) return;
      this.#postponed.delete(series);
      series.reset();
    }
  }

  #writeLeftOut(): void {
    if (!this.sampler.hasDrawn) return;
    for (const series of this.#sampled) series.writeLeftOut();
  }

  #addSeries(
    instrument: number,
    labelValues: readonly string[] | undefined,
    cell: { chunk: number; index: number } | undefined,
  ): number {
    const series = this.#takeId();
    if (labelValues !== undefined) this.#seriesCount += 1;
    const news = seriesAnnouncement(series, instrument, labelValues, cell);
    this.#announce(cell === undefined ? { ...news, createdMs: wallMs() } : news);
    return series;
  }

  #takeId(): number {
    this.#reclaim();
    return this.#freeIds.pop() ?? this.#nextId++;
  }
}

/** The news of a series; label values of `undefined` are those of the overflow series. */
export function seriesAnnouncement(
  series: number,
  instrument: number,
  labelValues: readonly string[] | undefined,
  cell: SeriesAnnouncement["cell"],
): SeriesAnnouncement {
  const isOverflow = labelValues === undefined;
  return { kind: "series", series, instrument, labelValues: labelValues ?? [], isOverflow, cell };
}

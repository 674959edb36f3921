/**
 * Recorder of a thread: its clock, its sampler, the writing end of its ring, its cells, and the numbers of its
 * instruments and series. Each new instrument and series is announced to the aggregator at once, so that the aggregator
 * can read the records of a thread that never yields to its event loop.
 *
 * @module
 */

import type { Kpi } from "../model/kpi.ts";
import type { Announcement, Definition, Exemplar, SeriesAnnouncement } from "../model/model.ts";
import type { RecordSettings } from "../model/settings.ts";
import { wallMs } from "../platform/wall_clock.ts";
import { type Cell, CellAllocator } from "../ring/cells.ts";
import { Control } from "../ring/control.ts";
import { Doorbell } from "../ring/doorbell.ts";
import { Count, createRing } from "../ring/layout.ts";
import { Producer } from "../ring/producer.ts";
import { Sequence } from "../ring/sequence.ts";
import type { Clock } from "./clock.ts";
import { ExemplarList } from "./exemplar_list.ts";
import { Sampler } from "./sampler.ts";
import { SeriesIds } from "./series_ids.ts";
import type { ThreadMemory } from "./thread_memory.ts";
import { Tracing } from "./tracing.ts";

/** Capacity of the ring of {@linkcode Recorder.nowhere}: the smallest one. */
const RECORDS_NOWHERE = 2;

/** Parts of a {@linkcode Recorder}. */
export interface RecorderParts extends Pick<RecordSettings, "overflow" | "seriesMax" | "labelValueMax"> {
  /** Clock of the timings. */
  readonly clock: Clock;
  /** Clock that stamps records for which no other clock is read; without it, they carry no time. */
  readonly stampClock?: Clock;
  /** Memory of all recording threads. */
  readonly memory: ThreadMemory;
  /** Number of the thread's control word, see `laneOf`; 0 by default. */
  readonly lane?: number;
  /** Seed of the sampler. */
  readonly seed: number;
  /** Ring to write, in shared memory if another thread reads it. */
  readonly ring: ArrayBufferLike;
  /** Memory of the first chunk of cells; by default allocated when needed. */
  readonly cells?: ArrayBufferLike;
  /** Announces an instrument or series to the aggregator. */
  readonly announce: (announcement: Announcement) => void;
  /** Whether the main thread stores announcements too, and must acknowledge removals; `false` by default. */
  readonly isAttached?: boolean;
}

/** Series whose reset may be postponed. */
interface Resettable {
  reset(): void;
}

/** Series that may have sampled-out calls that are not written yet. */
export interface Sampled {
  /** Writes the sampled-out calls. */
  writeSampledOut(): void;
}

/** Recorder of one thread. */
export class Recorder {
  /** Clock of the timings. */
  readonly clock: Clock;
  /** Clock that stamps records for which no other clock is read. */
  readonly stampClock: Clock | undefined;
  /** Sampler, which chooses the calls that are recorded. */
  readonly sampler: Sampler;
  /** Producer of handles whose series is removed: writes no record, and counts the attempts. */
  readonly nowhere: Producer;
  /** Writing end of the ring. */
  readonly producer: Producer;
  /** Sequence that stamps gauges. */
  readonly sequence: Sequence;
  /** Largest number of code points of a label value. */
  readonly labelValueMax: number;
  /** Traces that timings are part of. */
  readonly tracing: Tracing;
  readonly #sampled: Set<Sampled> = new Set();
  readonly #cells: CellAllocator;
  readonly #exemplars: ExemplarList;
  readonly #seriesMax: number;
  #announce: (announcement: Announcement) => void;
  readonly #ids: SeriesIds;
  readonly #postponed: Set<Resettable> = new Set();
  #instruments = 0;
  #seriesCount = 0;

  constructor(parts: RecorderParts) {
    const { memory, ring, cells, overflow, seriesMax, isAttached = false } = parts;
    const doorbell = new Doorbell(memory.doorbell);
    this.clock = parts.clock;
    this.stampClock = parts.stampClock;
    this.sampler = new Sampler(new Control(memory.control, parts.lane), parts.seed);
    this.nowhere = new Producer(createRing(RECORDS_NOWHERE, false), doorbell, "drop-newest");
    this.nowhere.close(Count.removed);
    this.producer = new Producer(ring, doorbell, overflow);
    this.tracing = new Tracing(parts.clock, this.producer);
    this.#exemplars = new ExemplarList(this.producer.counts);
    this.sequence = new Sequence(memory.sequence);
    this.labelValueMax = parts.labelValueMax;
    this.#seriesMax = seriesMax;
    this.#announce = parts.announce;
    const announceChunk = (chunk: number, { buffer: memory }: Float64Array) =>
      this.#announce({ kind: "chunk", chunk, memory });
    // Tests for `ArrayBuffer`, because some environments have no `SharedArrayBuffer`.
    this.#cells = new CellAllocator(!(ring instanceof ArrayBuffer), announceChunk, cells);
    this.#ids = new SeriesIds(this.producer, this.#cells, seriesMax, isAttached);
  }

  /** Counts of dropped and rejected records, see `Count`. Not cached: a released ring belongs to another thread. */
  get counts(): Float64Array {
    return this.producer.counts;
  }

  /** Whether one more label set can have its own series. */
  get hasRoom(): boolean {
    return this.#seriesCount < this.#seriesMax && this.#ids.canRemove;
  }

  /** Announces an instrument and returns its number. */
  define(definition: Definition): number {
    const instrument = this.#instruments++;
    this.#announce({ kind: "instrument", instrument, definition });
    return instrument;
  }

  /** Announces that an instrument is removed, after its series. */
  undefine(instrument: number): void {
    this.#announce({ kind: "undefine", instrument });
  }

  /** Announces key performance indicators. */
  declare(kpis: readonly Kpi[]): void {
    this.#announce({ kind: "kpis", kpis });
  }

  /**
   * Adds and announces a counter's or gauge's series.
   *
   * @param labelValues Label values; `undefined` for the overflow series
   * @param stamp First stamp of the cell
   */
  addScalar(
    instrument: number,
    labelValues: readonly string[] | undefined,
    stamp: number = 0,
  ): { series: number; cell: Cell } {
    this.#ids.reclaim();
    const cell = this.#cells.allocate(stamp);
    const series = this.#addSeries(instrument, labelValues, { chunk: cell.chunk, index: cell.index });
    return { series, cell };
  }

  /**
   * Adds and announces a histogram's, timer's or summary's series.
   *
   * @param labelValues Label values; `undefined` for the overflow series
   */
  addDistribution(instrument: number, labelValues: readonly string[] | undefined): number {
    return this.#addSeries(instrument, labelValues, undefined);
  }

  /** Makes a series write its sampled-out calls at each {@linkcode Recorder.publish}. */
  follow(series: Sampled): void {
    this.#sampled.add(series);
  }

  /** Undoes {@linkcode Recorder.follow} and cancels a postponed reset. */
  unfollow(series: Sampled & Resettable): void {
    this.#sampled.delete(series);
    this.#postponed.delete(series);
  }

  /** Offers an exemplar for the next {@linkcode Recorder.publish}. */
  offerExemplar(series: number, exemplar: Exemplar): void {
    this.#exemplars.offer(series, exemplar);
  }

  /** Drops the exemplars of a counter's series, which restarts. */
  restartExemplars(series: number): void {
    this.#exemplars.restart(series);
  }

  /** Writes sampled-out calls, publishes everything and resets the series whose reset was postponed. */
  publish(): void {
    this.#writeSampledOut();
    this.#countRemoved();
    this.tracing.noteTime();
    this.producer.publish();
    this.producer.forgetInterval();
    this.#sendExemplars();
    if (this.#postponed.size > 0) this.#resetPostponed();
  }

  /** Writes sampled-out calls and publishes for the last time: from now on nothing is recorded. */
  close(): void {
    this.#writeSampledOut();
    this.producer.close();
    this.#sendExemplars();
    this.#exemplars.close();
  }

  /** Releases ring and cells, once everything is closed and all handles are frozen; announces nothing more. */
  release(): void {
    this.#announce = () => {};
    this.#cells.release();
    this.producer.release();
  }

  /** Returns a cell that was allocated. */
  cellAt(cells: Float64Array, index: number): Cell {
    return this.#cells.cellAt(cells, index);
  }

  /**
   * Removes a series; its id and cell are reused once the aggregator has acknowledged the removal.
   *
   * @param isOverflow Whether it is an overflow series, which takes no room; `false` by default
   */
  remove(series: number, cell: Cell | undefined, isOverflow: boolean = false): void {
    if (!isOverflow) this.#seriesCount -= 1;
    this.#exemplars.forget(series);
    const head = this.#ids.remove(series, cell);
    this.#announce({ kind: "remove", series, head });
  }

  /**
   * Restarts a distribution's series under another id.
   *
   * @returns The new id; `undefined` if too many removals are unacknowledged
   */
  reset(series: number): number | undefined {
    if (!this.#ids.canRemove) return undefined;
    const newSeries = this.#ids.take();
    this.#exemplars.forget(series);
    const head = this.#ids.remove(series, undefined);
    this.#announce({ kind: "reset", series, newSeries, head, createdMs: wallMs() });
    return newSeries;
  }

  /** Resets a series at the first {@linkcode Recorder.publish} at which few enough removals are unacknowledged. */
  postponeReset(series: Resettable): void {
    this.#postponed.add(series);
  }

  /** Returns the announcements of all chunks of cells. */
  chunkAnnouncements(): Announcement[] {
    return this.#cells.chunks.map((cells, chunk) => ({ kind: "chunk", chunk, memory: cells.buffer }));
  }

  /** Returns the announcements of the removals that the aggregator has not acknowledged. */
  removals(): Announcement[] {
    return this.#ids.removals;
  }

  /**
   * Sends exemplars. Called after the records are published, so that the value of an exemplar is in the ring before the
   * exemplar.
   */
  #sendExemplars(): void {
    if (!this.#exemplars.isEmpty) this.#announce({ kind: "exemplars", exemplars: this.#exemplars.take() });
  }

  /** Counts records that handles of removed series have attempted. */
  #countRemoved(): void {
    const { counts } = this.nowhere;
    this.counts[Count.removed] += counts[Count.removed];
    counts[Count.removed] = 0;
  }

  #resetPostponed(): void {
    for (const series of this.#postponed) {
      if (!this.#ids.canRemove) return;
      this.#postponed.delete(series);
      series.reset();
    }
  }

  #writeSampledOut(): void {
    if (!this.sampler.hasDrawn) return;
    for (const series of this.#sampled) series.writeSampledOut();
  }

  #addSeries(
    instrument: number,
    labelValues: readonly string[] | undefined,
    cell: { chunk: number; index: number } | undefined,
  ): number {
    const series = this.#ids.take();
    if (labelValues !== undefined) this.#seriesCount += 1;
    const announcement = seriesAnnouncement(series, instrument, labelValues, cell);
    this.#announce(cell === undefined ? { ...announcement, createdMs: wallMs() } : announcement);
    return series;
  }
}

/** Returns the announcement of a series; label values of `undefined` are those of the overflow series. */
export function seriesAnnouncement(
  series: number,
  instrument: number,
  labelValues: readonly string[] | undefined,
  cell: SeriesAnnouncement["cell"],
): SeriesAnnouncement {
  const isOverflow = labelValues === undefined;
  return { kind: "series", series, instrument, labelValues: labelValues ?? [], isOverflow, cell };
}

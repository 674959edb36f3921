/**
 * Everything a thread needs to record: its clock, the writing end of its ring, its cells, and the
 * numbers that its instruments and series go by. It tells the aggregator of each new instrument and
 * series at once, so that even a thread that never comes to rest is understood.
 *
 * @module
 */

import { type Cell, CellAllocator } from "../ring/cells.ts";
import type { Doorbell } from "../ring/doorbell.ts";
import { createRing } from "../ring/layout.ts";
import { Producer } from "../ring/producer.ts";
import type { Sequence } from "../ring/sequence.ts";
import type { Exemplar } from "../families.ts";
import type { Announcement, Definition, OverflowPolicy } from "../model.ts";
import type { Clock } from "./clock.ts";
import { ExemplarList } from "./exemplar_list.ts";
import type { Sampler } from "./sampler.ts";

/** The least that a ring can hold. */
const RECORDS_NOWHERE = 2;

/** What a {@linkcode Recorder} is made from. */
export interface RecorderParts {
  /** The clock of the timings. */
  readonly clock: Clock;
  /** The clock of values that no clock would be read for otherwise; `undefined` leaves them without a time. */
  readonly stampClock: Clock | undefined;
  /** The ring to write. */
  readonly ring: ArrayBufferLike;
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
  /** Where handles write whose series is removed: takes no record and counts none. */
  readonly nowhere: Producer;
  /** The ring's writing end. */
  readonly producer: Producer;
  /** What was lost or refused, see `Count` in the ring's layout. */
  readonly counts: Float64Array;
  /** See {@linkcode RecorderParts.sequence}. */
  readonly sequence: Sequence;
  /** See {@linkcode RecorderParts.labelValueMax}. */
  readonly labelValueMax: number;
  readonly #sampled: Set<Sampled> = new Set();
  readonly #cells: CellAllocator;
  readonly #exemplars: ExemplarList;
  readonly #seriesMax: number;
  readonly #announce: (news: Announcement) => void;
  readonly #cellOfRemoved: Map<number, Cell> = new Map();
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
    this.nowhere.close();
    this.producer = new Producer(parts.ring, parts.doorbell, parts.overflow);
    this.counts = this.producer.counts;
    this.#exemplars = new ExemplarList(this.counts);
    this.sequence = parts.sequence;
    this.labelValueMax = parts.labelValueMax;
    this.#seriesMax = parts.seriesMax;
    this.#announce = parts.announce;
    this.#cells = new CellAllocator(
      parts.shared,
      (chunk, cells) => parts.announce({ kind: "chunk", chunk, cells }),
    );
  }

  /** Whether one more label set can have a series of its own. */
  get hasRoom(): boolean {
    return this.#seriesCount < this.#seriesMax;
  }

  /** Announces an instrument; gives its number. */
  define(definition: Definition): number {
    const instrument = this.#instruments++;
    this.#announce({ kind: "instrument", instrument, definition });
    return instrument;
  }

  /** Announces a counter's or gauge's series; label values of `undefined` make the overflow series. */
  addScalar(instrument: number, labelValues: readonly string[] | undefined): { series: number; cell: Cell } {
    const cell = this.#cells.allocate();
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
  unfollow(series: Sampled): void {
    this.#sampled.delete(series);
  }

  /** Takes an exemplar, for the next {@linkcode Recorder.publish}. */
  offerExemplar(series: number, exemplar: Exemplar): void {
    this.#exemplars.offer(series, exemplar);
  }

  /** A counter's series starts again, without an exemplar. */
  restartExemplars(series: number): void {
    this.#exemplars.restart(series);
  }

  /** Writes what was left out, and publishes everything. */
  publish(): void {
    this.#writeLeftOut();
    this.producer.publish();
    this.#sendExemplars();
  }

  /** Writes what was left out and publishes, for the last time: from now on nothing is recorded. */
  close(): void {
    this.#writeLeftOut();
    this.producer.close();
    this.#sendExemplars();
    this.#exemplars.close();
  }

  /** A cell that was handed out. */
  cellAt(cells: Float64Array, index: number): Cell {
    return this.#cells.cellAt(cells, index);
  }

  /** Takes a series away; its id and cell are used again when the aggregator has let go of them. */
  remove(series: number, cell: Cell | undefined): void {
    if (cell !== undefined) this.#cellOfRemoved.set(series, cell);
    this.#seriesCount -= 1;
    this.#exemplars.forget(series);
    this.producer.publish();
    this.#announce({ kind: "remove", series, head: this.producer.head });
  }

  /** Gives a distribution's series a fresh start under the id that is returned. */
  reset(series: number): number {
    const newSeries = this.#takeId();
    this.#exemplars.forget(series);
    this.producer.publish();
    this.#announce({ kind: "reset", series, newSeries, head: this.producer.head });
    return newSeries;
  }

  /** Takes back the ids that the aggregator has let go of. */
  reclaim(freed: readonly number[]): void {
    for (const series of freed) {
      const cell = this.#cellOfRemoved.get(series);
      if (cell !== undefined) this.#cells.free(cell);
      this.#cellOfRemoved.delete(series);
      this.#freeIds.push(series);
    }
  }

  /** Behind the records, so that who hears of an exemplar finds its value in the ring. */
  #sendExemplars(): void {
    if (!this.#exemplars.isEmpty) this.#announce({ kind: "exemplars", exemplars: this.#exemplars.take() });
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
    const isOverflow = labelValues === undefined;
    if (!isOverflow) this.#seriesCount += 1;
    this.#announce({ kind: "series", series, instrument, labelValues: labelValues ?? [], isOverflow, cell });
    return series;
  }

  #takeId(): number {
    return this.#freeIds.pop() ?? this.#nextId++;
  }
}

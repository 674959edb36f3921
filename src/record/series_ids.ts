/**
 * Ids of a recording thread's series. A removed id, and its cell, are reused only once the aggregator has acknowledged
 * the removal, by a count in the ring's memory: until then a record or a reading may still refer to them.
 *
 * The number of unacknowledged removals is bounded, so that a program that is faster than the aggregator does not fill
 * memory.
 *
 * @module
 */

import type { Announcement } from "../model/model.ts";
import type { Cell, CellAllocator } from "../ring/cells.ts";
import type { Producer } from "../ring/producer.ts";

/** Smallest limit on unacknowledged removals, for programs with few series. */
const REMOVALS_MIN = 1_000;

interface Removal {
  readonly series: number;
  readonly cell: Cell | undefined;
  /** Position in the ring where the series ends. */
  readonly head: number;
}

/** Ids of one recording thread's series. */
export class SeriesIds {
  readonly #producer: Producer;
  readonly #cells: CellAllocator;
  readonly #removalsMax: number;
  readonly #isAttached: boolean;
  /** Unacknowledged removals, oldest first. */
  readonly #removals: Removal[] = [];
  /** Number of removals that were acknowledged before them, modulo 2³². */
  #reclaimed: number;
  readonly #free: number[] = [];
  #next = 0;

  /**
   * Creates ids that start at 0.
   *
   * @param producer Writing end of the ring, whose memory counts acknowledgements
   * @param cells Allocator to which the cells of removed series are returned
   * @param seriesMax Series of the thread before label sets go to the overflow series
   * @param isAttached Whether the main thread must acknowledge removals too
   */
  constructor(producer: Producer, cells: CellAllocator, seriesMax: number, isAttached: boolean) {
    this.#producer = producer;
    this.#cells = cells;
    this.#removalsMax = Math.max(REMOVALS_MIN, seriesMax);
    this.#isAttached = isAttached;
    this.#reclaimed = producer.freed;
  }

  /** Whether one more removal may wait for its acknowledgement. */
  get canRemove(): boolean {
    this.reclaim();
    return this.#removals.length < this.#removalsMax;
  }

  /** Announcements of the unacknowledged removals, oldest first. */
  get removals(): Announcement[] {
    this.reclaim();
    return this.#removals.map(({ series, head }) => ({ kind: "remove", series, head }));
  }

  /** Returns an id that no series has. */
  take(): number {
    this.reclaim();
    return this.#free.pop() ?? this.#next++;
  }

  /**
   * Removes an id and publishes what was recorded under it.
   *
   * @returns The position in the ring where the series ends
   */
  remove(series: number, cell: Cell | undefined): number {
    this.#producer.publish();
    const { head } = this.#producer;
    this.#removals.push({ series, cell, head });
    return head;
  }

  /** Reclaims the ids and cells whose removal is acknowledged. */
  reclaim(): void {
    if (this.#removals.length === 0) return;
    const { freed, noted } = this.#producer;
    const byAggregator = (freed - this.#reclaimed) | 0;
    const count = this.#isAttached ? Math.min(byAggregator, (noted - this.#reclaimed) | 0) : byAggregator;
    if (count <= 0) return;
    this.#reclaimed = (this.#reclaimed + count) | 0;
    for (const { series, cell } of this.#removals.splice(0, count)) {
      if (cell !== undefined) this.#cells.free(cell);
      this.#free.push(series);
    }
  }
}

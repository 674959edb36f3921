/**
 * Exemplars on their way to the aggregator. They are rare and their labels are text, so they travel by message and not by
 * ring: what was offered between two publications goes in one message, at most the newest and the largest of a series. So
 * a thread that never comes to rest holds a bounded number of them, and a message has a bounded size.
 *
 * @module
 */

import type { Exemplar, SeriesExemplar } from "../model/model.ts";
import { Count } from "../ring/layout.ts";

/** Series that exemplars can wait of, two of each. */
const SERIES_MAX = 256;

/** What waits of one series; the two may be the same. */
interface Waiting {
  largest: Exemplar;
  newest: Exemplar;
}

/** The exemplars of one thread that the aggregator does not know yet. */
export class ExemplarList {
  readonly #counts: Float64Array;
  readonly #waiting: Map<number, Waiting> = new Map();
  /** Series of which the aggregator has an exemplar. */
  readonly #known: Set<number> = new Set();
  /** Those among them whose exemplar it has to forget. */
  readonly #forgotten: Set<number> = new Set();
  #isClosed = false;

  /**
   * Empty.
   *
   * @param counts The ring's counts, for what does not fit
   */
  constructor(counts: Float64Array) {
    this.#counts = counts;
  }

  /** Whether there is nothing to tell. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#forgotten.size === 0;
  }

  /** Adds an exemplar of a series; those that give way to it are counted. */
  offer(series: number, exemplar: Exemplar): void {
    if (this.#isClosed) return;
    const waiting = this.#waiting.get(series);
    if (waiting !== undefined) this.#replace(waiting, exemplar);
    else if (this.#waiting.size < SERIES_MAX) this.#waiting.set(series, { largest: exemplar, newest: exemplar });
    else this.#counts[Count.exemplarDropped] += 1;
  }

  /** Forgets a series that was removed, or goes on under another id: the aggregator forgets by itself. */
  forget(series: number): void {
    this.#waiting.delete(series);
    this.#known.delete(series);
    this.#forgotten.delete(series);
  }

  /** A series starts again: what it has counted until now has no exemplar any more. */
  restart(series: number): void {
    this.#waiting.delete(series);
    if (this.#known.delete(series)) this.#forgotten.add(series);
  }

  /** Empties the list; gives what is to be told, in order. */
  take(): SeriesExemplar[] {
    const news: SeriesExemplar[] = Array.from(this.#forgotten, (series) => ({ series, exemplar: undefined }));
    for (const [series, { largest, newest }] of this.#waiting) {
      if (largest !== newest) news.push({ series, exemplar: largest });
      news.push({ series, exemplar: newest });
      this.#known.add(series);
    }
    this.#forgotten.clear();
    this.#waiting.clear();
    return news;
  }

  /** Takes no more. */
  close(): void {
    this.#isClosed = true;
  }

  #replace(waiting: Waiting, exemplar: Exemplar): void {
    const before = sizeOf(waiting);
    waiting.newest = exemplar;
    if (exemplar.value >= waiting.largest.value) waiting.largest = exemplar;
    this.#counts[Count.exemplarDropped] += before + 1 - sizeOf(waiting);
  }
}

function sizeOf({ largest, newest }: Waiting): number {
  return largest === newest ? 1 : 2;
}

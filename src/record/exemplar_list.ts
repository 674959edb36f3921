/**
 * Exemplars to be sent to the aggregator. They are rare and their labels are text, so they are sent by message, not by
 * ring. One message contains those since the previous publication, at most the newest and the largest of each series. A
 * thread that never yields to its event loop therefore holds a bounded number of exemplars, and a message has a bounded
 * size.
 *
 * @module
 */

import type { Exemplar, SeriesExemplar } from "../model/model.ts";
import { Count } from "../ring/layout.ts";

/** Number of series whose exemplars can wait, two of each. */
const SERIES_MAX = 256;

/** Waiting exemplars of one series; the two may be the same. */
interface Waiting {
  largest: Exemplar;
  newest: Exemplar;
}

/** Unsent exemplars of one thread. */
export class ExemplarList {
  readonly #counts: Float64Array;
  readonly #waiting: Map<number, Waiting> = new Map();
  /** Series whose exemplar the aggregator has. */
  readonly #known: Set<number> = new Set();
  /** Series whose exemplar the aggregator must forget. */
  readonly #forgotten: Set<number> = new Set();
  #isClosed = false;

  /**
   * Creates an empty list.
   *
   * @param counts Counts of the ring, for exemplars that are dropped
   */
  constructor(counts: Float64Array) {
    this.#counts = counts;
  }

  /** Whether there is nothing to send. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#forgotten.size === 0;
  }

  /** Adds an exemplar of a series; one that it replaces is counted. */
  offer(series: number, exemplar: Exemplar): void {
    if (this.#isClosed) return;
    const waiting = this.#waiting.get(series);
    if (waiting !== undefined) this.#replace(waiting, exemplar);
    else if (this.#waiting.size < SERIES_MAX) this.#waiting.set(series, { largest: exemplar, newest: exemplar });
    else this.#counts[Count.exemplarDropped] += 1;
  }

  /** Forgets a series that was removed or has a new id; the aggregator forgets its exemplars by itself. */
  forget(series: number): void {
    this.#waiting.delete(series);
    this.#known.delete(series);
    this.#forgotten.delete(series);
  }

  /** Forgets the exemplars of a series that restarts, here and in the aggregator. */
  restart(series: number): void {
    this.#waiting.delete(series);
    if (this.#known.delete(series)) this.#forgotten.add(series);
  }

  /** Empties the list and returns what to send, in order. */
  take(): SeriesExemplar[] {
    const taken: SeriesExemplar[] = Array.from(this.#forgotten, (series) => ({ series, exemplar: undefined }));
    for (const [series, { largest, newest }] of this.#waiting) {
      if (largest !== newest) taken.push({ series, exemplar: largest });
      taken.push({ series, exemplar: newest });
      this.#known.add(series);
    }
    this.#forgotten.clear();
    this.#waiting.clear();
    return taken;
  }

  /** Ignores further exemplars. */
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

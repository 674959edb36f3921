/**
 * What threads have left that have gone: the sums of what they had counted, by series, and the counts of their rings. Only
 * the aggregator adds it up for its answers; this is what the next one begins with.
 *
 * @module
 */

import { COUNTS_LENGTH, TAKEN_LENGTH } from "../../ring/layout.ts";
import type { RingOwner } from "../../ring/ring_owner.ts";
import { saturated } from "../../sketch/saturated.ts";
import type { DepartedSeries } from "../../aggregate/series/previous_run.ts";

/** The departed of all threads that have gone. */
export class DepartedTotals {
  /** What their rings had counted, see `Count` in the ring's layout. */
  readonly counts: Float64Array = new Float64Array(COUNTS_LENGTH);
  /** What was taken from their rings, see `Taken` in the ring's layout. */
  readonly taken: Float64Array = new Float64Array(TAKEN_LENGTH);
  readonly #series: Map<string, DepartedSeries> = new Map();

  /** Adds what a thread leaves. */
  add({ counts, taken }: RingOwner, left: readonly DepartedSeries[]): void {
    counts.forEach((count, at) => this.counts[at] += count);
    taken.all().forEach((count, at) => this.taken[at] += count);
    for (const each of left) this.#addSeries(each);
  }

  /** Forgets a series that was removed. */
  forget(name: string, labelValues: readonly string[] | undefined): void {
    this.#series.delete(keyOf(name, labelValues));
  }

  /** What was counted, by series. */
  left(): DepartedSeries[] {
    return [...this.#series.values()];
  }

  #addSeries(left: DepartedSeries): void {
    const key = keyOf(left.definition.name, left.labelValues);
    const { value = 0, sinceMs = Number.POSITIVE_INFINITY } = this.#series.get(key) ?? {};
    this.#series.set(key, { ...left, value: saturated(value + left.value), sinceMs: Math.min(sinceMs, left.sinceMs) });
  }
}

function keyOf(name: string, labelValues: readonly string[] | undefined): string {
  return JSON.stringify([name, labelValues ?? null]);
}

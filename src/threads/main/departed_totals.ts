/**
 * Totals of departed threads: their counters, by series, and the counts of their rings. The aggregator has its own
 * totals; these are for its next run.
 *
 * @module
 */

import type { DepartedSeries } from "../../aggregate/series/previous_run.ts";
import { COUNTS_LENGTH, TAKEN_LENGTH } from "../../ring/layout.ts";
import type { RingOwner } from "../../ring/ring_owner.ts";
import { saturated } from "../../sketch/saturated.ts";

/** Totals of all departed threads. */
export class DepartedTotals {
  /** Sums of the counts of producers, see `Count` in the ring's layout. */
  readonly counts: Float64Array = new Float64Array(COUNTS_LENGTH);
  /** Sums of the counts of readers, see `Taken` in the ring's layout. */
  readonly taken: Float64Array = new Float64Array(TAKEN_LENGTH);
  readonly #series: Map<string, DepartedSeries> = new Map();

  /** Adds the counts and counters of a thread. */
  add({ counts, taken }: RingOwner, counted: readonly DepartedSeries[]): void {
    counts.forEach((count, at) => this.counts[at] += count);
    taken.all().forEach((count, at) => this.taken[at] += count);
    for (const each of counted) this.#addSeries(each);
  }

  /** Forgets a series that was removed; its values are in the order of sorted label names. */
  forget(name: string, labelValues: readonly string[] | undefined): void {
    this.#series.delete(keyOf(name, labelValues));
  }

  /** Returns the totals of all counters, by series. */
  counted(): DepartedSeries[] {
    return [...this.#series.values()];
  }

  #addSeries(series: DepartedSeries): void {
    const { definition: { name, labelNames }, labelValues } = series;
    // Threads may declare the labels in another order.
    const key = keyOf(
      name,
      labelValues && labelNames.toSorted().map((label) => labelValues[labelNames.indexOf(label)]),
    );
    const { value = 0, sinceMs = Number.POSITIVE_INFINITY } = this.#series.get(key) ?? {};
    const total = saturated(value + series.value);
    this.#series.set(key, { ...series, value: total, sinceMs: Math.min(sinceMs, series.sinceMs) });
  }
}

function keyOf(name: string, labelValues: readonly string[] | undefined): string {
  return JSON.stringify([name, labelValues ?? null]);
}

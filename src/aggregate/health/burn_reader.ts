/**
 * Search for the series that burns its error budget fastest. There may be ten thousand series, and any client may
 * request the health, so only series with recent violations are read, and an expensive result is cached for a while.
 *
 * @module
 */

import type { Burn } from "../../health/checks/inputs.ts";
import type { WindowPlan } from "../../sketch/sliding_window.ts";
import { DistributionFamily } from "../series/distribution_family.ts";
import type { SeriesStore } from "../series/store.ts";

/** Minimum number of durations for a meaningful share of violations: one of ten is 10 %. */
const COUNT_MIN = 100;
/** Number of windows after which a violation has certainly left its own. */
const WINDOWS_PAST = 1.1;
/** Work of reading a window, relative to looking at a series. */
const READ_WORK = 50;
/** Work allowed in every call: a few milliseconds. */
const WORK_FREE = 5_000;
/** Average work per millisecond allowed beyond that: about a thirtieth of a thread. */
const WORK_PER_MS = 50;

/** Reader of the burn rates in one store. */
export class BurnReader {
  readonly #store: SeriesStore;
  #fastest: Burn | undefined;
  #keptUntilMs = Number.NEGATIVE_INFINITY;

  constructor(store: SeriesStore) {
    this.#store = store;
  }

  /** Returns the fastest burn over a window; `undefined` if no series has enough durations. */
  fastest(window: WindowPlan["windows"][number], nowMs: number): Burn | undefined {
    if (nowMs < this.#keptUntilMs) return this.#fastest;
    let work = 0;
    let fastest: Burn | undefined;
    for (const { metric, target, series } of this.#withObjective(nowMs)) {
      const isQuiet = nowMs - series.violatedAtMs > window.spec.lengthMs * WINDOWS_PAST;
      work += isQuiet ? 1 : READ_WORK;
      const { count, violations } = isQuiet ? QUIET : series.violationsOver(window, nowMs);
      const rate = violations / count / (1 - target);
      if (count >= COUNT_MIN && (fastest === undefined || rate > fastest.rate)) {
        fastest = { metric, labels: series.labels, rate };
      }
    }
    if (work >= WORK_FREE) this.#keptUntilMs = nowMs + work / WORK_PER_MS;
    return this.#fastest = fastest;
  }

  *#withObjective(nowMs: number) {
    for (const family of this.#store.all) {
      const { exposedName: metric, slo } = family.definition;
      if (slo === undefined || !(family instanceof DistributionFamily)) continue;
      for (const series of family.current(nowMs)) yield { metric, target: slo.target, series };
    }
  }
}

/** Counts of a series without violations, with enough durations. */
const QUIET = { count: COUNT_MIN, violations: 0 };

/**
 * Finds the series whose error budget is used up fastest. There may be ten thousand, and anybody may ask for the health,
 * so only those are read that have violated their objective of late, and what was much work to find is kept for a while.
 *
 * @module
 */

import type { Labels } from "../../model/model.ts";
import { DistributionFamily, type SeriesStore } from "../series/store.ts";
import type { WindowPlan } from "../../sketch/sliding_window.ts";

/** Durations without which a share of violations says nothing: of ten, one is 10 %. */
const COUNT_MIN = 100;
/** Windows after which a violation has surely left its own. */
const WINDOWS_PAST = 1.1;
/** To read a window takes about as long as to look at so many series. */
const READ_WORK = 50;
/** Work that is done whenever it is asked for: some milliseconds. */
const WORK_FREE = 5_000;
/** Work that is done in a millisecond on average, past that: about a thirtieth of a thread. */
const WORK_PER_MS = 50;

/** How fast the error budget of one series is used up. */
export interface BurnReading {
  /** The exposed name of the timer. */
  readonly metric: string;
  /** The label set. */
  readonly labels: Labels;
  /** Its share of violations over the share that its target allows. */
  readonly rate: number;
}

/** Reads one store. */
export class BurnReader {
  readonly #store: SeriesStore;
  #worst: BurnReading | undefined;
  #keptUntilMs = Number.NEGATIVE_INFINITY;

  /** Has read nothing yet. */
  constructor(store: SeriesStore) {
    this.#store = store;
  }

  /** The series that burns fastest over a window; `undefined` if none holds enough to say. */
  worst(window: WindowPlan["windows"][number], nowMs: number): BurnReading | undefined {
    if (nowMs < this.#keptUntilMs) return this.#worst;
    let work = 0;
    let worst: BurnReading | undefined;
    for (const { metric, target, series } of this.#withObjective(nowMs)) {
      const isQuiet = nowMs - series.violatedAtMs > window.spec.lengthMs * WINDOWS_PAST;
      work += isQuiet ? 1 : READ_WORK;
      const { count, violations } = isQuiet ? QUIET : series.violationsOver(window, nowMs);
      const rate = violations / count / (1 - target);
      if (count >= COUNT_MIN && (worst === undefined || rate > worst.rate)) {
        worst = { metric, labels: series.labels, rate };
      }
    }
    if (work >= WORK_FREE) this.#keptUntilMs = nowMs + work / WORK_PER_MS;
    return this.#worst = worst;
  }

  *#withObjective(nowMs: number) {
    for (const family of this.#store.all) {
      const { exposedName: metric, slo } = family.definition;
      if (slo === undefined || !(family instanceof DistributionFamily)) continue;
      for (const series of family.current(nowMs)) yield { metric, target: slo.target, series };
    }
  }
}

/** However many durations it holds, none of them is a violation. */
const QUIET = { count: COUNT_MIN, violations: 0 };

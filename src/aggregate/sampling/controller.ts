/**
 * The sampling rates that hold a budget, one for each thread. They are computed from how many calls there are, not from
 * how many get through, so a rate has no effect on what it is computed from and cannot swing: a step in the load is
 * followed as fast as it is smoothed.
 *
 * @module
 */

import type { CallCost } from "../../model/diagnostics.ts";
import { secondsPerCall, shareAt } from "./cost_model.ts";
import { LoadMeter } from "./load_meter.ts";
import type { SamplingPlan } from "../../model/sampling_plan.ts";
import { RingPressure } from "./ring_pressure.ts";

/** How often the rates are looked at. */
export const ADJUST_INTERVAL_MS = 250;
/** Changes that are smaller are not made: each makes all handles of a thread look at their settings again. */
const CHANGE_MIN = 0.02;
/** Where some calls are left out, recording all of them must take less of the budget than this before all are again. */
const RETURN_SHARE = 0.9;
/** Recorded even where leaving out all calls takes more than the budget: it adds little, and without it nothing is known. */
const LEAST_SHARE = 0.001;

/** What a thread has done so far. */
export interface ThreadLoad {
  /** What it is known by. */
  readonly key: object;
  /** Calls that could have been recorded. */
  readonly offered: number;
  /** Those that were. */
  readonly recorded: number;
  /** The rate that it has now. */
  readonly rate: number;
}

/** What holds for all threads, and may change at any time. */
export interface SamplingLimits {
  /** The rate that the program has asked for. */
  readonly ceiling: number;
  /** The share of one core that recording may take on each thread; `undefined` if there is no such limit. */
  readonly budget: number | undefined;
  /** What calls cost; `undefined` if that is not known yet. */
  readonly cost: CallCost | undefined;
}

/** What is known of a thread. */
class ThreadState {
  readonly meter: LoadMeter;
  readonly pressure: RingPressure = new RingPressure();
  occupancyMax = 0;

  constructor({ offered, recorded }: ThreadLoad) {
    // What it did before it was first seen has no duration.
    this.meter = new LoadMeter(offered, recorded);
  }
}

/** Finds the rates. */
export class SamplingController {
  readonly #plan: SamplingPlan;
  readonly #nowMs: () => number;
  #threads: Map<object, ThreadState> = new Map();
  #notedMs: number;

  /** Knows no thread. */
  constructor(plan: SamplingPlan, nowMs: () => number) {
    this.#plan = plan;
    this.#nowMs = nowMs;
    this.#notedMs = nowMs();
  }

  /** Whether it is time to look again. */
  get isDue(): boolean {
    return this.#nowMs() - this.#notedMs >= ADJUST_INTERVAL_MS;
  }

  /** Calls a second of all threads. */
  get eventRate(): number {
    let rate = 0;
    for (const { meter } of this.#threads.values()) rate += meter.offeredRate;
    return rate;
  }

  /** Calls a second of a thread. */
  eventRateOf(key: object): number {
    return this.#threads.get(key)?.meter.offeredRate ?? 0;
  }

  /** The share of one core that recording takes on a thread. */
  overheadRatioOf(key: object, cost: CallCost): number {
    const { offeredRate = 0, recordedRate = 0 } = this.#threads.get(key)?.meter ?? {};
    return offeredRate === 0 ? 0 : offeredRate * secondsPerCall(Math.min(1, recordedRate / offeredRate), cost);
  }

  /** Notes how full a thread's ring was before it was drained, 0 to 1. */
  noteOccupancy(key: object, ratio: number): void {
    const thread = this.#threads.get(key);
    if (thread !== undefined && ratio > thread.occupancyMax) thread.occupancyMax = ratio;
  }

  /**
   * Finds the rates for what threads have done since it was last asked.
   *
   * @param loads All threads
   * @returns Their rates from now on, in the same order; the present one where it is near enough
   */
  adjust(loads: readonly ThreadLoad[], limits: SamplingLimits): number[] {
    const nowMs = this.#nowMs();
    const elapsedMs = nowMs - this.#notedMs;
    if (elapsedMs <= 0) return loads.map(({ rate }) => rate);
    this.#notedMs = nowMs;
    this.#note(loads, elapsedMs);
    const rateForEvents = this.#rateForEvents();
    return loads.map(({ key, rate }) => {
      const thread = this.#threads.get(key) as ThreadState;
      if (this.#plan.followsRingPressure) thread.pressure.note(thread.occupancyMax, this.#plan.min, nowMs);
      thread.occupancyMax = 0;
      const wanted = Math.min(
        rateForEvents,
        thread.pressure.rate,
        rateForBudget(thread.meter.offeredRate, rate, limits),
      );
      return this.#settle(wanted, rate, limits.ceiling);
    });
  }

  /** A rate within the bounds, or the present one. */
  #settle(wanted: number, present: number, ceiling: number): number {
    const { min, max } = this.#plan;
    const highest = Math.min(ceiling, max);
    const rate = Math.min(highest, Math.max(wanted, min));
    const isEnd = rate === highest || rate === min;
    return isEnd || Math.abs(rate - present) > CHANGE_MIN * present ? rate : present;
  }

  /** Those that are missing have gone. */
  #note(loads: readonly ThreadLoad[], elapsedMs: number): void {
    const threads = new Map<object, ThreadState>();
    for (const load of loads) {
      const known = this.#threads.get(load.key);
      known?.meter.note(load.offered, load.recorded, elapsedMs);
      threads.set(load.key, known ?? new ThreadState(load));
    }
    this.#threads = threads;
  }

  #rateForEvents(): number {
    const { eventRateThreshold } = this.#plan;
    const rate = this.eventRate;
    return eventRateThreshold === undefined || rate <= eventRateThreshold ? 1 : eventRateThreshold / rate;
  }
}

/** The rate at which so many calls a second take what the budget allows. */
function rateForBudget(offeredRate: number, present: number, { budget, cost }: SamplingLimits): number {
  if (budget === undefined || cost === undefined || offeredRate === 0) return 1;
  const seconds = budget / offeredRate;
  const { recordedSeconds } = cost;
  const secondsForAll = present < 1 ? recordedSeconds / RETURN_SHARE : recordedSeconds;
  return seconds >= secondsForAll ? 1 : Math.max(LEAST_SHARE, shareAt(Math.min(seconds, recordedSeconds), cost));
}

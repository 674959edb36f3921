/**
 * Computation of the sampling rates that keep a budget, one for each thread. They depend on the number of calls, not on
 * the number of recorded ones, so a rate does not influence its own input and cannot oscillate: the rates follow a step
 * in the load as fast as the smoothing allows.
 *
 * @module
 */

import type { CallCost } from "../../model/diagnostics.ts";
import { secondsPerCall, shareAt } from "./cost_model.ts";
import { LoadMeter } from "./load_meter.ts";
import type { SamplingPlan } from "../../model/sampling_plan.ts";
import { RingPressure } from "./ring_pressure.ts";

/** Milliseconds between adjustments. */
export const ADJUST_INTERVAL_MS = 250;
/** Minimum relative change of a rate: each change makes all handles of a thread reload their settings. */
const CHANGE_MIN = 0.02;
/** Share of the budget below which all calls are recorded again after some were sampled out. */
const RETURN_SHARE = 0.9;
/** Share recorded even if skipping all calls exceeds the budget: it costs little and keeps the metrics alive. */
const LEAST_SHARE = 0.001;

/** Number of a thread's calls so far. */
export interface ThreadLoad {
  /** Identity of the thread. */
  readonly key: object;
  /** Number of calls that could be recorded. */
  readonly offered: number;
  /** Number of recorded calls. */
  readonly recorded: number;
  /** Current rate. */
  readonly rate: number;
}

/** Limits for all threads, which may change at any time. */
export interface SamplingLimits {
  /** Rate that the program has set. */
  readonly ceiling: number;
  /** Share of one core that recording may take on each thread; `undefined` for no limit. */
  readonly budget: number | undefined;
  /** Cost of calls; `undefined` until it is measured. */
  readonly cost: CallCost | undefined;
}

/** Measurements of a thread. */
class MeasuredThread {
  readonly meter: LoadMeter;
  readonly pressure: RingPressure = new RingPressure();
  occupancyMax = 0;

  constructor({ offered, recorded }: ThreadLoad) {
    // Calls before the first measurement have no duration.
    this.meter = new LoadMeter(offered, recorded);
  }
}

/** Controller of the rates. */
export class SamplingController {
  readonly #plan: SamplingPlan;
  readonly #nowMs: () => number;
  #threads: Map<object, MeasuredThread> = new Map();
  #notedMs: number;

  /** Creates a controller without threads. */
  constructor(plan: SamplingPlan, nowMs: () => number) {
    this.#plan = plan;
    this.#nowMs = nowMs;
    this.#notedMs = nowMs();
  }

  /** Whether the next adjustment is due. */
  get isDue(): boolean {
    return this.#nowMs() - this.#notedMs >= ADJUST_INTERVAL_MS;
  }

  /** Calls per second of all threads. */
  get eventRate(): number {
    let rate = 0;
    for (const { meter } of this.#threads.values()) rate += meter.offeredRate;
    return rate;
  }

  /** Returns the calls per second of a thread. */
  eventRateOf(key: object): number {
    return this.#threads.get(key)?.meter.offeredRate ?? 0;
  }

  /** Returns the share of one core that recording takes on a thread. */
  overheadRatioOf(key: object, cost: CallCost): number {
    const { offeredRate = 0, recordedRate = 0 } = this.#threads.get(key)?.meter ?? {};
    return offeredRate === 0 ? 0 : offeredRate * secondsPerCall(Math.min(1, recordedRate / offeredRate), cost);
  }

  /** Notes the occupancy of a thread's ring before a drain, 0 to 1. */
  noteOccupancy(key: object, ratio: number): void {
    const thread = this.#threads.get(key);
    if (thread !== undefined && ratio > thread.occupancyMax) thread.occupancyMax = ratio;
  }

  /**
   * Computes the rates for the calls since the last adjustment.
   *
   * @param loads Loads of all threads
   * @returns New rates in the same order; the current rate if the new one is close to it
   */
  adjust(loads: readonly ThreadLoad[], limits: SamplingLimits): number[] {
    const nowMs = this.#nowMs();
    const elapsedMs = nowMs - this.#notedMs;
    if (elapsedMs <= 0) return loads.map(({ rate }) => rate);
    this.#notedMs = nowMs;
    this.#note(loads, elapsedMs);
    const rateForEvents = this.#rateForEvents();
    return loads.map(({ key, rate }) => {
      const thread = this.#threads.get(key) as MeasuredThread;
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

  /** Returns a rate within the bounds, or the current one. */
  #settle(wanted: number, present: number, ceiling: number): number {
    const { min, max } = this.#plan;
    const highest = Math.min(ceiling, max);
    const rate = Math.min(highest, Math.max(wanted, min));
    const isEnd = rate === highest || rate === min;
    return isEnd || Math.abs(rate - present) > CHANGE_MIN * present ? rate : present;
  }

  /** Removes threads that are missing, and measures the others. */
  #note(loads: readonly ThreadLoad[], elapsedMs: number): void {
    const threads = new Map<object, MeasuredThread>();
    for (const load of loads) {
      const known = this.#threads.get(load.key);
      known?.meter.note(load.offered, load.recorded, elapsedMs);
      threads.set(load.key, known ?? new MeasuredThread(load));
    }
    this.#threads = threads;
  }

  #rateForEvents(): number {
    const { eventRateThreshold } = this.#plan;
    const rate = this.eventRate;
    return eventRateThreshold === undefined || rate <= eventRateThreshold ? 1 : eventRateThreshold / rate;
  }
}

/** Returns the rate at which the calls take as much time as the budget allows. */
function rateForBudget(offeredRate: number, present: number, { budget, cost }: SamplingLimits): number {
  if (budget === undefined || cost === undefined || offeredRate === 0) return 1;
  const seconds = budget / offeredRate;
  const { recordedSeconds } = cost;
  const secondsForAll = present < 1 ? recordedSeconds / RETURN_SHARE : recordedSeconds;
  return seconds >= secondsForAll ? 1 : Math.max(LEAST_SHARE, shareAt(Math.min(seconds, recordedSeconds), cost));
}

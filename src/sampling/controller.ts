/**
 * The sampling rate that holds a budget. It is computed from how many calls there are, not from how many get through, so
 * the rate has no effect on what it is computed from and cannot swing: a step in the load is followed as fast as it is
 * smoothed.
 *
 * @module
 */

import { LoadMeter } from "./load_meter.ts";
import type { CallCost, SamplingPlan } from "./plan.ts";
import { RingPressure } from "./ring_pressure.ts";

/** How often the rate is looked at. */
export const ADJUST_INTERVAL_MS = 250;
/** Changes that are smaller are not made: each makes all handles look at their settings again. */
const CHANGE_MIN = 0.02;

/** What a thread has done so far. */
export interface ThreadLoad {
  /** What it is known by. */
  readonly key: object;
  /** Calls that could have been recorded. */
  readonly offered: number;
  /** Those that were. */
  readonly recorded: number;
}

/** Finds the rate. */
export class SamplingController {
  readonly #plan: SamplingPlan;
  readonly #cost: CallCost | undefined;
  readonly #nowMs: () => number;
  readonly #pressure: RingPressure = new RingPressure();
  #meters: Map<object, LoadMeter> = new Map();
  #notedMs: number;
  #occupancyMax = 0;

  /** Knows no thread. */
  constructor(plan: SamplingPlan, cost: CallCost | undefined, nowMs: () => number) {
    this.#plan = plan;
    this.#cost = cost;
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
    for (const { offeredRate } of this.#meters.values()) rate += offeredRate;
    return rate;
  }

  /** The share of one core that recording takes on the thread where it takes most; `undefined` if costs are not known. */
  get overheadRatio(): number | undefined {
    const cost = this.#cost;
    if (cost === undefined) return undefined;
    let highest = 0;
    for (const { offeredRate, recordedRate } of this.#meters.values()) {
      const skippedRate = Math.max(0, offeredRate - recordedRate);
      highest = Math.max(highest, recordedRate * cost.recordedSeconds + skippedRate * cost.skippedSeconds);
    }
    return highest;
  }

  /** Notes how full the fullest ring was before it was drained, 0 to 1. */
  noteOccupancy(ratio: number): void {
    if (ratio > this.#occupancyMax) this.#occupancyMax = ratio;
  }

  /**
   * Finds the rate for what threads have done since it was last asked.
   *
   * @param loads All threads
   * @param present The rate now
   * @param ceiling The rate that the program has asked for
   * @returns The rate from now on; the present one if it is near enough
   */
  adjust(loads: readonly ThreadLoad[], present: number, ceiling: number): number {
    const nowMs = this.#nowMs();
    const elapsedMs = nowMs - this.#notedMs;
    if (elapsedMs <= 0) return present;
    this.#notedMs = nowMs;
    this.#note(loads, elapsedMs);
    if (this.#plan.followsRingPressure) this.#pressure.note(this.#occupancyMax, this.#plan.min, nowMs);
    this.#occupancyMax = 0;

    const highest = Math.min(ceiling, this.#plan.max);
    const wanted = Math.min(highest, this.#pressure.rate, this.#rateForEvents(), this.#rateForBudget());
    const rate = Math.min(highest, Math.max(wanted, this.#plan.min));
    const isEnd = rate === highest || rate === this.#plan.min;
    return isEnd || Math.abs(rate - present) > CHANGE_MIN * present ? rate : present;
  }

  /** Those that are missing have gone. */
  #note(loads: readonly ThreadLoad[], elapsedMs: number): void {
    const meters = new Map<object, LoadMeter>();
    for (const { key, offered, recorded } of loads) {
      const known = this.#meters.get(key);
      // What a thread did before it was first seen has no duration.
      const meter = known ?? new LoadMeter(offered, recorded);
      if (known !== undefined) known.note(offered, recorded, elapsedMs);
      meters.set(key, meter);
    }
    this.#meters = meters;
  }

  #rateForEvents(): number {
    const { eventRateThreshold } = this.#plan;
    const rate = this.eventRate;
    return eventRateThreshold === undefined || rate <= eventRateThreshold ? 1 : eventRateThreshold / rate;
  }

  /** On the thread that makes most calls, what is left of the budget when all calls are skipped, over what recording adds. */
  #rateForBudget(): number {
    const { budget } = this.#plan;
    const cost = this.#cost;
    if (budget === undefined || cost === undefined) return 1;
    let busiest = 0;
    for (const { offeredRate } of this.#meters.values()) busiest = Math.max(busiest, offeredRate);
    if (busiest * cost.recordedSeconds <= budget) return 1;
    return (budget - busiest * cost.skippedSeconds) / (busiest * (cost.recordedSeconds - cost.skippedSeconds));
  }
}

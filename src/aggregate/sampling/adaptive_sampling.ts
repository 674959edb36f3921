/**
 * The controller of the sampling rates, fed with what rings say, and the memory that threads read their rates from.
 *
 * @module
 */

import type { SamplingDiagnostics, ThreadSampling } from "../../model/diagnostics.ts";
import type { Consumer } from "../../ring/consumer.ts";
import { Control } from "../../ring/control.ts";
import { Count, Taken } from "../../ring/layout.ts";
import { SamplingController, type ThreadLoad } from "./controller.ts";
import { isFollowing, type SamplingPlan } from "../../model/sampling_plan.ts";

/** A thread whose rate sets itself. */
export interface SampledThread {
  /** What it is called. */
  readonly thread: string;
  /** The reading end of its ring. */
  readonly consumer: Consumer;
  /** What it is told. */
  readonly control: Control;
}

/** Keeps sampling rates where plan and budget say. */
export class AdaptiveSampling {
  readonly #plan: SamplingPlan;
  readonly #budget: () => number | undefined;
  readonly #common: Control;
  readonly #controller: SamplingController;
  /** Whether rates may be below the ceiling because of it. */
  #hasAdapted = false;

  /**
   * Leaves the rates as they are until something was recorded.
   *
   * @param plan What rates follow beside the budget
   * @param budget The share of one core that recording may take on each thread, as of now
   * @param control The memory of what threads are told
   */
  constructor(
    plan: SamplingPlan,
    budget: () => number | undefined,
    control: ArrayBufferLike,
    nowMs: () => number,
  ) {
    this.#plan = plan;
    this.#budget = budget;
    this.#common = new Control(control);
    this.#controller = new SamplingController(plan, nowMs);
  }

  /** Whether rates set themselves. */
  get isActive(): boolean {
    return isFollowing(this.#plan) || this.#budget() !== undefined;
  }

  /** Notes how full rings are before they are drained. */
  noteOccupancy(threads: readonly SampledThread[]): void {
    if (!this.#plan.followsRingPressure) return;
    for (const { consumer } of threads) {
      this.#controller.noteOccupancy(consumer, consumer.available() / consumer.capacity);
    }
  }

  /** Adjusts the rates to what threads have done, if it is time to. */
  adjustIfDue(threads: readonly SampledThread[]): void {
    const { isActive } = this;
    // Once more after the budget was taken away, for the rates to come back.
    if (!isActive && !this.#hasAdapted || !this.#controller.isDue) return;
    this.#hasAdapted = isActive;
    const { ceiling, callCost: cost } = this.#common;
    const rates = this.#controller.adjust(threads.map(loadOf), { ceiling, budget: this.#budget(), cost });
    // Threads past the number of words share one.
    const lowest = new Map<number, number>();
    threads.forEach(({ control: { word } }, i) =>
      lowest.set(word.byteOffset, Math.min(rates[i], lowest.get(word.byteOffset) ?? 1))
    );
    for (const { control } of threads) {
      const rate = lowest.get(control.word.byteOffset) as number;
      if (rate !== control.samplingRate) control.adapt(rate);
    }
  }

  /** What is told of it; `undefined` if rates do not set themselves. */
  diagnostics(threads: readonly SampledThread[]): SamplingDiagnostics | undefined {
    if (!this.isActive) return undefined;
    const { min, max } = this.#plan;
    const { lowestRate, ceiling, callCost } = this.#common;
    const each = threads.map((thread) => this.#describe(thread));
    return {
      rate: lowestRate,
      ceiling,
      min,
      max,
      budget: this.#budget() ?? null,
      eventsPerSecond: this.#controller.eventRate,
      overheadRatio: callCost === undefined
        ? null
        : Math.max(0, ...each.map(({ overheadRatio }) => overheadRatio ?? 0)),
      recordedCallSeconds: callCost?.recordedSeconds ?? null,
      sampledCallSeconds: callCost?.sampledSeconds ?? null,
      skippedCallSeconds: callCost?.skippedSeconds ?? null,
      threads: each,
    };
  }

  #describe({ thread, consumer, control }: SampledThread): ThreadSampling {
    const { callCost } = this.#common;
    return {
      thread,
      rate: control.samplingRate,
      eventsPerSecond: this.#controller.eventRateOf(consumer),
      overheadRatio: callCost === undefined ? null : this.#controller.overheadRatioOf(consumer, callCost),
    };
  }
}

function loadOf({ consumer, control }: SampledThread): ThreadLoad {
  const { taken, counts } = consumer;
  // What a full ring has lost was recorded first, and cost as much.
  const recorded = taken.at(Taken.recorded) - taken.at(Taken.sampledOut) + counts[Count.dropped];
  const offered = taken.at(Taken.recorded) + counts[Count.dropped];
  return { key: consumer, offered, recorded, rate: control.samplingRate };
}

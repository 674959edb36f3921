/**
 * Adaptation of the sampling rates of all recording threads: passes the counts of their rings to the controller, and
 * writes the rates to memory that the threads read.
 *
 * @module
 */

import type { SamplingDiagnostics, ThreadSampling } from "../../model/diagnostics.ts";
import type { MetricFamily } from "../../model/families.ts";
import { isFollowing, type SamplingPlan } from "../../model/sampling_plan.ts";
import type { SelfFamilies, SelfMeasured } from "../../model/self_metrics.ts";
import type { Consumer } from "../../ring/consumer.ts";
import { Control } from "../../ring/control.ts";
import { Count, Taken } from "../../ring/layout.ts";
import { SamplingController, type ThreadLoad } from "./controller.ts";

/** Recording thread whose rate is adapted. */
export interface SampledThread {
  /** Name of the thread. */
  readonly thread: string;
  /** Reading end of its ring. */
  readonly consumer: Consumer;
  /** Control word with its rate. */
  readonly control: Control;
}

/** Inputs of {@linkcode AdaptiveSampling}. */
export interface AdaptiveSamplingParts {
  /** Load that rates depend on besides the budget. */
  readonly plan: SamplingPlan;
  /** Returns the current budget: share of one core for recording on each thread; `undefined` for no limit. */
  readonly budget: () => number | undefined;
  /** Returns the current recording threads. */
  readonly threads: () => readonly SampledThread[];
  /** Memory of the rates. */
  readonly controls: ArrayBufferLike;
  /** Monotonic clock in milliseconds. */
  readonly nowMs: () => number;
}

/** Adapter of sampling rates to a plan and a budget. */
export class AdaptiveSampling implements SelfMeasured {
  readonly #plan: SamplingPlan;
  readonly #budget: () => number | undefined;
  readonly #threads: () => readonly SampledThread[];
  readonly #common: Control;
  readonly #controller: SamplingController;
  /** Whether rates may still be below the ceiling because of an earlier budget. */
  #hasAdapted = false;

  /** Leaves the rates unchanged until something is recorded. */
  constructor({ plan, budget, threads, controls, nowMs }: AdaptiveSamplingParts) {
    this.#plan = plan;
    this.#budget = budget;
    this.#threads = threads;
    this.#common = new Control(controls);
    this.#controller = new SamplingController(plan, nowMs);
  }

  /** Whether rates are adapted. */
  get isActive(): boolean {
    return isFollowing(this.#plan) || this.#budget() !== undefined;
  }

  /** Notes the occupancy of the rings before they are drained. */
  noteOccupancy(): void {
    if (!this.#plan.followsRingPressure) return;
    for (const { consumer } of this.#threads()) {
      this.#controller.noteOccupancy(consumer, consumer.available() / consumer.capacity);
    }
  }

  /** Adjusts the rates to the load of the threads, at most once per interval. */
  adjustIfDue(): void {
    const { isActive } = this;
    // Once more after the budget was removed, so that the rates return to the ceiling.
    if (!isActive && !this.#hasAdapted || !this.#controller.isDue) return;
    this.#hasAdapted = isActive;
    const threads = this.#threads();
    const { ceiling, callCost: cost } = this.#common;
    const rates = this.#controller.adjust(threads.map(loadOf), { ceiling, budget: this.#budget(), cost });
    // Threads share words of memory if there are more threads than words.
    const lowest = new Map<number, number>();
    threads.forEach(({ control: { word } }, i) =>
      lowest.set(word.byteOffset, Math.min(rates[i], lowest.get(word.byteOffset) ?? 1))
    );
    for (const { control } of threads) {
      const rate = lowest.get(control.word.byteOffset) as number;
      if (rate !== control.samplingRate) control.adapt(rate);
    }
  }

  /** Returns the state of the rates; `undefined` if they are not adapted. */
  diagnostics(): SamplingDiagnostics | undefined {
    if (!this.isActive) return undefined;
    const { min, max } = this.#plan;
    const { lowestRate, ceiling, callCost } = this.#common;
    const each = this.#threads().map((thread) => this.#describe(thread));
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

  selfMetrics(families: SelfFamilies): MetricFamily[] {
    const state = this.diagnostics();
    if (state === undefined) return [];
    const { threads, overheadRatio, recordedCallSeconds, sampledCallSeconds, skippedCallSeconds } = state;
    const rates = Object.fromEntries(threads.map(({ thread, rate }) => [thread, rate]));
    const costs = {
      recorded: recordedCallSeconds ?? NaN,
      sampled: sampledCallSeconds ?? NaN,
      skipped: skippedCallSeconds ?? NaN,
    };
    return [
      families.gauges("hotpath_sampling_rate", "Share of a thread's calls that are recorded", "thread", rates),
      families.gauge(
        "hotpath_overhead_ratio",
        "Share of one core that recording takes, on the thread where it takes most",
        overheadRatio ?? NaN,
      ),
      families.gauges(
        "hotpath_call_cost_seconds",
        "Cost of a timing on the thread that created the metrics, by outcome",
        "outcome",
        costs,
      ),
    ];
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
  // Records dropped by a full ring were recorded first, and cost as much.
  const recorded = taken.at(Taken.recorded) - taken.at(Taken.sampledOut) + counts[Count.dropped];
  const offered = taken.at(Taken.recorded) + counts[Count.dropped];
  return { key: consumer, offered, recorded, rate: control.samplingRate };
}

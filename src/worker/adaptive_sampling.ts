/**
 * The controller of the sampling rate, fed with what rings say, and the memory that all threads read the rate from.
 *
 * @module
 */

import type { SamplingDiagnostics } from "../model.ts";
import type { Consumer } from "../ring/consumer.ts";
import { Control } from "../ring/control.ts";
import { Count, Taken } from "../ring/layout.ts";
import { SamplingController } from "../sampling/controller.ts";
import type { SamplingSetup } from "./aggregator.ts";

/** Keeps the sampling rate where its plan says. */
export class AdaptiveSampling {
  readonly #setup: SamplingSetup;
  readonly #control: Control;
  readonly #controller: SamplingController;

  /** Leaves the rate as it is until something was recorded. */
  constructor(setup: SamplingSetup, nowMs: () => number) {
    this.#setup = setup;
    this.#control = new Control(setup.control);
    this.#controller = new SamplingController(setup.plan, setup.cost, nowMs);
  }

  /** Notes how full the fullest ring is before it is drained. */
  noteOccupancy(ratio: number): void {
    this.#controller.noteOccupancy(ratio);
  }

  /** Adjusts the rate to what threads have done, if it is time to. */
  adjustIfDue(links: readonly { readonly consumer: Consumer }[]): void {
    if (!this.#controller.isDue) return;
    const present = this.#control.samplingRate;
    const rate = this.#controller.adjust(links.map(loadOf), present, this.#control.ceiling);
    if (rate !== present) this.#control.adapt(rate);
  }

  /** What is told of it. */
  diagnostics(): SamplingDiagnostics {
    const { plan: { min, max, budget }, cost } = this.#setup;
    return {
      rate: this.#control.samplingRate,
      ceiling: this.#control.ceiling,
      min,
      max,
      budget: budget ?? null,
      eventsPerSecond: this.#controller.eventRate,
      overheadRatio: this.#controller.overheadRatio ?? 0,
      recordedCallSeconds: cost.recordedSeconds,
      skippedCallSeconds: cost.skippedSeconds,
    };
  }
}

function loadOf({ consumer }: { readonly consumer: Consumer }) {
  const { taken, counts } = consumer;
  // What a full ring has lost was recorded first, and cost as much.
  const recorded = taken[Taken.recorded] - taken[Taken.sampledOut] + counts[Count.dropped];
  return { key: consumer, offered: taken[Taken.recorded] + counts[Count.dropped], recorded };
}

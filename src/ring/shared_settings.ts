/**
 * Settings that change while a program runs, by its code or over HTTP, on any thread; and the rollout of a sampling
 * rate, which the draining thread advances. Instruments read the effective settings from the control.
 *
 * Each thread that has changed the requested settings applies them and checks whether they are still current, so the
 * last thread to do so has applied the last request.
 *
 * @module
 */

import {
  type AdjustableSettings,
  type AdjustedSettings,
  isRolling,
  rolloutRate,
  type SettingsPatch,
} from "../model/adjustable_settings.ts";
import type { CallCost } from "../model/diagnostics.ts";
import { wallMs } from "../platform/wall_clock.ts";
import { Control } from "./control.ts";
import { type KeptSettings, SettingsMemory } from "./settings_memory.ts";

/** Memory of the settings, passed between threads. */
export interface SettingsBuffers {
  /** Effective settings. */
  readonly control: ArrayBufferLike;
  /** Requested settings. */
  readonly kept: ArrayBufferLike;
}

/** Returns a clock in milliseconds since the epoch that advances with another clock and is never set back. */
export function sinceEpoch(nowMs: () => number): () => number {
  const originMs = wallMs() - nowMs();
  return () => originMs + nowMs();
}

/** Settings that all threads share. */
export class SharedSettings implements AdjustableSettings {
  /** Memory to pass to other threads. */
  readonly buffers: SettingsBuffers;
  readonly #control: Control;
  readonly #memory: SettingsMemory;
  readonly #nowMs: () => number;
  /** Version that is fully applied; `undefined` while a rollout runs. */
  #settledVersion: number | undefined;
  #isExporting = true;
  #budget: number | undefined;
  /** Version that {@linkcode SharedSettings.needsCallCost} has checked. */
  #lookedAt = -1;
  #hasBudget = false;

  /**
   * Creates this thread's view of the settings.
   *
   * @param nowMs Clock in milliseconds since the epoch
   */
  constructor(buffers: SettingsBuffers, nowMs: () => number) {
    this.buffers = buffers;
    this.#control = new Control(buffers.control);
    this.#memory = new SettingsMemory(buffers.kept);
    this.#nowMs = nowMs;
  }

  /** Whether configured exports run, as of the last step or change. */
  get isExporting(): boolean {
    return this.#isExporting;
  }

  /** Share of one core that recording may use on each thread, as of the last step or change. */
  get budget(): number | undefined {
    return this.#budget;
  }

  /** Whether there is a budget, and the cost of calls is not known yet. */
  get needsCallCost(): boolean {
    const { version } = this.#memory;
    if (version !== this.#lookedAt) {
      this.#lookedAt = version;
      this.#hasBudget = this.#memory.read().budget !== undefined;
    }
    return this.#hasBudget && this.#control.callCost === undefined;
  }

  /** Sets the cost of calls. */
  set callCost(cost: CallCost) {
    this.#control.callCost = cost;
  }

  /** Initializes new memory with these settings. */
  begin(enabled: boolean, samplingRate: number, budget?: number): void {
    this.#memory.update(() => ({ enabled, samplingRate, budget, exportEnabled: true, rollout: undefined }));
    this.#apply(this.#nowMs());
  }

  /** Returns the current settings. */
  read(): AdjustedSettings {
    return this.#describe(this.#nowMs());
  }

  /** Changes settings, and returns the current ones. */
  adjust(patch: SettingsPatch): AdjustedSettings {
    const nowMs = this.#nowMs();
    this.#memory.update((kept) => ({
      enabled: patch.enabled ?? kept.enabled,
      budget: patch.budget === undefined ? kept.budget : patch.budget ?? undefined,
      exportEnabled: patch.exportEnabled ?? kept.exportEnabled,
      ...sampled(kept, patch, nowMs),
    }));
    this.#apply(nowMs);
    return this.#describe(nowMs);
  }

  /** Advances a rollout. Called by the aggregator at each drain. */
  step(): void {
    if (this.#memory.version !== this.#settledVersion) this.#apply(this.#nowMs());
  }

  #describe(nowMs: number): AdjustedSettings {
    const { enabled, budget, exportEnabled, rollout } = this.#memory.read();
    return {
      enabled,
      samplingRate: this.#control.lowestRate,
      budget,
      exportEnabled,
      rollout: rollout && { ...rollout, rate: rolloutRate(rollout, nowMs), isRunning: isRolling(rollout, nowMs) },
    };
  }

  #apply(nowMs: number): void {
    for (let isFirst = true;; isFirst = false) {
      const { version } = this.#memory;
      const kept = this.#memory.read();
      const rate = rateOf(kept, nowMs);
      // Adaptive rates stay below the requested one, and are kept while that does not change.
      const isInForce = this.#control.enabled === kept.enabled && this.#control.ceiling === rate;
      // Set again after a concurrent change, because each of the two changes may have reached only some of the threads.
      if (!isInForce || !isFirst) this.#control.set(kept.enabled, rate);
      if (this.#memory.version !== version) continue;
      this.#budget = kept.budget;
      this.#isExporting = kept.exportEnabled;
      const isSettled = kept.rollout === undefined || !isRolling(kept.rollout, nowMs);
      this.#settledVersion = isSettled ? version : undefined;
      return;
    }
  }
}

function rateOf({ samplingRate, rollout }: KeptSettings, nowMs: number): number {
  return rollout === undefined ? samplingRate : rolloutRate(rollout, nowMs);
}

/** Returns the requested settings that determine the rate, after a change. */
function sampled(
  kept: KeptSettings,
  { samplingRate, rollout }: SettingsPatch,
  nowMs: number,
): Pick<KeptSettings, "samplingRate" | "rollout"> {
  if (samplingRate !== undefined) return { samplingRate, rollout: undefined };
  if (rollout === undefined) return { samplingRate: kept.samplingRate, rollout: kept.rollout };
  if (rollout === null) {
    return { samplingRate: kept.rollout?.rateBefore ?? kept.samplingRate, rollout: undefined };
  }
  const rateBefore = rateOf(kept, nowMs);
  return { samplingRate: rateBefore, rollout: { ...rollout, startedAtMs: nowMs, rateBefore } };
}

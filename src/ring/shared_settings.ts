/**
 * Settings that are changed while a program runs, by its own code or over HTTP, on whichever thread; and the rollout of
 * a sampling rate, which whoever drains takes on. What is in force is the control's, which instruments look at.
 *
 * Each thread that has changed what is kept puts that in force, and looks again whether it still counts: so the last one
 * to do so has put in force what was kept last.
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

/** The memory of settings, as threads hand it on. */
export interface SettingsBuffers {
  /** What is in force. */
  readonly control: ArrayBufferLike;
  /** What it follows from. */
  readonly kept: ArrayBufferLike;
}

/** A clock in milliseconds since the epoch that goes as evenly as another one, and is not set back. */
export function sinceEpoch(nowMs: () => number): () => number {
  const originMs = wallMs() - nowMs();
  return () => originMs + nowMs();
}

/** The settings that all threads share. */
export class SharedSettings implements AdjustableSettings {
  /** For other threads. */
  readonly buffers: SettingsBuffers;
  readonly #control: Control;
  readonly #memory: SettingsMemory;
  readonly #nowMs: () => number;
  /** What is in force for good, until something changes; `undefined` while a rollout goes on. */
  #settledVersion: number | undefined;
  #isExporting = true;
  #budget: number | undefined;
  /** The version that {@linkcode SharedSettings.needsCallCost} has looked at. */
  #lookedAt = -1;
  #hasBudget = false;

  /**
   * Looks at settings.
   *
   * @param nowMs Milliseconds since the epoch
   */
  constructor(buffers: SettingsBuffers, nowMs: () => number) {
    this.buffers = buffers;
    this.#control = new Control(buffers.control);
    this.#memory = new SettingsMemory(buffers.kept);
    this.#nowMs = nowMs;
  }

  /** Whether what was set up to be exported is, as of the last step or change. */
  get isExporting(): boolean {
    return this.#isExporting;
  }

  /** The share of one core that recording may take on each thread, as of the last step or change. */
  get budget(): number | undefined {
    return this.#budget;
  }

  /** Whether there is a budget, and nobody has said yet what calls cost. */
  get needsCallCost(): boolean {
    const { version } = this.#memory;
    if (version !== this.#lookedAt) {
      this.#lookedAt = version;
      this.#hasBudget = this.#memory.read().budget !== undefined;
    }
    return this.#hasBudget && this.#control.callCost === undefined;
  }

  /** Says what calls cost. */
  set callCost(cost: CallCost) {
    this.#control.callCost = cost;
  }

  /** Begins, in memory that is new. */
  begin(enabled: boolean, samplingRate: number, budget?: number): void {
    this.#memory.update(() => ({ enabled, samplingRate, budget, exportEnabled: true, rollout: undefined }));
    this.#apply(this.#nowMs());
  }

  /** See {@linkcode AdjustableSettings.read}. */
  read(): AdjustedSettings {
    return this.#describe(this.#nowMs());
  }

  /** See {@linkcode AdjustableSettings.adjust}. */
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

  /** Takes a rollout on; for the thread that aggregates, at each drain. */
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
      // Rates that set themselves stay below what is asked for, and are left alone while that does not change.
      const isInForce = this.#control.enabled === kept.enabled && this.#control.ceiling === rate;
      // Again after a change that came in between, because both may have reached some threads only.
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

/** The part of what is kept that the rate follows from. */
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

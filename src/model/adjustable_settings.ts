/**
 * What can be changed while a program runs, also from outside: the words for it that recording, aggregating, exporting
 * and serving share.
 *
 * @module
 */

/** A change of the sampling rate, linear over time, in steps. */
export interface Rollout {
  /** The rate that it begins at, 0 to 1. */
  readonly from: number;
  /** The rate that it ends at. */
  readonly to: number;
  /** When it began, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** How long it takes, in milliseconds. */
  readonly overMs: number;
  /** The rate before it, for whoever takes it back. */
  readonly rateBefore: number;
}

/** How many steps a rollout takes: each redraws what every instrument leaves out, so there are not more than matter. */
const ROLLOUT_STEPS = 100;

/** The rate that a rollout asks for at a time. */
export function rolloutRate({ from, to, startedAtMs, overMs }: Rollout, nowMs: number): number {
  const step = Math.floor(((nowMs - startedAtMs) / overMs) * ROLLOUT_STEPS);
  if (step >= ROLLOUT_STEPS) return to;
  return from + ((to - from) * Math.max(0, step)) / ROLLOUT_STEPS;
}

/** Whether a rollout has not come to its end. */
export function isRolling({ startedAtMs, overMs }: Rollout, nowMs: number): boolean {
  return nowMs < startedAtMs + overMs;
}

/** A rollout that began, and has not been taken back since nor replaced. */
export interface RolloutState extends Rollout {
  /** The rate that it asks for now. */
  readonly rate: number;
  /** Whether it has not come to its end. */
  readonly isRunning: boolean;
}

/** The settings at a moment. */
export interface AdjustedSettings {
  /** Whether anything is recorded. */
  readonly enabled: boolean;
  /** The share of calls that are recorded, 0 to 1, on the thread where it is lowest. */
  readonly samplingRate: number;
  /** The share of one core that recording may take on each thread; `undefined` if there is no such limit. */
  readonly budget: number | undefined;
  /** Whether snapshots are written and spans are sent, where that was set up. */
  readonly exportEnabled: boolean;
  /** The last rollout, unless the rate was set since. */
  readonly rollout: RolloutState | undefined;
}

/** What is to change; what is left out stays as it is. */
export interface SettingsPatch {
  /** See {@linkcode AdjustedSettings.enabled}. */
  readonly enabled?: boolean;
  /** See {@linkcode AdjustedSettings.samplingRate}; ends a rollout. */
  readonly samplingRate?: number;
  /** See {@linkcode AdjustedSettings.budget}; `null` takes the limit away. */
  readonly budget?: number | null;
  /** See {@linkcode AdjustedSettings.exportEnabled}. */
  readonly exportEnabled?: boolean;
  /** A rollout that begins now; `null` takes the last one back, also if it has come to its end. */
  readonly rollout?: Pick<Rollout, "from" | "to" | "overMs"> | null;
}

/** Settings that can be changed while a program runs. */
export interface AdjustableSettings {
  /** As they are. */
  read(): AdjustedSettings;
  /** Changes them for the next call on all threads; all of it at once. */
  adjust(patch: SettingsPatch): AdjustedSettings;
}

/** The settings of metrics that can be adjusted. */
export const ADJUSTABLE: unique symbol = Symbol("hotpath.adjustable");

/** The settings of something that may have any; `undefined` if not. */
export function settingsOf(source: object): AdjustableSettings | undefined {
  return (source as { readonly [ADJUSTABLE]?: AdjustableSettings })[ADJUSTABLE];
}

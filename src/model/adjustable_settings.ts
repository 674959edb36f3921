/**
 * Settings that can be changed while a program runs, also over HTTP: types shared by recording, aggregating, exporting
 * and serving.
 *
 * @module
 */

/** Linear change of the sampling rate over time, in steps. */
export interface Rollout {
  /** Rate at the beginning, 0 to 1. */
  readonly from: number;
  /** Rate at the end, 0 to 1. */
  readonly to: number;
  /** Time of the beginning, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Length in milliseconds. */
  readonly overMs: number;
  /** Rate before the rollout, to which a rollback returns. */
  readonly rateBefore: number;
}

/** Steps of a rollout. Each makes every instrument draw its gaps again, so their number is limited. */
const ROLLOUT_STEPS = 100;

/** Returns the rate of a rollout at a time. */
export function rolloutRate({ from, to, startedAtMs, overMs }: Rollout, nowMs: number): number {
  const step = Math.floor(((nowMs - startedAtMs) / overMs) * ROLLOUT_STEPS);
  if (step >= ROLLOUT_STEPS) return to;
  return from + ((to - from) * Math.max(0, step)) / ROLLOUT_STEPS;
}

/** Whether a rollout has not ended yet. */
export function isRolling({ startedAtMs, overMs }: Rollout, nowMs: number): boolean {
  return nowMs < startedAtMs + overMs;
}

/** Rollout that began and has been neither rolled back nor replaced. */
export interface RolloutState extends Rollout {
  /** Rate at this moment. */
  readonly rate: number;
  /** Whether it has not ended yet. */
  readonly isRunning: boolean;
}

/** Settings at a moment. */
export interface AdjustedSettings {
  /** Whether recording is on. */
  readonly enabled: boolean;
  /** Share of calls that are recorded, 0 to 1, on the thread where it is lowest. */
  readonly samplingRate: number;
  /** Share of one core that recording may take on each thread; `undefined` without a limit. */
  readonly budget: number | undefined;
  /** Whether the configured exports run: snapshot files and spans. */
  readonly exportEnabled: boolean;
  /** Last rollout, unless the rate was set since. */
  readonly rollout: RolloutState | undefined;
}

/** Change of settings; omitted ones stay as they are. */
export interface SettingsPatch {
  /** Whether recording is on. */
  readonly enabled?: boolean;
  /** Share of calls that are recorded, 0 to 1; ends a rollout. */
  readonly samplingRate?: number;
  /** Share of one core that recording may take on each thread; `null` removes the limit. */
  readonly budget?: number | null;
  /** Whether the configured exports run: snapshot files and spans. */
  readonly exportEnabled?: boolean;
  /** Rollout that begins now; `null` rolls the last one back, even if it has ended. */
  readonly rollout?: Pick<Rollout, "from" | "to" | "overMs"> | null;
}

/** Settings that can be changed while a program runs. */
export interface AdjustableSettings {
  /** Returns the current settings. */
  read(): AdjustedSettings;
  /** Changes settings for the next call on all threads, all at once. */
  adjust(patch: SettingsPatch): AdjustedSettings;
}

/** Key of the adjustable settings of metrics. */
export const ADJUSTABLE: unique symbol = Symbol("hotpath.adjustable");

/** Returns the adjustable settings of an object; `undefined` if it has none. */
export function settingsOf(source: object): AdjustableSettings | undefined {
  return (source as { readonly [ADJUSTABLE]?: AdjustableSettings })[ADJUSTABLE];
}

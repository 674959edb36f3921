/**
 * Options of the health, the list of built-in checks, and the settings and defaults derived from them.
 *
 * @module
 */

import type { Duration } from "../check/duration.ts";
import type { BuiltInCheck, CheckSetting } from "./checks/built_in_check.ts";
import { burnRate } from "./checks/burn_rate.ts";
import { clashes } from "./checks/clashes.ts";
import { dropRatio } from "./checks/drop_ratio.ts";
import { eventLoopLag } from "./checks/event_loop_lag.ts";
import { heapGrowth } from "./checks/heap_growth.ts";
import { recordsLost } from "./checks/records_lost.ts";
import { restarts } from "./checks/restarts.ts";
import { ringOccupancy } from "./checks/ring_occupancy.ts";
import { seriesUsage } from "./checks/series_usage.ts";

/** Limits above which a value is bad, in ascending order; `false` is never exceeded, an omitted one has its default. */
export interface ThresholdOptions<Limit> {
  /** Limit above which the status is `DEGRADED`: the program needs attention. */
  readonly degraded?: Limit | false;
  /** Limit above which the status is `UNHEALTHY`: the program works badly, and `/health` answers 503. */
  readonly unhealthy?: Limit | false;
  /** Limit above which the status is `CRITICAL`: the program does not work, and `/health` answers 503. */
  readonly critical?: Limit | false;
}

/** Limits of a value measured over a sliding window. */
export interface WindowThresholdOptions<Limit> extends ThresholdOptions<Limit> {
  /** Length of the window, 1 s to 24 h. The nearest sliding window of the metrics is read. */
  readonly window?: Duration;
}

/** Thresholds of the health checks; `false` switches a check off. */
export interface HealthOptions {
  /**
   * 95th percentile of the event loop's lag, on the thread where it is largest. Not measured unless
   * `deno_eventloop_lag_seconds` is recorded.
   *
   * @default {{ window: "1m", degraded: "100ms", unhealthy: "500ms", critical: "2s" }}
   */
  readonly eventLoopLag?: boolean | WindowThresholdOptions<Duration>;
  /**
   * Share of records that full rings dropped in the last minute, 0 to 1.
   *
   * @default {{ degraded: 0, unhealthy: false, critical: false }}
   */
  readonly dropRatio?: boolean | ThresholdOptions<number>;
  /**
   * Consumption of an objective's error budget, as a multiple of what the objective allows, for the fastest series. A
   * series with violations counts once its window holds 100 durations.
   *
   * @default {{ window: "5m", degraded: 1, unhealthy: false, critical: false }}
   */
  readonly burnRate?: boolean | WindowThresholdOptions<number>;
  /**
   * Growth within `window` of the heap after garbage collections, as a share of it, on the thread where it is largest.
   * Growth below 16 MiB never counts. Not measured unless `deno_heap_used_bytes` is set.
   *
   * @default {{ window: "5m", degraded: 0.25, unhealthy: false, critical: false }}
   */
  readonly heapGrowth?: boolean | WindowThresholdOptions<number>;
  /**
   * Occupancy of the fullest ring, 0 to 1.
   *
   * @default {{ degraded: 0.8, unhealthy: false, critical: false }}
   */
  readonly ringOccupancy?: boolean | ThresholdOptions<number>;
  /**
   * Share of `seriesMax` in use, 0 to 1. At 1, new label sets go to an overflow series.
   *
   * @default {{ degraded: false, unhealthy: false, critical: false }}
   */
  readonly seriesUsage?: boolean | ThresholdOptions<number>;
  /**
   * Whether the health is `DEGRADED` for a minute after a restart of the aggregator.
   *
   * @default {true}
   */
  readonly restarts?: boolean;
  /**
   * Whether the health is `DEGRADED` for a minute after histograms lost records with a failed aggregator.
   *
   * @default {true}
   */
  readonly recordsLost?: boolean;
  /**
   * Whether the health is `DEGRADED` while threads define an instrument differently.
   *
   * @default {true}
   */
  readonly clashes?: boolean;
  /**
   * Time that the report of an added check may be overdue before the check is `UNHEALTHY`, 100 ms to 1 h.
   *
   * @default {"10s"}
   */
  readonly staleAfter?: Duration;
  /**
   * Time that the status must be better before `healthchange` is dispatched, up to 1 h. A change for the worse is
   * dispatched at once.
   *
   * @default {"5s"}
   */
  readonly recoverAfter?: Duration;
}

/** Names of the checks with limits. */
export type LimitedCheck = {
  [Name in keyof HealthOptions]-?: NonNullable<HealthOptions[Name]> extends boolean | Duration ? never : Name;
}[keyof HealthOptions];

/** Name of a built-in check, the same as of its option. */
export type CheckName = Exclude<keyof HealthOptions, "staleAfter" | "recoverAfter">;

const CHECKS = {
  eventLoopLag,
  dropRatio,
  burnRate,
  heapGrowth,
  restarts,
  recordsLost,
  ringOccupancy,
  seriesUsage,
  clashes,
} as const satisfies Readonly<Record<CheckName, BuiltInCheck>>;

/** All built-in checks, in the order of their results. */
export const BUILT_IN_CHECKS = Object.entries(CHECKS) as readonly (readonly [CheckName, BuiltInCheck])[];

type DefaultOf<Name extends CheckName> = (typeof CHECKS)[Name]["fallback"];

/** Setting, or the value of a check that is off. */
type OrOff<Setting extends CheckSetting> = Setting extends boolean ? boolean : Setting | undefined;

/** Durations, in milliseconds. */
interface HealthTimes {
  readonly staleAfterMs: number;
  readonly recoverAfterMs: number;
}

/** Checked and complete options, as plain data for a worker; a check that is off is `undefined` or `false`. */
export type HealthSettings = { readonly [Name in CheckName]: OrOff<DefaultOf<Name>> } & HealthTimes;

/** Settings of a program without health options. */
export const HEALTH_DEFAULTS = {
  ...Object.fromEntries(BUILT_IN_CHECKS.map(([name, { fallback }]) => [name, fallback])),
  staleAfterMs: 10_000,
  recoverAfterMs: 5_000,
} as { readonly [Name in CheckName]: DefaultOf<Name> } & HealthTimes;

/**
 * What the health is judged by: the options, as callers write them, what becomes of them, and the defaults.
 *
 * @module
 */

import type { Duration } from "../check/duration.ts";
import type { Thresholds } from "./thresholds.ts";

/**
 * Above which a value is how bad. They must ascend; `false` for never. What is left out has its default.
 */
export interface ThresholdOptions<Limit> {
  /** Something is amiss. */
  readonly degraded?: Limit | false;
  /** The program does not do its work well: `/health` answers 503. */
  readonly unhealthy?: Limit | false;
  /** The program does not do its work. */
  readonly critical?: Limit | false;
}

/** Thresholds of what is measured over a sliding window. */
export interface WindowThresholdOptions<Limit> extends ThresholdOptions<Limit> {
  /** How long is looked back, 1 s to 24 h. */
  readonly window?: Duration;
}

/** What the health is judged by; each check can be switched off with `false`. */
export interface HealthOptions {
  /**
   * The 95th percentile of the event loop's lag, on the thread where it is longest; above 100 ms, 500 ms, 2 s by default.
   * Over the metrics' sliding window that is nearest to `window`, `"1m"` by default. Not measured unless something
   * records `deno_eventloop_lag_seconds`.
   */
  readonly eventLoopLag?: boolean | WindowThresholdOptions<Duration>;
  /** The share of records that a full ring has lost in the last minute, 0 to 1; above 0, never, never by default. */
  readonly dropRatio?: boolean | ThresholdOptions<number>;
  /**
   * How fast the error budget of an objective is used up, of the series where that is fastest; above 1, 6, 14.4 by
   * default. Over the metrics' sliding window that is nearest to `window`, `"5m"` by default. A series with violations is
   * looked at once its window holds 100 durations.
   */
  readonly burnRate?: boolean | WindowThresholdOptions<number>;
  /**
   * By which share what is left of the heap after garbage collections has grown within `window`, `"5m"` by default, on
   * the thread where it has grown most; above 0.25, never, never by default. Growth below 16 MiB is never looked at. Not
   * measured unless something sets `deno_heap_used_bytes`.
   */
  readonly heapGrowth?: boolean | WindowThresholdOptions<number>;
  /** How full the fullest ring is, 0 to 1; above 0.8, never, never by default. */
  readonly ringOccupancy?: boolean | ThresholdOptions<number>;
  /** Whether it is `DEGRADED` for a minute after the aggregator was started again; true by default. */
  readonly restarts?: boolean;
  /** Whether it is `DEGRADED` for a minute after histograms have lost records with an aggregator; true by default. */
  readonly recordsLost?: boolean;
  /** Whether it is `DEGRADED` while threads define an instrument differently; true by default. */
  readonly clashes?: boolean;
  /**
   * How long a check of the program's own may be overdue before it is `UNHEALTHY`, 100 ms to 1 h; `"10s"` by default.
   */
  readonly staleAfter?: Duration;
  /**
   * How long the status must be better before a `healthchange` tells so, up to 1 h; `"5s"` by default. A change for the
   * worse is told at once.
   */
  readonly recoverAfter?: Duration;
}

/** Thresholds, and how long is looked back. */
export interface WindowThresholds extends Thresholds {
  /** In milliseconds. */
  readonly windowMs: number;
}

/** The same, checked and complete; a check that is switched off is `undefined` or false. Plain data for a worker. */
export interface HealthSettings {
  /** See {@linkcode HealthOptions.eventLoopLag}; in seconds. */
  readonly eventLoopLag: WindowThresholds | undefined;
  /** See {@linkcode HealthOptions.dropRatio}. */
  readonly dropRatio: Thresholds | undefined;
  /** See {@linkcode HealthOptions.burnRate}. */
  readonly burnRate: WindowThresholds | undefined;
  /** See {@linkcode HealthOptions.heapGrowth}. */
  readonly heapGrowth: WindowThresholds | undefined;
  /** See {@linkcode HealthOptions.ringOccupancy}. */
  readonly ringOccupancy: Thresholds | undefined;
  /** See {@linkcode HealthOptions.restarts}. */
  readonly restarts: boolean;
  /** See {@linkcode HealthOptions.recordsLost}. */
  readonly recordsLost: boolean;
  /** See {@linkcode HealthOptions.clashes}. */
  readonly clashes: boolean;
  /** See {@linkcode HealthOptions.staleAfter}. */
  readonly staleAfterMs: number;
  /** See {@linkcode HealthOptions.recoverAfter}. */
  readonly recoverAfterMs: number;
}

/** Growth of a heap that is not worth a word, whatever its share. */
export const HEAP_GROWTH_BYTES_MIN = 2 ** 24;

const NEVER = Number.POSITIVE_INFINITY;

/** What holds if nobody says anything. */
export const HEALTH_DEFAULTS = {
  eventLoopLag: { windowMs: 60_000, degraded: 0.1, unhealthy: 0.5, critical: 2 },
  // What is lost of the metrics, and how memory is used, is no reason to take a program out of service.
  dropRatio: { degraded: 0, unhealthy: NEVER, critical: NEVER },
  // The rates of the Google SRE workbook, "Alerting on SLOs".
  burnRate: { windowMs: 300_000, degraded: 1, unhealthy: 6, critical: 14.4 },
  heapGrowth: { windowMs: 300_000, degraded: 0.25, unhealthy: NEVER, critical: NEVER },
  ringOccupancy: { degraded: 0.8, unhealthy: NEVER, critical: NEVER },
  restarts: true,
  recordsLost: true,
  clashes: true,
  staleAfterMs: 10_000,
  recoverAfterMs: 5_000,
} as const satisfies HealthSettings;

/** What the checks of Hotpath's own are called; no check of a program's may be called so. */
export const BUILT_IN_CHECKS: readonly string[] = [
  "aggregator",
  "serving",
  "eventLoopLag",
  "dropRatio",
  "burnRate",
  "heapGrowth",
  "ringOccupancy",
  "restarts",
  "recordsLost",
  "clashes",
];

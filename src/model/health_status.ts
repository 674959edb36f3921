/**
 * Health of a program: types that the aggregator, the program and the server share.
 *
 * @module
 */

/** Health status, best first. */
export type HealthStatus = "HEALTHY" | "DEGRADED" | "UNHEALTHY" | "CRITICAL";

/** Status of a check; `NOT_MEASURED` if nothing is known yet, or there is nothing to measure. */
export type CheckStatus = HealthStatus | "NOT_MEASURED";

/** Status with its reasons. */
export interface HealthState {
  /** Worst status of all checks. */
  readonly status: HealthStatus;
  /** Reasons for a status other than `HEALTHY`, one sentence each. */
  readonly reasons: readonly string[];
}

/** Result of one check. */
export interface HealthCheckResult {
  /** Name of the check: one of Hotpath's own, named as its option is, or one that the program has added. */
  readonly name: string;
  /** Status of the check. */
  readonly status: CheckStatus;
  /** Measured value: seconds, a ratio, a rate or a number, depending on the check. */
  readonly value?: number;
  /** Reason for a status other than `HEALTHY`. */
  readonly reason?: string;
}

/** Lag of the event loop, of the thread where it is worst. */
export interface EventLoopHealth {
  /** Mean lag over the window of the check, in seconds. */
  readonly lagSecondsAverage: number;
  /** 95th percentile of the lag, in seconds. */
  readonly lagSecondsP95: number;
}

/** Health, and the results that it was judged from. */
export interface Health extends HealthState {
  /** Result of each check. */
  readonly checks: readonly HealthCheckResult[];
  /** Lag of the event loop; only where it is measured. */
  readonly eventLoop?: EventLoopHealth;
  /** Whether a recording thread is connected. */
  readonly isReady: boolean;
  /** Age of the metrics, in seconds. */
  readonly uptimeSeconds: number;
}

/** Change of the status, as listeners are notified of it. */
export interface HealthChange extends HealthState {
  /** Status before the change. */
  readonly previous: HealthStatus;
}

/** Report of the program about one of its own checks. */
export interface CheckReport {
  /** Name of the check. */
  readonly name: string;
  /** Status of the check. */
  readonly status: CheckStatus;
  /** Reason, if there is one. */
  readonly reason?: string;
  /** Milliseconds after which the next report is overdue. */
  readonly quietMaxMs: number;
}

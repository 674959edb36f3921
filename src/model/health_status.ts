/**
 * Health of a program: types shared by the aggregator, the program and the server.
 *
 * @module
 */

/** Health status, best first. */
export type HealthStatus = "HEALTHY" | "DEGRADED" | "UNHEALTHY" | "CRITICAL";

/** Status of a check; `NOT_MEASURED` if nothing has been measured yet. */
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
  /** Name of the check: a built-in one is named like its option, any other was added by the program. */
  readonly name: string;
  /** Status of the check. */
  readonly status: CheckStatus;
  /** Measured value: seconds, a ratio, a rate or a number, depending on the check. */
  readonly value?: number;
  /** Reason for a status other than `HEALTHY`. */
  readonly reason?: string;
}

/** Lag of the event loop on the thread with the largest lag. */
export interface EventLoopHealth {
  /** Mean lag over the window of the check, in seconds. */
  readonly lagSecondsAverage: number;
  /** 95th percentile of the lag, in seconds. */
  readonly lagSecondsP95: number;
}

/** Health, with the results that its status is derived from. */
export interface Health extends HealthState {
  /** Result of each check. */
  readonly checks: readonly HealthCheckResult[];
  /** Lag of the event loop; absent where it is not measured. */
  readonly eventLoop?: EventLoopHealth;
  /** Whether a recording thread is connected. */
  readonly isReady: boolean;
  /** Age of the metrics, in seconds. */
  readonly uptimeSeconds: number;
}

/** Change of the status, as passed to listeners. */
export interface HealthChange extends HealthState {
  /** Status before the change. */
  readonly previous: HealthStatus;
}

/** Report of the program on a check that it added. */
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

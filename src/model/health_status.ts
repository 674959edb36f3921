/**
 * Types of the health, shared by the aggregator, the program and the server.
 *
 * @module
 */

/** Status of the health, best first. */
export type HealthStatus = "HEALTHY" | "DEGRADED" | "UNHEALTHY" | "CRITICAL";

/** Status of a check; `NOT_MEASURED` before its first result, and while there is nothing to measure. */
export type CheckStatus = HealthStatus | "NOT_MEASURED";

/** A status with its reasons. */
export interface HealthState {
  /** Status of the worst check. */
  readonly status: HealthStatus;
  /** Reasons why it is not `HEALTHY`, one sentence each. */
  readonly reasons: readonly string[];
}

/** Result of one check. */
export interface HealthCheckResult {
  /** Name of a built-in check, the same as of its option, or of one that the program added. */
  readonly name: string;
  /** Status. */
  readonly status: CheckStatus;
  /** Measured value, in the unit of the check: seconds, a ratio, a rate or a number. */
  readonly value?: number;
  /** Reason why it is not `HEALTHY`. */
  readonly reason?: string;
}

/** Lag of the event loop, on the thread where it is longest. */
export interface EventLoopHealth {
  /** Mean over the window of the check, in seconds. */
  readonly lagSecondsAverage: number;
  /** 95th percentile, in seconds. */
  readonly lagSecondsP95: number;
}

/** Health of a program, with the results of its checks. */
export interface Health extends HealthState {
  /** Results of all checks. */
  readonly checks: readonly HealthCheckResult[];
  /** Lag of the event loop; only where it is measured. */
  readonly eventLoop?: EventLoopHealth;
  /** Whether a recording thread is connected. */
  readonly isReady: boolean;
  /** Age of the metrics, in seconds. */
  readonly uptimeSeconds: number;
}

/** Change of the announced status. */
export interface HealthChange extends HealthState {
  /** Status before. */
  readonly previous: HealthStatus;
}

/** Report of one check that the program added. */
export interface CheckReport {
  /** Name of the check. */
  readonly name: string;
  /** Status. */
  readonly status: CheckStatus;
  /** Reason, if the check has one. */
  readonly reason?: string;
  /** Milliseconds after which the next report is overdue. */
  readonly quietMaxMs: number;
}

/**
 * The words for how well things go, which the aggregator, the program and what serves them share.
 *
 * @module
 */

/** How well things go, best first. */
export type HealthStatus = "HEALTHY" | "DEGRADED" | "UNHEALTHY" | "CRITICAL";

/** What a check came to; nothing is known yet, or there is nothing to measure, if it is `NOT_MEASURED`. */
export type CheckStatus = HealthStatus | "NOT_MEASURED";

/** A status and why it is so. */
export interface HealthState {
  /** The worst of all checks. */
  readonly status: HealthStatus;
  /** Why it is not `HEALTHY`, one sentence each. */
  readonly reasons: readonly string[];
}

/** What one check came to. */
export interface HealthCheckResult {
  /** The check: one of Hotpath's own, named as its option is, or one that the program has added. */
  readonly name: string;
  /** What it came to. */
  readonly status: CheckStatus;
  /** What was measured: seconds, a ratio, a rate or a number, whichever the check is about. */
  readonly value?: number;
  /** Why it is not `HEALTHY`. */
  readonly reason?: string;
}

/** How an event loop does, of the thread where it does worst. */
export interface EventLoopHealth {
  /** The mean of its lag over the window of the check, in seconds. */
  readonly lagSecondsAverage: number;
  /** 95 of 100 lags were at most so long, in seconds. */
  readonly lagSecondsP95: number;
}

/** The health, and what it was judged from. */
export interface Health extends HealthState {
  /** What each check came to. */
  readonly checks: readonly HealthCheckResult[];
  /** How the event loop does; only where its lag is measured. */
  readonly eventLoop?: EventLoopHealth;
  /** Whether a producer is connected. */
  readonly isReady: boolean;
  /** Seconds since the metrics were created. */
  readonly uptimeSeconds: number;
}

/** The status that is told to listeners has changed. */
export interface HealthChange extends HealthState {
  /** What it was before. */
  readonly previous: HealthStatus;
}

/** What the program says about one of its own checks. */
export interface CheckReport {
  /** The check. */
  readonly name: string;
  /** What it came to. */
  readonly status: CheckStatus;
  /** Why, if it says so. */
  readonly reason?: string;
  /** Milliseconds after which the next report is overdue. */
  readonly quietMaxMs: number;
}

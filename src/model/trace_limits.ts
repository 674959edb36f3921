/**
 * Limits of kept traces.
 *
 * @module
 */

/** Limits of kept traces. */
export interface TraceLimits {
  /** Maximum number of recent traces, whatever their duration. */
  readonly recentMax: number;
  /** Maximum number of slowest traces, which are kept longer. */
  readonly slowestMax: number;
  /** Maximum number of spans of a trace. */
  readonly spansMax: number;
  /** Maximum bytes of all traces, estimated. */
  readonly bytesMax: number;
  /** Milliseconds without a span after which a trace without a root is finished. */
  readonly idleMs: number;
  /** Milliseconds that a start waits for its end on another thread. */
  readonly startTimeoutMs: number;
  /** Milliseconds that an end waits for its start, whose ring may be drained later. */
  readonly endGraceMs: number;
  /** Maximum number of starts and ends that wait at the same time. */
  readonly waitingMax: number;
}

/** Drain intervals until the start of an operation arrives: its thread publishes, then its ring is drained. */
const INTERVALS_TO_COME = 3;

/** Returns limits whose ends wait long enough for rings drained at an interval. */
export function patientLimits(limits: TraceLimits, drainIntervalMs: number): TraceLimits {
  return { ...limits, endGraceMs: Math.max(limits.endGraceMs, INTERVALS_TO_COME * drainIntervalMs) };
}

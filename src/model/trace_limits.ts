/**
 * Limits of the traces that are kept.
 *
 * @module
 */

/** Limits of the traces that are kept. */
export interface TraceLimits {
  /** Recent traces that are kept, whatever their duration. */
  readonly recentMax: number;
  /** Slowest traces that are kept longer. */
  readonly slowestMax: number;
  /** Maximum of spans of one trace. */
  readonly spansMax: number;
  /** Maximum of bytes of all traces, estimated. */
  readonly bytesMax: number;
  /** Milliseconds without a span after which a trace without a root counts as finished. */
  readonly idleMs: number;
  /** Milliseconds that a start waits for its end on another thread. */
  readonly startTimeoutMs: number;
  /** Milliseconds that an end waits for its start, whose ring may be drained later. */
  readonly endGraceMs: number;
  /** Maximum of starts and ends that wait at the same time. */
  readonly waitingMax: number;
}

/** Default limits. */
export const TRACE_LIMITS: TraceLimits = {
  recentMax: 1_000,
  slowestMax: 100,
  spansMax: 256,
  bytesMax: 2 ** 26,
  idleMs: 10_000,
  startTimeoutMs: 60_000,
  endGraceMs: 2_000,
  waitingMax: 10_000,
};

/** Drain intervals within which the start of an operation arrives: its thread publishes, then its ring is drained. */
const INTERVALS_TO_COME = 3;

/** Returns limits under which ends wait long enough for rings that are drained at an interval. */
export function patientLimits(limits: TraceLimits, drainIntervalMs: number): TraceLimits {
  return { ...limits, endGraceMs: Math.max(limits.endGraceMs, INTERVALS_TO_COME * drainIntervalMs) };
}

/**
 * How much of traces is kept, and for how long.
 *
 * @module
 */

/** The bounds of all that is kept of traces. */
export interface TraceLimits {
  /** Traces that are kept whatever they took, those that a span has come for last. */
  readonly recentMax: number;
  /** Traces that are kept longer, because they took longest. */
  readonly slowestMax: number;
  /** Spans that are kept of one trace. */
  readonly spansMax: number;
  /** Bytes of all that is kept, estimated. */
  readonly bytesMax: number;
  /** Milliseconds without a span after which a trace without a root counts as finished. */
  readonly idleMs: number;
  /** Milliseconds that a start waits for its end on another thread. */
  readonly startTimeoutMs: number;
  /** Milliseconds that an end waits for its start, whose ring may be drained after its own. */
  readonly endGraceMs: number;
  /** Starts and ends that wait at the same time. */
  readonly waitingMax: number;
}

/** The bounds if nobody says otherwise. */
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

/** Drain intervals in which a start comes that was recorded before its end: its thread publishes, then it is drained. */
const INTERVALS_TO_COME = 3;

/** The bounds with ends that wait long enough for rings that are drained so often. */
export function patientLimits(limits: TraceLimits, drainIntervalMs: number): TraceLimits {
  return { ...limits, endGraceMs: Math.max(limits.endGraceMs, INTERVALS_TO_COME * drainIntervalMs) };
}

/**
 * Access to the clock of metrics, for timings whose labels are known only at their end: a timer's `start` needs a
 * series, which is not known before.
 *
 * @module
 */

/** Key of the clock of metrics. */
export const CLOCK: unique symbol = Symbol("hotpath.clock");

/** Source of the current time. */
export interface TimeSource {
  /** Milliseconds since an origin that is the same for the life of the program. */
  now(): number;
}

/** Metrics that have a clock. */
export interface Clocked {
  /** Clock of the metrics. */
  readonly [CLOCK]: TimeSource;
}

/** Returns the clock of metrics, or the built-in one for metrics that record nothing. */
export function clockOf(metrics: object): TimeSource {
  return (metrics as Partial<Clocked>)[CLOCK] ?? performance;
}

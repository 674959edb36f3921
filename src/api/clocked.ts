/**
 * The clock of metrics, for timings whose labels are known only at their end: a timer's `start` belongs to one series,
 * which is not known yet.
 *
 * @module
 */

/** Key of the clock of metrics. */
export const CLOCK: unique symbol = Symbol("hotpath.clock");

/** A clock. */
export interface TimeSource {
  /** Milliseconds since an origin that is the same for the life of the program. */
  now(): number;
}

/** Metrics that have a clock. */
export interface Clocked {
  /** Clock of the metrics. */
  readonly [CLOCK]: TimeSource;
}

/** Returns the clock of metrics; the built-in one if they have none, because they record nothing. */
export function clockOf(metrics: object): TimeSource {
  return (metrics as Partial<Clocked>)[CLOCK] ?? performance;
}

/**
 * The clock that metrics time with, for timings whose labels are known only at their end: a timer's `start` belongs to
 * one series, and which one it is to be is not known yet.
 *
 * @module
 */

/** The clock of metrics. */
export const CLOCK: unique symbol = Symbol("hotpath.clock");

/** What tells the time. */
export interface TimeSource {
  /** Milliseconds since some moment, the same for the life of the program. */
  now(): number;
}

/** Metrics that have a clock. */
export interface Clocked {
  /** Theirs. */
  readonly [CLOCK]: TimeSource;
}

/** The clock of metrics; the built-in one if they have none, because they record nothing. */
export function clockOf(metrics: object): TimeSource {
  return (metrics as Partial<Clocked>)[CLOCK] ?? performance;
}

/**
 * The words between `pipeline_bench.ts` and its counting workers.
 *
 * @module
 */

/** Which word says what. */
export const Total = {
  /** Records taken. */
  taken: 0,
  /** The state that the worker shall have. */
  wanted: 1,
  /** The state that it has; notified at each change. */
  present: 2,
  /** How many words there are. */
  length: 3,
} as const;

/** State of a counting worker. */
export const State = {
  /** It is not there yet. */
  starting: 0,
  /** It waits. */
  asleep: 1,
  /** It looks for records all the time. */
  awake: 2,
} as const;

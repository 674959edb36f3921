/**
 * Default limits of kept traces, as the settings reference has them.
 *
 * @module
 */

import type { TraceLimits } from "../../../../src/model/trace_limits.ts";

/** Limits of a program without options. */
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

/**
 * The check of how much is kept of traces.
 *
 * @module
 */

import { checkWhole } from "../check/checks.ts";
import { checkDuration, type Duration } from "../check/duration.ts";
import { type Place, within } from "../check/place.ts";
import { TRACE_LIMITS, type TraceLimits } from "../model/trace_limits.ts";

/** How much is kept of traces, and for how long. */
export interface TraceLimitOptions {
  /** Traces that are kept whatever they took, those that a span has come for last: 10 to 10,000; 1,000 by default. */
  readonly recentMax?: number;
  /** Traces that are kept longer because they took longest: 0 to 1,000; 100 by default. */
  readonly slowestMax?: number;
  /** Spans that are kept of one trace, 1 to 10,000; 256 by default. What is more is counted. */
  readonly spansMax?: number;
  /** Bytes that all traces may take, estimated: 1 MiB to 4 GiB; 64 MiB by default. */
  readonly bytesMax?: number;
  /** How long no span has to come for a trace without a root to count as finished: 1s to 1h; 10s by default. */
  readonly idleTimeout?: Duration;
  /** How long a start waits for its end on another thread: 1s to 24h; 1m by default. */
  readonly startTimeout?: Duration;
  /** Starts and ends that wait for their other half at the same time: 100 to 1,000,000; 10,000 by default. */
  readonly waitingMax?: number;
}

/** The names of {@linkcode TraceLimitOptions}. */
export const TRACE_LIMIT_NAMES: readonly (keyof TraceLimitOptions)[] = [
  "recentMax",
  "slowestMax",
  "spansMax",
  "bytesMax",
  "idleTimeout",
  "startTimeout",
  "waitingMax",
];

const checkRecentMax = checkWhole(10, 10_000);
const checkSlowestMax = checkWhole(0, 1_000);
const checkSpansMax = checkWhole(1, 10_000);
const checkBytesMax = checkWhole(2 ** 20, 2 ** 32);
const checkIdleTimeout = checkDuration("1s", "1h");
const checkStartTimeout = checkDuration("1s", "24h");
const checkWaitingMax = checkWhole(100, 1_000_000);

/** The bounds that are given, and the defaults of the others. */
export function checkTraceLimits(place: Place, given: Readonly<Record<string, unknown>>): TraceLimits {
  const check = <Value>(name: keyof TraceLimitOptions, check: (place: Place, given: unknown) => Value) =>
    given[name] === undefined ? undefined : check(within(place, name), given[name]);
  return {
    recentMax: check("recentMax", checkRecentMax) ?? TRACE_LIMITS.recentMax,
    slowestMax: check("slowestMax", checkSlowestMax) ?? TRACE_LIMITS.slowestMax,
    spansMax: check("spansMax", checkSpansMax) ?? TRACE_LIMITS.spansMax,
    bytesMax: check("bytesMax", checkBytesMax) ?? TRACE_LIMITS.bytesMax,
    idleMs: check("idleTimeout", checkIdleTimeout) ?? TRACE_LIMITS.idleMs,
    startTimeoutMs: check("startTimeout", checkStartTimeout) ?? TRACE_LIMITS.startTimeoutMs,
    endGraceMs: TRACE_LIMITS.endGraceMs,
    waitingMax: check("waitingMax", checkWaitingMax) ?? TRACE_LIMITS.waitingMax,
  };
}

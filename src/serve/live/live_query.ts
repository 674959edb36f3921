/**
 * Query of a client of the live feed: `intervalMs`, `window` and `name[]`.
 *
 * @module
 */

import { nameFilterOf, windowFilterOf } from "../http/filter.ts";
import { HttpProblem } from "../http/problem.ts";

/** Query of a client; clients with the same query share a feed. */
export interface LiveQuery {
  /** Milliseconds between two frames. */
  readonly intervalMs: number;
  /** Sliding window; `undefined` for the default one. */
  readonly window: string | undefined;
  /** Names of the requested metrics, sorted; `undefined` for all. */
  readonly names: readonly string[] | undefined;
}

const INTERVAL_MIN_MS = 100;
const INTERVAL_MAX_MS = 10_000;
const INTERVAL_USUAL_MS = 1_000;

/**
 * Returns the query of a request.
 *
 * @param url URL of the request
 * @throws {HttpProblem} If the query is invalid
 */
export function liveQueryOf(url: string): LiveQuery {
  const names = nameFilterOf(url);
  return {
    intervalMs: intervalOf(url),
    window: windowFilterOf(url),
    names: names && [...new Set(names)].toSorted(),
  };
}

function intervalOf(url: string): number {
  const given = new URL(url).searchParams.getAll("intervalMs");
  if (given.length > 1) throw new HttpProblem(400, `intervalMs must be given once, got ${given.length}`);
  const [text] = given;
  if (text === undefined) return INTERVAL_USUAL_MS;
  const intervalMs = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (intervalMs >= INTERVAL_MIN_MS && intervalMs <= INTERVAL_MAX_MS) return intervalMs;
  throw new HttpProblem(400, `intervalMs must be a whole number from ${INTERVAL_MIN_MS} to ${INTERVAL_MAX_MS}`);
}

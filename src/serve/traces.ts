/**
 * Query of a request for traces.
 *
 * @module
 */

import { isTraceLimit, parseTraceId, TRACE_ID_RULE, TRACE_LIMIT_RULE } from "../model/spans.ts";
import { HttpProblem } from "./http/problem.ts";

/**
 * Returns the requested number of traces of each kind.
 *
 * @param url URL of the request
 * @returns The number; `undefined` if none is given
 * @throws {HttpProblem} If there are several, or it is out of range
 */
export function traceLimitOf(url: string): number | undefined {
  const limits = new URL(url).searchParams.getAll("limit");
  if (limits.length > 1) throw new HttpProblem(400, `limit must be given once, got ${limits.length}`);
  const [text] = limits;
  if (text === undefined) return undefined;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!isTraceLimit(limit)) throw new HttpProblem(400, `limit must be ${TRACE_LIMIT_RULE}`);
  return limit;
}

/**
 * Returns the id of the requested trace.
 *
 * @throws {HttpProblem} If it is not a trace id
 */
export function traceIdOf(text: string): string {
  const id = parseTraceId(text);
  if (id === undefined) throw new HttpProblem(400, `a trace id is ${TRACE_ID_RULE}`);
  return id;
}

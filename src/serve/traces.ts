/**
 * Query of a request for traces.
 *
 * @module
 */

import { isTraceLimit, parseTraceId, TRACE_ID_RULE, TRACE_LIMIT_RULE } from "../model/spans.ts";
import { HttpProblem } from "./http/problem.ts";

/**
 * Returns the number of traces of each kind that a request asks for.
 *
 * @param url Its address
 * @returns `undefined` if it does not name one
 * @throws {HttpProblem} If it names several numbers, or one that is out of range
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
 * Returns the id of the trace that a request asks for.
 *
 * @throws {HttpProblem} If it is no trace id
 */
export function traceIdOf(text: string): string {
  const id = parseTraceId(text);
  if (id === undefined) throw new HttpProblem(400, `a trace id is ${TRACE_ID_RULE}`);
  return id;
}

/**
 * Sizes of bodies, according to headers of requests and responses.
 *
 * @module
 */

const DIGITS = /^\d+$/;

/** Returns the bytes of a request's body; `undefined` if it has none, or its size is unknown. */
export function requestBytesOf(method: string, request: Request): number | undefined {
  // These requests never have a body, and a server does not create headers that are not accessed.
  if (method === "GET" || method === "HEAD") return undefined;
  return parseLength(request.headers.get("content-length"));
}

const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const OK = 200;

/** Whether a response has no body, even with a `Content-Length`, which then describes another response. */
export function hasNoBody(method: string, status: number): boolean {
  return method === "HEAD" || status < OK || status === NO_CONTENT || status === NOT_MODIFIED;
}

/** Parses a `Content-Length`; `undefined` if it is not a number. */
export function parseLength(text: string | null): number | undefined {
  return text !== null && DIGITS.test(text) ? Number(text) : undefined;
}

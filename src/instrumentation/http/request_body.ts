/**
 * How large bodies are, by what requests and responses say of them.
 *
 * @module
 */

const DIGITS = /^\d+$/;

/** The bytes of a request's body; `undefined` if it has none, or does not say. */
export function requestBytesOf(method: string, request: Request): number | undefined {
  // They never have a body, and a server makes no headers that nobody asks for.
  if (method === "GET" || method === "HEAD") return undefined;
  return parseLength(request.headers.get("content-length"));
}

const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const OK = 200;

/** Whether a response has no body whatever its `Content-Length` says, which then is that of another response. */
export function hasNoBody(method: string, status: number): boolean {
  return method === "HEAD" || status < OK || status === NO_CONTENT || status === NOT_MODIFIED;
}

/** The number of a `Content-Length`; `undefined` if it is none. */
export function parseLength(text: string | null): number | undefined {
  return text !== null && DIGITS.test(text) ? Number(text) : undefined;
}

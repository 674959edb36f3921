/**
 * How large a request's body is, by what the request says of it.
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

/** The number of a `Content-Length`; `undefined` if it is none. */
export function parseLength(text: string | null): number | undefined {
  return text !== null && DIGITS.test(text) ? Number(text) : undefined;
}

/**
 * What every answer says to browsers and proxies: to take it for what it says it is, to show it to no other site, to
 * say nothing of it to one, and to keep it nowhere: a refusal that is kept would be the answer to everybody.
 *
 * @module
 */

import type { MiddlewareHandler } from "hono";

/** Nothing but the page itself has a use for what a document may do. */
const EVERY_ANSWER: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

/** The headers of all answers; each answer can have others in their place. */
export const PROTECTIVE_HEADERS: readonly (readonly [name: string, value: string])[] = Object.entries(EVERY_ANSWER);

/** Adds the headers to what mounted routes answer; our own server adds them as it sends, which takes less time. */
export function protectAnswers(): MiddlewareHandler {
  return async function protectAnswers(context, next) {
    await next();
    const { headers, status } = context.res;
    // An answer that begins a WebSocket is no longer one of HTTP.
    if (status === 101) return;
    for (const [name, value] of PROTECTIVE_HEADERS) if (!headers.has(name)) headers.set(name, value);
  };
}

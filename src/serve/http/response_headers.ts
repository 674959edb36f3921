/**
 * Headers of every answer for browsers and proxies: no other interpretation of its type, no frames, no referrer, no
 * cache. A cached refusal would be served to everyone.
 *
 * @module
 */

import type { MiddlewareHandler } from "hono";

/** Policies that only the page itself relaxes. */
const EVERY_ANSWER: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

/** Headers of all answers; each answer can replace them. */
export const PROTECTIVE_HEADERS: readonly (readonly [name: string, value: string])[] = Object.entries(EVERY_ANSWER);

/** Adds the headers to the answers of mounted routes; our own server adds them while sending, which is faster. */
export function protectAnswers(): MiddlewareHandler {
  return async function protectAnswers(context, next) {
    await next();
    const { headers, status } = context.res;
    // An answer that begins a WebSocket is no longer an HTTP answer.
    if (status === 101) return;
    for (const [name, value] of PROTECTIVE_HEADERS) if (!headers.has(name)) headers.set(name, value);
  };
}

/**
 * Errors over HTTP, as problem documents.
 *
 * Source: RFC 9457, "Problem Details for HTTP APIs".
 *
 * @module
 */

import { type ErrorStatus, STATUS_TEXT } from "@std/http/status";

/** A response that says what is wrong. */
export function problem(status: ErrorStatus, detail: string, headers: Readonly<Record<string, string>> = {}): Response {
  const body = JSON.stringify({ type: "about:blank", title: STATUS_TEXT[status], status, detail });
  return new Response(body, { status, headers: { ...headers, "content-type": "application/problem+json" } });
}

/**
 * Errors over HTTP, as problem documents.
 *
 * Source: RFC 9457, "Problem Details for HTTP APIs".
 *
 * @module
 */

import { type ErrorStatus, STATUS_TEXT } from "@std/http/status";
import { PROTECTIVE_HEADERS } from "./response_headers.ts";

/** Media type of problem documents. */
export const PROBLEM_CONTENT_TYPE = "application/problem+json";

/** Refusal, thrown where it is detected and answered by the app. */
export class HttpProblem extends Error {
  /** Name of the class. */
  override readonly name = "HttpProblem";
  readonly #status: ErrorStatus;
  readonly #headers: Readonly<Record<string, string>>;

  /**
   * Creates a refusal.
   *
   * @param status Status code
   * @param detail Reason in one sentence
   * @param headers Headers that belong to the status
   */
  constructor(status: ErrorStatus, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.#status = status;
    this.#headers = headers;
  }

  /** Returns the refusal as a response. */
  toResponse(): Response {
    return problem(this.#status, this.message, this.#headers);
  }
}

/** Returns a refusal as a response. */
export function problem(status: ErrorStatus, detail: string, headers: Readonly<Record<string, string>> = {}): Response {
  const body = new TextEncoder().encode(problemText(status, detail));
  return new Response(body, {
    status,
    headers: {
      ...Object.fromEntries(PROTECTIVE_HEADERS),
      ...headers,
      "content-length": `${body.byteLength}`,
      "content-type": PROBLEM_CONTENT_TYPE,
    },
  });
}

/** Returns the problem document. */
export function problemText(status: ErrorStatus, detail: string): string {
  return JSON.stringify({ type: "about:blank", title: STATUS_TEXT[status], status, detail });
}

/** Returns the answer to a request for the allowed methods. */
export function allowedMethods(allow: string): Response {
  return new Response(null, { status: 204, headers: { ...Object.fromEntries(PROTECTIVE_HEADERS), allow } });
}

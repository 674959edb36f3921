/**
 * Errors over HTTP, as problem documents.
 *
 * Source: RFC 9457, "Problem Details for HTTP APIs".
 *
 * @module
 */

import { type ErrorStatus, STATUS_TEXT } from "@std/http/status";
import { PROTECTIVE_HEADERS } from "./response_headers.ts";

/** The media type of problem documents. */
export const PROBLEM_CONTENT_TYPE = "application/problem+json";

/** A refusal, thrown where it is noticed and answered where requests are. */
export class HttpProblem extends Error {
  /** See {@linkcode Error.name}. */
  override readonly name = "HttpProblem";
  readonly #status: ErrorStatus;
  readonly #headers: Readonly<Record<string, string>>;

  /**
   * A refusal.
   *
   * @param status The status code
   * @param detail What is wrong, in words
   * @param headers Headers that belong to the status
   */
  constructor(status: ErrorStatus, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.#status = status;
    this.#headers = headers;
  }

  /** The response that says so. */
  toResponse(): Response {
    return problem(this.#status, this.message, this.#headers);
  }
}

/** A response that says what is wrong. */
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

/** The document alone. */
export function problemText(status: ErrorStatus, detail: string): string {
  return JSON.stringify({ type: "about:blank", title: STATUS_TEXT[status], status, detail });
}

/** What a request for the methods that there are is answered with. */
export function allowedMethods(allow: string): Response {
  return new Response(null, { status: 204, headers: { ...Object.fromEntries(PROTECTIVE_HEADERS), allow } });
}

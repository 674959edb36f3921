/**
 * One request of OTLP over HTTP, and the meaning of its response. Nothing here throws: an unreachable receiver, a
 * time-out and a response without meaning are results as well.
 *
 * @module
 */

import { isMissingPermission, requirePermission } from "../../platform/permissions.ts";
import { parseRetryAfter } from "./retry_delays.ts";

/** Result of a request. */
export type Delivery =
  /** It was accepted, except for some of its spans. */
  | { readonly outcome: "accepted"; readonly rejected: number; readonly reason?: string }
  /** It may be accepted later. */
  | { readonly outcome: "unavailable"; readonly reason: string; readonly retryAfterMs?: number | undefined }
  /** It will never be accepted. */
  | { readonly outcome: "refused"; readonly reason: string };

/** Statuses that the specification calls retryable. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Limit on the body of a response: a partial success is much shorter. */
const ANSWER_BYTES_MAX = 65_536;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/**
 * Sends a request.
 *
 * @param send Sends requests
 * @param url URL of the receiver
 * @param init The request
 * @param nowMs Returns the time, in milliseconds since the epoch
 */
export async function deliver(
  send: typeof fetch,
  url: string,
  init: RequestInit,
  nowMs: () => number,
): Promise<Delivery> {
  try {
    const response = await send(url, init);
    if (response.ok) return acceptedBy(await readStart(response));
    await response.body?.cancel().catch(() => {});
    const reason = `status ${response.status}`;
    if (!RETRYABLE_STATUSES.has(response.status)) return { outcome: "refused", reason };
    const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), nowMs());
    return { outcome: "unavailable", reason, retryAfterMs };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { outcome: isMissingPermission(error) ? "refused" : "unavailable", reason };
  }
}

/** `fetch` that never prompts for a permission: a missing one is an error. */
export const fetchPermitted: typeof fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const host = `${url.hostname}:${url.port || DEFAULT_PORTS[url.protocol]}`;
  requirePermission({ name: "net", host }, `permission is missing, run with --allow-net=${host}`);
  return await fetch(input, init);
};

/** Any body of a successful response means success: receivers leave it empty, or report there what they rejected. */
function acceptedBy(body: string): Delivery {
  const partialSuccess = parseObject(body).partialSuccess;
  if (typeof partialSuccess !== "object" || partialSuccess === null) return { outcome: "accepted", rejected: 0 };
  const { rejectedSpans, errorMessage } = partialSuccess as Record<string, unknown>;
  const rejected = Number(rejectedSpans ?? 0);
  return {
    outcome: "accepted",
    rejected: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0,
    reason: typeof errorMessage === "string" && errorMessage !== "" ? errorMessage : undefined,
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/**
 * Reads the start of a body, which may have no end. Where it breaks off, the request was accepted nevertheless, and
 * must not be sent again.
 */
async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES_MAX) return "";
      text += decoder.decode(chunk, { stream: true });
    }
  } catch {
    return "";
  }
  return text + decoder.decode();
}

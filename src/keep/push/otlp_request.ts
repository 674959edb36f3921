/**
 * One request of OTLP over HTTP, and what its answer means. Nothing here throws: what cannot be reached, takes too long
 * or says nothing sensible is an answer as well.
 *
 * @module
 */

import { isMissingPermission, requirePermission } from "../../platform/permissions.ts";
import { parseRetryAfter } from "./retry_delays.ts";

/** What became of a request. */
export type Delivery =
  /** It was taken, but for some of its spans. */
  | { readonly outcome: "accepted"; readonly rejected: number; readonly reason?: string }
  /** It may be taken another time. */
  | { readonly outcome: "unavailable"; readonly reason: string; readonly retryAfterMs?: number | undefined }
  /** It will never be taken. */
  | { readonly outcome: "refused"; readonly reason: string };

/** Statuses that the specification names as worth another attempt. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** More than any partial success has to say. */
const ANSWER_BYTES_MAX = 65_536;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/**
 * Sends a request.
 *
 * @param send How requests are sent
 * @param url Where to
 * @param init The request
 * @param nowMs The time, in milliseconds since the epoch
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

/** `fetch` that never asks for a permission: one that is missing is an error. */
export const fetchPermitted: typeof fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const host = `${url.hostname}:${url.port || DEFAULT_PORTS[url.protocol]}`;
  requirePermission({ name: "net", host }, `permission is missing, run with --allow-net=${host}`);
  return await fetch(input, init);
};

/** A success is a success, whatever its body: receivers leave it empty, or say there what they did not take. */
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
 * Reads a body as far as it is looked at, because it may have no end. Where it breaks off, what was sent has been taken
 * all the same, and must not be sent again.
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

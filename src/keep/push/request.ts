/**
 * One HTTP request to a receiver, and the meaning of its response. Nothing here throws: an unreachable receiver, a
 * time-out and a meaningless response are results as well.
 *
 * @module
 */

import { isMissingPermission, requirePermission } from "../../platform/permissions.ts";
import { parseRetryAfter } from "./retry_delays.ts";

/** Accepted request, possibly without some of its spans. */
export interface Acceptance {
  readonly outcome: "accepted";
  /** Number of rejected spans. */
  readonly rejected: number;
  /** Reason, if the receiver gave one. */
  readonly reason?: string;
}

/** Reads the body of a successful response, which means acceptance whatever it contains. */
export type ReadAcceptance = (body: string) => Acceptance;

/** Result of a request. */
export type Delivery =
  | Acceptance
  /** The request may be accepted later. */
  | { readonly outcome: "unavailable"; readonly reason: string; readonly retryAfterMs?: number | undefined }
  /** The request will never be accepted. */
  | { readonly outcome: "refused"; readonly reason: string };

/** Statuses of a receiver that may accept the request later, as listed in the specification of OTLP. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Maximum bytes of a response's body that are read: a partial success is much shorter. */
const ANSWER_BYTES_MAX = 65_536;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/**
 * Sends a request.
 *
 * @param send Sends requests
 * @param url URL of the receiver
 * @param init Options of the request
 * @param accepted Reads the body of a successful response
 * @param nowMs Returns the time, in milliseconds since the epoch
 */
export async function deliver(
  send: typeof fetch,
  url: string,
  init: RequestInit,
  accepted: ReadAcceptance,
  nowMs: () => number,
): Promise<Delivery> {
  try {
    const response = await send(url, init);
    if (response.ok) return accepted(await readStart(response));
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

/**
 * Reads the start of a body, which may be endless. If it breaks off, the request was accepted nevertheless, and must
 * not be repeated.
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

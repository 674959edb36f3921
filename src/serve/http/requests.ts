/**
 * Limits of requests: how long their address and their body may be. Bodies of anything but a change are not looked at,
 * but what is sent has to be taken from the line.
 *
 * @module
 */

import { problem } from "./problem.ts";

const TARGET_BYTES_MAX = 8_192;

/** A change has a few words, and is kept while it comes. */
const PATCH_BYTES_MAX = 4_096;

/** What a request says of its body. */
export interface BodyHeaders {
  /** The value of `Content-Length`. */
  readonly contentLength: string | undefined;
  /** The value of `Transfer-Encoding`. */
  readonly transferEncoding: string | undefined;
}

/** The refusal of an address that is too long; `undefined` if it is not. */
export function refuseTarget(target: string): Response | undefined {
  if (target.length <= TARGET_BYTES_MAX) return undefined;
  return problem(414, `path and query must have at most ${TARGET_BYTES_MAX} bytes`);
}

/** Bytes that the body of a change may have, where any other may have some number. */
export function patchBytesMax(bytesMax: number): number {
  return Math.min(bytesMax, PATCH_BYTES_MAX);
}

/** The refusal of a body that is too large by what the request says of it; `undefined` if it is not. */
export function refuseBody({ contentLength }: BodyHeaders, bytesMax: number): Response | undefined {
  return Number(contentLength ?? 0) > bytesMax ? bodyTooLarge(bytesMax) : undefined;
}

/** Whether a request has a body of a length that it does not tell. */
export function isOpenEnded({ contentLength, transferEncoding }: BodyHeaders): boolean {
  return contentLength === undefined && transferEncoding !== undefined;
}

/** The refusal of a body that is too large. */
export function bodyTooLarge(bytesMax: number): Response {
  return problem(413, `a request's body must have at most ${bytesMax} bytes`);
}

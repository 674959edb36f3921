/**
 * Limits on requests: length of address and body. Only the bodies of changes are used, but others must be read to reach
 * the next request.
 *
 * @module
 */

import { problem } from "./problem.ts";

const TARGET_BYTES_MAX = 8_192;

/** Maximum bytes of a change, which is short and held in memory while it arrives. */
const PATCH_BYTES_MAX = 4_096;

/** Headers that describe a body. */
export interface BodyHeaders {
  /** Value of `Content-Length`. */
  readonly contentLength: string | undefined;
  /** Value of `Transfer-Encoding`. */
  readonly transferEncoding: string | undefined;
}

/** Returns the refusal of an address that is too long; `undefined` for others. */
export function refuseTarget(target: string): Response | undefined {
  if (target.length <= TARGET_BYTES_MAX) return undefined;
  return problem(414, `path and query must have at most ${TARGET_BYTES_MAX} bytes`);
}

/** Maximum bytes of a change, given that of any other body. */
export function patchBytesMax(bytesMax: number): number {
  return Math.min(bytesMax, PATCH_BYTES_MAX);
}

/** Returns the refusal of a body whose headers exceed the limit; `undefined` for others. */
export function refuseBody({ contentLength }: BodyHeaders, bytesMax: number): Response | undefined {
  return Number(contentLength ?? 0) > bytesMax ? bodyTooLarge(bytesMax) : undefined;
}

/** Whether a request has a body of unknown length. */
export function isOpenEnded({ contentLength, transferEncoding }: BodyHeaders): boolean {
  return contentLength === undefined && transferEncoding !== undefined;
}

/** Returns the refusal of a body that is too large. */
export function bodyTooLarge(bytesMax: number): Response {
  return problem(413, `a request's body must have at most ${bytesMax} bytes`);
}

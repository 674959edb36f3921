/**
 * Size of a message on the wire, without its frame.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/**
 * Returns the bytes of a message. Text counts as UTF-8, without being encoded. An object that is sent as text counts 0,
 * because a second conversion would run the program's code.
 */
export function messageBytes(data: unknown): number {
  if (typeof data === "string") return Buffer.byteLength(data);
  if ((typeof data !== "object" && typeof data !== "function") || data === null) return Buffer.byteLength(String(data));
  if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) return data.byteLength;
  return data instanceof Blob ? data.size : 0;
}

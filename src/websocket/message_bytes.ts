/**
 * How many bytes a message has on the wire, its frame left out.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** The bytes of a message; of text those of its UTF-8, which are counted without being written anywhere. */
export function messageBytes(data: unknown): number {
  if (typeof data === "string") return Buffer.byteLength(data);
  if (data instanceof Blob) return data.size;
  if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) return data.byteLength;
  // Whatever else is sent is sent as text.
  return Buffer.byteLength(String(data));
}

/**
 * How many bytes a message has on the wire, its frame left out.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/**
 * The bytes of a message; of text those of its UTF-8, which are counted without being written anywhere. An object that is
 * sent as text counts none: to make the text of it a second time would run the program's code.
 */
export function messageBytes(data: unknown): number {
  if (typeof data === "string") return Buffer.byteLength(data);
  if ((typeof data !== "object" && typeof data !== "function") || data === null) return Buffer.byteLength(String(data));
  if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) return data.byteLength;
  return data instanceof Blob ? data.size : 0;
}

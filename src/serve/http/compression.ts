/**
 * Compression of answers, for clients that ask for it.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Size below which compression does not pay. */
export const COMPRESSED_BYTES_MIN = 1_024;

/** Bytes compressed before other work gets its turn: about a millisecond's. */
const SLICE_BYTES = 65_536;

/** Compresses bytes, in slices between which other work gets its turn. */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { readable, writable } = new CompressionStream("gzip");
  const compressed = new Response(readable).arrayBuffer();
  const writer = writable.getWriter();
  for (let at = 0; at < bytes.byteLength; at += SLICE_BYTES) {
    await writer.write(bytes.subarray(at, at + SLICE_BYTES));
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  await writer.close();
  return new Uint8Array(await compressed);
}

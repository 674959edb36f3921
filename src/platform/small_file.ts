/**
 * Text files that are small by nature: settings, tokens, certificates. An endless device, or a large file by mistake,
 * causes an error instead of exhausting memory.
 *
 * @module
 */

import { requireDeno } from "./runtime.ts";

const BYTES_MAX = 2 ** 20;

/**
 * Reads a file, which may be a pipe such as `<(command)` in a shell.
 *
 * @throws {RangeError} If it is larger than 1 MiB
 */
export async function readSmallFile(path: string | URL): Promise<string> {
  requireDeno("reading files");
  using file = await Deno.open(path);
  const bytes = new Uint8Array(BYTES_MAX + 1);
  let length = 0;
  while (length < bytes.length) {
    const count = await file.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return decoded(bytes.subarray(0, length));
}

/**
 * Reads a regular file. A pipe would block the thread until another process writes to it.
 *
 * @throws {RangeError} If it is larger than 1 MiB
 * @throws {Error} If it is a pipe or a device
 */
export function readSmallFileSync(path: string): string {
  requireDeno("reading files");
  const { isFile, isDirectory } = Deno.statSync(path);
  if (!isFile && !isDirectory) throw new Error("it is not a regular file");
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(BYTES_MAX + 1);
  let length = 0;
  while (length < bytes.length) {
    const count = file.readSync(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return decoded(bytes.subarray(0, length));
}

function decoded(bytes: Uint8Array): string {
  if (bytes.length > BYTES_MAX) throw new RangeError("it is larger than 1 MiB");
  return new TextDecoder().decode(bytes);
}

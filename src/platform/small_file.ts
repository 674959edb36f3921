/**
 * Text files that are small by their nature: settings, tokens, certificates. A device that never ends, or a file that is
 * not what was meant, is an error and not the end of memory.
 *
 * @module
 */

const BYTES_MAX = 2 ** 20;

/**
 * Reads a file, also what a shell gives a name to by `<(command)`.
 *
 * @throws {RangeError} If it is larger than 1 MiB
 */
export async function readSmallFile(path: string | URL): Promise<string> {
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
 * Reads a plain file. A pipe would block the thread until somebody writes to it.
 *
 * @throws {RangeError} If it is larger than 1 MiB
 * @throws {Error} If it is a pipe or a device
 */
export function readSmallFileSync(path: string): string {
  const { isFile, isDirectory } = Deno.statSync(path);
  if (!isFile && !isDirectory) throw new Error("it is no plain file");
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

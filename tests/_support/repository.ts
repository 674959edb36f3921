/**
 * Files of this repository, by their paths from its root.
 *
 * @module
 */

/** Root of the repository. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** Returns the text of a file. */
export function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

/** Whether there is a file or folder. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(new URL(path, ROOT));
    return true;
  } catch {
    return false;
  }
}

/**
 * The files that serving needs, read when it begins.
 *
 * @module
 */

import { fileProblem } from "../../platform/file_problem.ts";
import { readSmallFileSync } from "../../platform/small_file.ts";

/**
 * Reads a file.
 *
 * @param path The file
 * @param purpose What is in it, for the error
 * @throws {Error} If it cannot be read; says why
 */
export function readServeFile(path: string, purpose: string): string {
  try {
    // Asked first, so that a missing permission is an error and not a question.
    const { state } = Deno.permissions.querySync({ name: "read", path });
    if (state !== "granted") throw new Deno.errors.NotCapable();
    return readSmallFileSync(path);
  } catch (error) {
    throw new Error(`Cannot serve metrics: cannot read the ${purpose} ${path}: ${fileProblem(error, path)}`);
  }
}

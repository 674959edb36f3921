/**
 * Files for serving, read at start-up.
 *
 * @module
 */

import { fileProblem } from "../../platform/errors.ts";
import { requirePermission } from "../../platform/permissions.ts";
import { readSmallFileSync } from "../../platform/small_file.ts";

/**
 * Reads a file.
 *
 * @param path Path of the file
 * @param purpose Purpose of the file, for the error
 * @throws {Error} If it cannot be read, with the reason
 */
export function readServeFile(path: string, purpose: string): string {
  try {
    requirePermission({ name: "read", path });
    return readSmallFileSync(path);
  } catch (error) {
    throw new Error(`Cannot serve metrics: cannot read the ${purpose} ${path}: ${fileProblem(error, path)}`);
  }
}

/**
 * Reading of a bearer token from a file.
 *
 * @module
 */

import { fileProblem } from "../platform/errors.ts";
import { readSmallFile } from "../platform/small_file.ts";

const TOKEN = /^[\x21-\x7e]+$/;

/**
 * Reads a token.
 *
 * @param path Path of the file; `undefined` for no token
 * @throws {Error} If the file cannot be read, or does not contain a token
 */
export async function readToken(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const token = (await readFile(path)).trim();
  if (!TOKEN.test(token)) throw new Error(`Cannot use the token ${path}: it must be one line of visible ASCII`);
  return token;
}

async function readFile(path: string): Promise<string> {
  try {
    return await readSmallFile(path);
  } catch (error) {
    throw new Error(`Cannot read the token ${path}: ${fileProblem(error, path)}`);
  }
}

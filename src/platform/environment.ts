/**
 * Environment variables, if they may be read without a prompt.
 *
 * @module
 */

import { isGranted } from "./permissions.ts";
import { isDeno } from "./runtime.ts";

/** Returns the value of a variable; `undefined` if it is unset, empty, or may not be read. */
export function readVariable(name: string): string | undefined {
  const text = readVariableAsIs(name);
  return text === "" ? undefined : text;
}

/**
 * Returns the value of a variable, even if it is empty: a secret must not count as unset because a template was filled
 * in with an empty text.
 */
export function readVariableAsIs(name: string): string | undefined {
  return isDeno() && isGranted({ name: "env", variable: name }) ? Deno.env.get(name) : undefined;
}

/**
 * Environment variables, read where that is permitted already and nowhere else: nothing here asks.
 *
 * @module
 */

/** A variable's text; `undefined` if it is not set, empty, or may not be read without a prompt. */
export function readVariable(name: string): string | undefined {
  const text = readVariableAsIs(name);
  return text === "" ? undefined : text;
}

/**
 * A variable's text, also if that is empty: what protects something must not be taken for unset because a template
 * was filled in with nothing.
 */
export function readVariableAsIs(name: string): string | undefined {
  if (typeof Deno === "undefined") return undefined;
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") return undefined;
  return Deno.env.get(name);
}

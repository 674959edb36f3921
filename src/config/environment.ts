/**
 * Environment variables, read where that is permitted already and nowhere else: nothing here asks.
 *
 * @module
 */

/** A variable's text; `undefined` if it is not set, empty, or may not be read without a prompt. */
export function readVariable(name: string): string | undefined {
  if (typeof Deno === "undefined") return undefined;
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") return undefined;
  const text = Deno.env.get(name);
  return text === "" ? undefined : text;
}

/**
 * The runtime that a program is on. Deno is the reference; what another runtime cannot do yet is refused in words.
 *
 * @module
 */

/** Whether this is Deno. Evaluated at each call: a program may remove the global. */
export function isDeno(): boolean {
  return typeof Deno !== "undefined";
}

/**
 * Refuses what only Deno can do.
 *
 * @param subject Subject of the sentence: `"the ffi clock"`
 * @throws {Error} On any other runtime
 */
export function requireDeno(subject: string): void {
  if (!isDeno()) throw new Error(`${subject} needs Deno`);
}

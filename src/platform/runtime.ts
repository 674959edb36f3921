/**
 * Detection of the runtime. Deno is the reference; features that another runtime does not support yet throw a clear
 * error.
 *
 * @module
 */

/** Whether this is Deno. Evaluated at each call: a program may remove the global. */
export function isDeno(): boolean {
  return typeof Deno !== "undefined";
}

/**
 * Throws on runtimes other than Deno, for features that only Deno supports.
 *
 * @param subject Subject of the sentence: `"the ffi clock"`
 * @throws {Error} On any other runtime
 */
export function requireDeno(subject: string): void {
  if (!isDeno()) throw new Error(`${subject} needs Deno`);
}

/**
 * What can be waited for like a promise. Only for what Hotpath itself has asked for: to look at a `then` of the program's
 * may run code, see `settlement.ts`.
 *
 * @module
 */

/** Whether something is a promise, or can be waited for like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" || typeof value === "function") && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

/**
 * Values that can be awaited like a promise. Only for results of Hotpath's own calls: reading `then` of a program's value
 * may run code, see `settlement.ts`.
 *
 * @module
 */

/** Whether a value is a promise, or can be awaited like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" || typeof value === "function") && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

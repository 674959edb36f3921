/**
 * What happens when a result that may be a promise has come.
 *
 * @module
 */

/** Whether something is a promise, or can be waited for like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" || typeof value === "function") && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

/**
 * Does something when a promise settles. Gives the derived promise, so that a rejection that nobody handles is still
 * reported as such.
 */
export function whenSettled(
  promise: PromiseLike<unknown>,
  onFulfilled: () => void,
  onRejected: () => void,
): PromiseLike<unknown> {
  // A `then` of someone else's may give nothing back, or throw; a promise around it does neither.
  const settling = promise instanceof Promise ? promise : Promise.resolve(promise);
  return settling.then(
    (value) => {
      onFulfilled();
      return value;
    },
    (error) => {
      onRejected();
      throw error;
    },
  );
}

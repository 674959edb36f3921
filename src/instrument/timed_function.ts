/**
 * Proxies of functions, which time each call and otherwise behave like the function.
 *
 * @module
 */

import { checkFunction } from "../check/checks.ts";
import { isPromise, markReplacement, returnsNewPromises, whenSettled } from "./settlement.ts";

/** The part of a timer that a timed function uses. */
export interface StartEnd {
  /** Starts a timing; returns its token. */
  start(): number;
  /** Ends the timing of a token. */
  end(start: number): void;
}

/**
 * Returns a proxy that times each call of a function. As a proxy it shares all properties, present and future, and can be
 * called with `new` only if the function can.
 *
 * @param operation Function to time
 * @param timerOf Returns the timer of a call from its `this`
 */
export function timedFunction<This, Args extends unknown[], Result>(
  operation: (this: This, ...args: Args) => Result,
  timerOf: (self: This) => StartEnd,
): (this: This, ...args: Args) => Result {
  checkFunction({ action: "time a function", path: "operation" }, operation);
  const isNew = returnsNewPromises(operation);
  const timed = new Proxy(operation, {
    apply(target, self: This, args: Args): Result {
      const timer = timerOf(self);
      const start = timer.start();
      let result: Result;
      try {
        result = Reflect.apply(target, self, args);
      } catch (error) {
        timer.end(start);
        throw error;
      }
      const followed = isPromise(result) ? endWhenSettled(timer, start, result, isNew) : undefined;
      if (followed !== undefined) return followed as Result;
      timer.end(start);
      return result;
    },
    construct(target, args: Args, newTarget): object {
      const timer = timerOf(undefined as This);
      const start = timer.start();
      try {
        return Reflect.construct(target, args, newTarget === timed ? target : newTarget);
      } finally {
        timer.end(start);
      }
    },
  });
  if (isNew) markReplacement(timed);
  return timed;
}

/**
 * Ends a timing when a promise settles. A separate function, because variables that a closure captures are allocated at
 * each call.
 */
function endWhenSettled(
  timer: StartEnd,
  start: number,
  promise: Promise<unknown>,
  isNew: boolean,
): Promise<unknown> | undefined {
  const end = () => timer.end(start);
  return whenSettled(promise, isNew, end, end);
}

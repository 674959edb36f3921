/**
 * Functions that are timed at each call, and otherwise what they were.
 *
 * @module
 */

import { checkFunction } from "../check/checks.ts";
import { givesNewPromises, isPromise, standsIn, whenSettled } from "./settlement.ts";

/** The two calls of a timer that a timed function makes. */
export interface StartEnd {
  /** Starts a timing. */
  start(): number;
  /** Ends the timing that started then. */
  end(start: number): void;
}

/**
 * A function that does what `operation` does, timed. It is a proxy, so that the two share all properties, now and later,
 * and only what can be constructed can be constructed.
 *
 * @param operation What is timed
 * @param timerOf Finds the timer, at each call, from the call's `this`
 */
export function timedFunction<This, Args extends unknown[], Result>(
  operation: (this: This, ...args: Args) => Result,
  timerOf: (self: This) => StartEnd,
): (this: This, ...args: Args) => Result {
  checkFunction({ action: "time a function", path: "operation" }, operation);
  const isNew = givesNewPromises(operation);
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
  if (isNew) standsIn(timed);
  return timed;
}

/** Ends a timing when a promise settles. Apart, because what a closure may capture is allocated at each call. */
function endWhenSettled(
  timer: StartEnd,
  start: number,
  promise: Promise<unknown>,
  isNew: boolean,
): Promise<unknown> | undefined {
  const end = () => timer.end(start);
  return whenSettled(promise, isNew, end, end);
}

/**
 * The `@timed` decorator.
 *
 * @module
 */

import { typeError } from "../check/errors.ts";
import { NOOP_INSTRUMENT } from "./noop.ts";
import { timedFunction } from "./timed_function.ts";
import type { Timer } from "./timer.ts";

/**
 * Returns a decorator that times every call of a method, even one that throws. If the method returns a promise, the
 * timing ends when that settles, as described at {@linkcode Timer.wrap}.
 *
 * It is a standard (TC39) decorator; no compiler option is needed.
 *
 * @param timer Timer, or a function that finds it on the instance at each call; if it throws or returns none, the call
 * is not timed
 * @throws {TypeError} If it decorates something that is not a method
 *
 * @example One timer for the class, one on the instance
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMetrics, timed, type Timer } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const execution = metrics.timer("order_execution");
 *
 * class Executor {
 *   constructor(readonly latency: Timer) {}
 *
 *   @timed(execution)
 *   execute(order: string) {
 *     return Promise.resolve(`sent ${order}`);
 *   }
 *
 *   @timed((self: Executor) => self.latency)
 *   cancel() {}
 * }
 *
 * const executor = new Executor(metrics.timer("order_cancel"));
 * assertEquals(await executor.execute("buy"), "sent buy");
 * executor.cancel();
 * const counts = (await metrics.snapshot()).metrics.map(({ series: [it] }) => "count" in it && it.count);
 * assertEquals(counts, [1, 1]);
 * ```
 */
export function timed<This>(timer: Timer | ((self: This) => Timer)): TimedDecorator<This> {
  const timerOf = typeof timer === "function" ? (self: This) => findTimer(timer, self) : () => timer;
  return <Self extends This, Args extends unknown[], Result>(
    method: (this: Self, ...args: Args) => Result,
    context: ClassMethodDecoratorContext<Self, (this: Self, ...args: Args) => Result>,
  ): (this: Self, ...args: Args) => Result => {
    if (context?.kind !== "method") {
      throw typeError("apply @timed", "its target", "be a method", context?.kind ?? "no decorator context");
    }
    return timedFunction(method, timerOf);
  };
}

/**
 * Finds the timer of a call. A method that is called on a foreign object, or before its timer exists, is not timed and
 * must not fail.
 */
function findTimer<This>(find: (self: This) => Timer, self: This): Timer {
  try {
    const timer = find(self);
    return typeof timer?.start === "function" ? timer : NOOP_INSTRUMENT;
  } catch {
    return NOOP_INSTRUMENT;
  }
}

/** Decorator for methods of `This`, see {@linkcode timed}. */
export type TimedDecorator<This> = <Self extends This, Args extends unknown[], Result>(
  method: (this: Self, ...args: Args) => Result,
  context: ClassMethodDecoratorContext<Self, (this: Self, ...args: Args) => Result>,
) => (this: Self, ...args: Args) => Result;

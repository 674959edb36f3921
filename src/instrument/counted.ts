/**
 * The `@counted` decorator.
 *
 * @module
 */

import { typeError } from "../check/errors.ts";
import type { Counter } from "./counter.ts";
import { markReplacement, returnsNewPromises } from "./settlement.ts";

/**
 * Returns a decorator that counts every call of a method when it starts, even one that throws. Results are returned
 * unchanged.
 *
 * It is a standard (TC39) decorator; no compiler option is needed.
 *
 * @param counter Counter, or a function that finds it on the instance at each call; if it throws or returns none, the
 * call is not counted
 * @throws {TypeError} If it decorates something that is not a method
 *
 * @example One counter for the class, one on the instance
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { counted, type Counter, createMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const submitted = metrics.counter("orders_submitted_total");
 *
 * class Executor {
 *   constructor(readonly cancelled: Counter) {}
 *
 *   @counted(submitted)
 *   submit(order: string) {
 *     return `sent ${order}`;
 *   }
 *
 *   @counted((self: Executor) => self.cancelled)
 *   cancel() {}
 * }
 *
 * const executor = new Executor(metrics.counter("orders_cancelled_total"));
 * assertEquals(executor.submit("buy"), "sent buy");
 * executor.cancel();
 * const values = (await metrics.snapshot()).metrics.map(({ series: [it] }) => "value" in it && it.value);
 * assertEquals(values, [1, 1]);
 * ```
 */
export function counted<This>(counter: Counter | ((self: This) => Counter)): CountedDecorator<This> {
  return <Self extends This, Args extends unknown[], Result>(
    method: (this: Self, ...args: Args) => Result,
    context: ClassMethodDecoratorContext<Self, (this: Self, ...args: Args) => Result>,
  ): (this: Self, ...args: Args) => Result => {
    if (context?.kind !== "method") {
      throw typeError("apply @counted", "its target", "be a method", context?.kind ?? "no decorator context");
    }
    // A proxy shares name, length and properties of the method.
    const replacement = new Proxy(method, {
      apply(target, self: Self, args: Args): Result {
        if (typeof counter === "function") countOn(counter, self);
        else counter.inc();
        return Reflect.apply(target, self, args);
      },
    });
    if (returnsNewPromises(method)) markReplacement(replacement);
    return replacement;
  };
}

/**
 * Counts a call on the counter of its instance. A method that is called on a foreign object, or before its counter
 * exists, is not counted and must not fail.
 */
function countOn<This>(find: (self: This) => Counter, self: This): void {
  try {
    find(self)?.inc();
  } catch {
    // There is no counter.
  }
}

/** Decorator for methods of `This`, see {@linkcode counted}. */
export type CountedDecorator<This> = <Self extends This, Args extends unknown[], Result>(
  method: (this: Self, ...args: Args) => Result,
  context: ClassMethodDecoratorContext<Self, (this: Self, ...args: Args) => Result>,
) => (this: Self, ...args: Args) => Result;

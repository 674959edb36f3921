/**
 * Follows promises to their ends without the program being able to tell.
 *
 * A handler of our own would mark a promise as handled, and a rejection that nobody else handles would never be reported.
 * The language does not say whether a promise has handlers. So there are two ways:
 *
 * - The promise of an async function is new and nobody has seen it: a derived one takes its place, and is handled or not by
 *   whoever gets it.
 * - Any other promise stays what it is until it is used. `await`, `then` and all that is built on them read its
 *   `constructor` first, so until then it has a prototype that inherits from its own and has a getter there. With the first
 *   use it gets its own prototype back, and our handler in front of the program's, which handles the promise from then on.
 *
 * @module
 */

import * as types from "node:util/types";

/** What is called with the value or reason. It must not throw. */
export type OnSettled = (outcome: unknown) => void;

type Handlers = readonly [onFulfilled: OnSettled, onRejected: OnSettled];

const { then } = Promise.prototype;
/** Handlers that wait for the first use of one promise. A program may return the same one for ever and never use it. */
const WAITING_MAX = 1_000;
/** The handlers that are added when a promise is used. */
const waiting: WeakMap<object, Handlers[]> = new WeakMap();
/** By the prototype that they stand before. */
const watchedPrototypes: WeakMap<object, object> = new WeakMap();
/** What stands in for functions whose promises are new. */
const standIns: WeakSet<object> = new WeakSet();
/** Whether a handler of ours is being added, which must neither count as use nor make a promise of a subclass. */
let isAdding = false;

/** Whether something is a promise of the language. What only has a `then` may begin its work when that is called. */
export const isPromise: (value: unknown) => value is Promise<unknown> = types.isPromise;

/** Whether something may be waited for that is no promise, found out without running any code of it. */
export function mayBeLazy(value: unknown): boolean {
  return ((typeof value === "object" && value !== null) || typeof value === "function") && !types.isProxy(value) &&
    !isPromise(value) && "then" in value;
}

/** Whether each promise that a function returns is new, and seen by nobody else. */
export function givesNewPromises(operation: unknown): boolean {
  return types.isAsyncFunction(operation) || standIns.has(operation as object);
}

/** Says of a function that it returns what another returns, or a promise in its place. */
export function standsIn(standIn: object): void {
  standIns.add(standIn);
}

/**
 * Calls back when a promise settles; of one that is not new, only once the program uses it.
 *
 * @param promise What is followed
 * @param isNew Whether nobody can have seen it yet, see {@linkcode givesNewPromises}
 * @returns What the program is to have: the promise itself, or one in place of a new one; `undefined` if it cannot be
 * followed, because it is frozen, or was handed out a thousand times and not used
 */
export function whenSettled(
  promise: Promise<unknown>,
  isNew: boolean,
  onFulfilled: OnSettled,
  onRejected: OnSettled,
): Promise<unknown> | undefined {
  if (isNew) return derive(promise, onFulfilled, onRejected);
  const handlers = waiting.get(promise) ?? watch(promise);
  if (handlers === undefined || handlers.length >= WAITING_MAX) return undefined;
  handlers.push([onFulfilled, onRejected]);
  return promise;
}

function derive(promise: Promise<unknown>, onFulfilled: OnSettled, onRejected: OnSettled): Promise<unknown> {
  return Reflect.apply(then, promise, [
    (value: unknown) => {
      onFulfilled(value);
      return value;
    },
    (reason: unknown) => {
      onRejected(reason);
      throw reason;
    },
  ]);
}

/** Has the first use of a promise noticed. */
function watch(promise: Promise<unknown>): Handlers[] | undefined {
  const prototype: object | null = Object.getPrototypeOf(promise);
  if (prototype === null || Object.hasOwn(promise, "constructor")) return undefined;
  if (!Reflect.setPrototypeOf(promise, watchedPrototype(prototype))) return undefined;
  const handlers: Handlers[] = [];
  waiting.set(promise, handlers);
  return handlers;
}

function watchedPrototype(prototype: object): object {
  let watched = watchedPrototypes.get(prototype);
  if (watched === undefined) {
    watched = Object.create(prototype, {
      constructor: {
        configurable: true,
        get(): unknown {
          if (isAdding) return Promise;
          addHandlers(this, prototype);
          return Reflect.get(prototype, "constructor", this);
        },
        set(constructor: unknown): void {
          addHandlers(this, prototype);
          Reflect.set(prototype, "constructor", constructor, this);
        },
      },
    }) as object;
    watchedPrototypes.set(prototype, watched);
  }
  return watched;
}

/** The program uses a promise. */
function addHandlers(promise: Promise<unknown>, prototype: object): void {
  const handlers = waiting.get(promise);
  if (handlers === undefined) return;
  waiting.delete(promise);
  isAdding = true;
  try {
    // Not the promise's own `then`, which may do more.
    for (const each of handlers) Reflect.apply(then, promise, each);
  } finally {
    isAdding = false;
    Reflect.setPrototypeOf(promise, prototype);
  }
}

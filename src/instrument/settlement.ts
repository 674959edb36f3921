/**
 * Follows promises until they settle, without any effect on the program.
 *
 * An extra handler would mark a promise as handled, and a rejection that the program does not handle would never be
 * reported. The language does not reveal whether a promise has handlers. So there are two ways:
 *
 * - The promise of an async function is new, and the program has not seen it: a derived one replaces it, which the program
 *   handles or not.
 * - Any other promise is unchanged until it is used. `await`, `then` and all that is built on them read its `constructor`
 *   first, so until then it has a prototype that inherits from the original one, with a getter there. The first use
 *   restores the original prototype, and adds our handler before that of the program, which handles the promise from then
 *   on.
 *
 * @module
 */

import * as types from "node:util/types";

/** Called with the value or reason. Must not throw. */
export type OnSettled = (outcome: unknown) => void;

type Handlers = readonly [onFulfilled: OnSettled, onRejected: OnSettled];

const { then } = Promise.prototype;
/** Largest number of handlers that wait for the first use of one promise: a program may return the same one forever. */
const WAITING_MAX = 1_000;
/** Handlers to add when a promise is used. */
const waiting: WeakMap<object, Handlers[]> = new WeakMap();
/** Watched prototype by the original one. */
const watchedPrototypes: WeakMap<object, object> = new WeakMap();
/** Replacements of functions whose promises are new. */
const replacements: WeakSet<object> = new WeakSet();
/** Whether our handlers are being added, which must neither count as a use nor create a promise of a subclass. */
let isAdding = false;

/**
 * Whether a value is a native promise. Any other object with a `then` method may start its work when that is called.
 */
export const isPromise: (value: unknown) => value is Promise<unknown> = types.isPromise;

/** Whether a value is not a promise but may be awaited, determined without running any of its code. */
export function mayBeLazy(value: unknown): boolean {
  return ((typeof value === "object" && value !== null) || typeof value === "function") && !types.isProxy(value) &&
    !isPromise(value) && "then" in value;
}

/** Whether each promise that a function returns is new, and not referenced elsewhere. */
export function returnsNewPromises(operation: unknown): boolean {
  return types.isAsyncFunction(operation) || replacements.has(operation as object);
}

/** Marks a function that replaces another one whose promises are new. */
export function markReplacement(replacement: object): void {
  replacements.add(replacement);
}

/**
 * Calls back when a promise settles; if it is not new, only once the program uses it.
 *
 * @param promise Promise to follow
 * @param isNew Whether the program cannot have seen it yet, see {@linkcode returnsNewPromises}
 * @returns The promise for the program: the same, or a replacement of a new one; `undefined` if it cannot be followed,
 * because it is frozen, or was returned a thousand times and never used
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

/** Watches a promise for its first use. */
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

/** Adds the waiting handlers, because the program uses the promise. */
function addHandlers(promise: Promise<unknown>, prototype: object): void {
  const handlers = waiting.get(promise);
  if (handlers === undefined) return;
  waiting.delete(promise);
  isAdding = true;
  try {
    // Not the `then` of the promise, which may be overridden.
    for (const each of handlers) Reflect.apply(then, promise, each);
  } finally {
    isAdding = false;
    Reflect.setPrototypeOf(promise, prototype);
  }
}

/**
 * Tells when a promise settles without the program being able to tell that somebody listens.
 *
 * A handler of our own would mark the promise as handled, and a rejection that nobody else handles would never be
 * reported. The language does not say whether a promise has handlers, but `await`, `then` and all that is built on them
 * read the promise's `constructor` first. So a promise that is followed has, until it is first used, a prototype that
 * inherits from its own and has a getter there. On first use it gets its own prototype back, and the handler is added in
 * front of the program's, which handles the promise from then on.
 *
 * The promise of an async function is new at each call, so nobody can have handled it before. It gets its handler at
 * once, and a second promise, the mirror, rejects in its place as long as nobody uses it.
 *
 * @module
 */

import * as types from "node:util/types";

/** What is called with the value or reason. It must not throw. */
export type OnSettled = (outcome: unknown) => void;

interface Watch {
  /** Rejects as the promise does; handled once the promise is used. `undefined` if no handler was added yet. */
  mirror: Promise<unknown> | undefined;
  /** The handlers that are added when the promise is used. */
  readonly waiting: (readonly [onFulfilled: OnSettled, onRejected: OnSettled])[];
}

const { then } = Promise.prototype;
const watches: WeakMap<object, Watch> = new WeakMap();
/** By the prototype that they stand before. */
const watchedPrototypes: WeakMap<object, object> = new WeakMap();
/** Whether a handler of ours is being added, which must neither count as use nor make a promise of a subclass. */
let isAdding = false;

/** Whether something is a promise of the language. What only has a `then` may begin its work when that is called. */
export const isPromise: (value: unknown) => value is Promise<unknown> = types.isPromise;

/** Whether something may be waited for that is no promise, found out without running any code of it. */
export function mayBeLazy(value: unknown): boolean {
  return ((typeof value === "object" && value !== null) || typeof value === "function") && !types.isProxy(value) &&
    !isPromise(value) && "then" in value;
}

/** Whether a function gives a new promise at each call. */
export const isAsyncFunction: (operation: unknown) => boolean = types.isAsyncFunction;

/** Whether a promise is followed to its end even if the program never uses it. */
export function isFollowedUnused(promise: Promise<unknown>, isNew: boolean): boolean {
  return isNew || watches.get(promise)?.mirror !== undefined;
}

/**
 * Calls back when a promise settles; of one that is not new, only once the program uses it.
 *
 * @param promise What is followed; it stays the same object and is reported as unhandled when it would have been
 * @param isNew Whether nobody can have seen it yet, see {@linkcode isAsyncFunction}
 * @returns Whether it can be followed; one that is frozen cannot
 */
export function whenSettled(
  promise: Promise<unknown>,
  isNew: boolean,
  onFulfilled: OnSettled,
  onRejected: OnSettled,
): boolean {
  const watch = watches.get(promise) ?? beginWatch(promise);
  if (watch === undefined) return false;
  if (watch.mirror !== undefined) addHandlers(promise, onFulfilled, onRejected);
  else if (isNew) watch.mirror = mirror(promise, onFulfilled, onRejected);
  else watch.waiting.push([onFulfilled, onRejected]);
  return true;
}

function beginWatch(promise: Promise<unknown>): Watch | undefined {
  const prototype: object | null = Object.getPrototypeOf(promise);
  if (prototype === null || Object.hasOwn(promise, "constructor")) return undefined;
  if (!Reflect.setPrototypeOf(promise, watchedPrototype(prototype))) return undefined;
  const watch: Watch = { mirror: undefined, waiting: [] };
  watches.set(promise, watch);
  return watch;
}

function watchedPrototype(prototype: object): object {
  let watched = watchedPrototypes.get(prototype);
  if (watched === undefined) {
    watched = Object.create(prototype, {
      constructor: {
        configurable: true,
        get(): unknown {
          if (isAdding) return Promise;
          endWatch(this, prototype);
          return Reflect.get(prototype, "constructor", this);
        },
        set(constructor: unknown): void {
          endWatch(this, prototype);
          Reflect.set(prototype, "constructor", constructor, this);
        },
      },
    }) as object;
    watchedPrototypes.set(prototype, watched);
  }
  return watched;
}

/** The program uses the promise. */
function endWatch(promise: Promise<unknown>, prototype: object): void {
  const watch = watches.get(promise);
  if (watch === undefined) return;
  watches.delete(promise);
  if (watch.mirror !== undefined) addHandlers(watch.mirror, ignore, ignore);
  for (const [onFulfilled, onRejected] of watch.waiting) addHandlers(promise, onFulfilled, onRejected);
  Reflect.setPrototypeOf(promise, prototype);
}

function mirror(promise: Promise<unknown>, onFulfilled: OnSettled, onRejected: OnSettled): Promise<unknown> {
  return addHandlers(promise, onFulfilled, (reason) => {
    onRejected(reason);
    throw reason;
  });
}

function addHandlers(promise: Promise<unknown>, onFulfilled: OnSettled, onRejected: OnSettled): Promise<unknown> {
  isAdding = true;
  try {
    // Not the promise's own `then`, which may do more.
    return Reflect.apply(then, promise, [onFulfilled, onRejected]);
  } finally {
    isAdding = false;
  }
}

function ignore(): void {}

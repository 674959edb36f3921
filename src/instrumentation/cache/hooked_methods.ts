/**
 * Replacements for a cache's methods: each calls the original on the cache and records the outcome.
 *
 * A method may call other methods of the same cache, as a handwritten LRU cache deletes and sets an entry that is read.
 * Such nested calls are internal to the cache and not counted. A callback of the program (to load a missing value) may
 * use the cache again, and that is counted.
 *
 * @module
 */

import type { Counter } from "../../instrument/counter.ts";
import { isPromise, mayBeLazy, returnsNewPromises, whenSettled } from "../../instrument/settlement.ts";
import type { Timer } from "../../instrument/timer.ts";
import type { CacheSeries } from "./cache_series.ts";
import { type CacheTraits, type Contents, type Method, methodOf } from "./cache_traits.ts";

/** Counts the outcome of a call, from its first two arguments and its result. */
type Tally = (first: unknown, second: unknown, result: unknown) => void;

/** Whether a method of the cache is running. */
interface Guard {
  isInside: boolean;
}

/** Instruments of an operation. */
interface Measures {
  readonly timer: Timer;
  readonly errors: Counter;
}

/** Replacement of a method. */
interface Hook {
  readonly guard: Guard;
  /** Binds the series on the first call, because programs use few of a cache's methods. */
  readonly bind: () => Measures;
  readonly tally: Tally;
  /** Whether nested calls to the same cache are not counted. */
  readonly isGuarding: boolean;
  /** Whether a returned promise is the outcome of the call. */
  readonly isAsynchronous: boolean;
  /** Whether a list of keys is forwarded to the `…Many` method, which counts it. */
  readonly forwardsLists: boolean;
}

/** Returns replacements for the methods of a cache, by name. */
export function hookedMethods(
  cache: object,
  traits: CacheTraits,
  series: CacheSeries,
  isTimed: boolean,
): Map<string, Method> {
  const { loading, contents } = traits;
  const guard: Guard = { isInside: false };
  const hooked = new Map<string, Method>();
  for (const [name, tally] of Object.entries(talliesOf(cache, traits, series))) {
    const method = methodOf(cache, name);
    if (method === undefined) continue;
    const isLoading = loading.includes(name);
    let replacement = measured(method, {
      guard,
      bind: () => ({ timer: series.timer(name, isTimed), errors: series.errors(name) }),
      tally,
      // Keyv's method calls `has` asynchronously for each key; those calls cannot be distinguished from the program's.
      isGuarding: !isLoading && name !== "hasMany",
      isAsynchronous: traits.isAsynchronous || (isLoading && name !== "memo"),
      forwardsLists: ["get", "has", "delete"].includes(name) && methodOf(cache, `${name}Many`) !== undefined,
    });
    if (isLoading) replacement = lookedUp(replacement, guard, traits, series);
    if (contents !== undefined && (isLoading || name === "set")) {
      replacement = evicting(replacement, guard, contents, series.evictions());
    }
    hooked.set(name, likened(replacement, method));
  }
  return hooked;
}

function talliesOf(cache: object, traits: CacheTraits, series: CacheSeries): Readonly<Record<string, Tally>> {
  const { isHit, isUndefinedDeletion, loading } = traits;
  const none: Tally = () => {};
  const lookup: Tally = (key, _, value) => series.countLookup(isHit(key, value));
  const lookupMany: Tally = (keys, _, values) => {
    if (!Array.isArray(keys) || !Array.isArray(values)) return;
    keys.forEach((key, index) => series.countLookup(isHit(key, values[index])));
  };
  const set: Tally = (_, value, result) => {
    if (isUndefinedDeletion && value === undefined) series.countDeletes(1);
    // Keyv returns false if its store failed.
    else if (result !== false) series.countSets(1);
  };
  const setMany: Tally = (entries, _, results) => {
    const failed = Array.isArray(results) ? results.filter((result) => result === false).length : 0;
    if (Array.isArray(entries)) series.countSets(entries.length - failed);
  };
  const add: Tally = () => series.countSets(1);
  const remove: Tally = () => series.countDeletes(1);
  const removeMany: Tally = (keys) => {
    if (Array.isArray(keys)) series.countDeletes(keys.length);
  };
  return {
    ...{ get: lookup, getRaw: lookup, getMany: lookupMany, getManyRaw: lookupMany, has: none, hasMany: none },
    ...{ set, setMany, delete: remove, deleteMany: removeMany, clear: none },
    // The Web Cache API; in other caches these names have other meanings.
    ...(methodOf(cache, "match") !== undefined && { match: lookup, put: add, add, addAll: setMany }),
    ...Object.fromEntries(loading.map((name) => [name, none])),
  };
}

/** Times each call and counts its outcome. */
function measured(method: Method, hook: Hook): Method {
  const { guard, bind, tally, isGuarding, isAsynchronous, forwardsLists } = hook;
  const isNew = returnsNewPromises(method);
  let measures: Measures | undefined;
  return function (this: unknown, first?: unknown, second?: unknown): unknown {
    if (guard.isInside || (forwardsLists && Array.isArray(first))) return Reflect.apply(method, this, arguments);
    measures ??= bind();
    const { timer, errors } = measures;
    const start = timer.start();
    let result: unknown;
    guard.isInside = isGuarding;
    try {
      // The first is equivalent to Reflect.apply, but faster.
      result = arguments.length === 1 ? method.call(this, first) : Reflect.apply(method, this, arguments);
    } catch (error) {
      timer.end(start);
      errors.inc();
      throw error;
    } finally {
      guard.isInside = false;
    }
    if (isAsynchronous && isPromise(result)) {
      return countWhenSettled(result, isNew, measures, start, (value) => tally(first, second, value));
    }
    timer.end(start);
    // A lazy query starts only when it is awaited, so its outcome is unknown here.
    if (!(isAsynchronous && mayBeLazy(result))) tally(first, second, result);
    return result;
  };
}

/** Counts the outcome of a promise. A promise that cannot be followed is timed to its return and counts as a miss. */
function countWhenSettled(
  promise: Promise<unknown>,
  isNew: boolean,
  { timer, errors }: Measures,
  start: number,
  count: (value: unknown) => void,
): Promise<unknown> {
  const onFulfilled = (value: unknown) => {
    timer.end(start);
    count(value);
  };
  const onRejected = () => {
    timer.end(start);
    errors.inc();
  };
  const followed = whenSettled(promise, isNew, onFulfilled, onRejected);
  if (followed === undefined) onFulfilled(undefined);
  return followed ?? promise;
}

/** Counts a hit or miss before the call, which changes the contents that distinguish them. */
function lookedUp(method: Method, guard: Guard, { isLoaded }: CacheTraits, series: CacheSeries): Method {
  return function (this: unknown, key?: unknown, options?: unknown): unknown {
    if (!guard.isInside) series.countLookup(isLoaded(key, options));
    return Reflect.apply(method, this, arguments);
  };
}

/** Counts the other entries that a call evicted. */
function evicting(method: Method, guard: Guard, contents: Contents, evictions: Counter): Method {
  return function (this: unknown, key?: unknown): unknown {
    if (guard.isInside) return Reflect.apply(method, this, arguments);
    const others = contents.size() - Number(contents.has(key));
    const result = Reflect.apply(method, this, arguments);
    // The key itself is now an entry, or was too large to be stored.
    const evicted = others + 1 - contents.size();
    if (evicted > 0) evictions.inc(contents.has(key) ? evicted : evicted - 1);
    return result;
  };
}

/** Copies the properties of a method, such as its name and length, to its replacement. */
function likened(replacement: Method, method: Method): Method {
  const { prototype: _prototype, caller: _caller, arguments: _arguments, ...properties } = Object
    .getOwnPropertyDescriptors(method) as PropertyDescriptorMap;
  return Object.defineProperties(replacement, properties);
}

/**
 * What stands in for a cache's methods: each calls the real one on the real object and says what came of it.
 *
 * A method may call others of its own object, as a handwritten cache does that deletes and sets an entry when it is
 * read. Such calls are the cache's own business, not its user's, and are left out. What a method calls of its user's
 * (to load what is missing) may use the cache again, and that counts.
 *
 * @module
 */

import type { Counter } from "../../instrument/counter.ts";
import { givesNewPromises, isPromise, mayBeLazy, whenSettled } from "../../instrument/settlement.ts";
import type { Timer } from "../../instrument/timer.ts";
import type { CacheSeries } from "./cache_series.ts";
import { type CacheTraits, type Contents, type Method, methodOf } from "./cache_traits.ts";

/** Counts what came of a call, from its first two arguments and its result. */
type Tally = (first: unknown, second: unknown, result: unknown) => void;

/** Whether a method of the cache runs now. */
interface Guard {
  isInside: boolean;
}

/** What a call is measured by. */
interface Measures {
  readonly timer: Timer;
  readonly errors: Counter;
}

/** How a method is hooked. */
interface Hook {
  readonly guard: Guard;
  /** Binds the series, at the first call: most caches can do more than they are asked for. */
  readonly bind: () => Measures;
  readonly tally: Tally;
  /** Whether what it calls of its own cache is left out. */
  readonly isGuarding: boolean;
  /** Whether a promise that it gives is settled by the outcome. */
  readonly isAsynchronous: boolean;
  /** Whether it hands a list of keys on to the method for many. */
  readonly handsOnLists: boolean;
}

/** The methods of a cache that are hooked, and what stands in for them. */
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
    let standIn = measured(method, {
      guard,
      bind: () => ({ timer: series.timer(name, isTimed), errors: series.errors(name) }),
      tally,
      // In Keyv this calls `has` again and again, and by the second time nobody knows who calls.
      isGuarding: !isLoading && name !== "hasMany",
      isAsynchronous: traits.isAsynchronous || (isLoading && name !== "memo"),
      handsOnLists: ["get", "has", "delete"].includes(name) && methodOf(cache, `${name}Many`) !== undefined,
    });
    if (isLoading) standIn = lookedUp(standIn, guard, traits, series);
    if (contents !== undefined && (isLoading || name === "set")) {
      standIn = evicting(standIn, guard, contents, series.evictions());
    }
    hooked.set(name, likened(standIn, method));
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
    // So Keyv says that its store has failed.
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
    // The Web Cache API; elsewhere these words mean other things.
    ...(methodOf(cache, "match") !== undefined && { match: lookup, put: add, add, addAll: setMany }),
    ...Object.fromEntries(loading.map((name) => [name, none])),
  };
}

/** Times each call, and counts its outcome. */
function measured(method: Method, hook: Hook): Method {
  const { guard, bind, tally, isGuarding, isAsynchronous, handsOnLists } = hook;
  const isNew = givesNewPromises(method);
  let measures: Measures | undefined;
  return function (this: unknown, first?: unknown, second?: unknown): unknown {
    if (guard.isInside || (handsOnLists && Array.isArray(first))) return Reflect.apply(method, this, arguments);
    measures ??= bind();
    const { timer, errors } = measures;
    const start = timer.start();
    let result: unknown;
    guard.isInside = isGuarding;
    try {
      // The first is what Reflect.apply does, without a detour.
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
    // Nobody knows what a query will find that begins only when it is waited for.
    if (!(isAsynchronous && mayBeLazy(result))) tally(first, second, result);
    return result;
  };
}

/** Counts the outcome of a promise. One that cannot be followed is timed to its return, and counts as nothing found. */
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

/** Counts hit or miss before a method changes what tells them apart. */
function lookedUp(method: Method, guard: Guard, { isLoaded }: CacheTraits, series: CacheSeries): Method {
  return function (this: unknown, key?: unknown, options?: unknown): unknown {
    if (!guard.isInside) series.countLookup(isLoaded(key, options));
    return Reflect.apply(method, this, arguments);
  };
}

/** Counts the other entries that are gone after a call. */
function evicting(method: Method, guard: Guard, contents: Contents, evictions: Counter): Method {
  return function (this: unknown, key?: unknown): unknown {
    if (guard.isInside) return Reflect.apply(method, this, arguments);
    const others = contents.size() - Number(contents.has(key));
    const result = Reflect.apply(method, this, arguments);
    // The key itself is there now, or was too large to be let in.
    const gone = others + 1 - contents.size();
    if (gone > 0) evictions.inc(contents.has(key) ? gone : gone - 1);
    return result;
  };
}

/** Gives the properties of a method, such as its name and length, to what stands in for it. */
function likened(standIn: Method, method: Method): Method {
  const { prototype: _prototype, caller: _caller, arguments: _arguments, ...properties } = Object
    .getOwnPropertyDescriptors(method) as PropertyDescriptorMap;
  return Object.defineProperties(standIn, properties);
}

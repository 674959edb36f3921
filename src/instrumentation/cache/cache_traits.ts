/**
 * Traits of a cache, derived from its shape, so that instrumentation never calls anything that the program has not
 * called and that could change the cache.
 *
 * @module
 */

import { isMap, isWeakMap } from "node:util/types";

/** A method with any parameters. */
export type Method = (this: unknown, ...values: unknown[]) => unknown;

/** Contents of a cache, inspected without side effects such as updating recency. */
export interface Contents {
  /** Number of entries, including stale ones. */
  size(): number;
  /** Whether the cache holds a key. */
  has(key: unknown): boolean;
}

/** Traits of a cache. */
export interface CacheTraits {
  /** Whether a returned promise is the outcome of the call, rather than a stored value. */
  readonly isAsynchronous: boolean;
  /** Whether a lookup found a value. */
  readonly isHit: (key: unknown, value: unknown) => boolean;
  /** Whether setting a key to `undefined` deletes it. */
  readonly isUndefinedDeletion: boolean;
  /** Contents by which evictions are detected; `undefined` if they cannot be, or never happen. */
  readonly contents: Contents | undefined;
  /** Methods that load missing values, so that their result does not distinguish a hit from a miss. */
  readonly loading: readonly string[];
  /** Whether a loading method would find the key in the cache. */
  readonly isLoaded: (key: unknown, options: unknown) => boolean;
  /** Emitter of the errors that the cache catches itself, if it has one. */
  readonly events: ErrorEvents | undefined;
}

/** Event emitter that behaves the same with and without listeners. */
export interface ErrorEvents {
  /** Adds a listener. */
  on(event: "error", listener: () => void): void;
  /** Removes a listener. */
  off(event: "error", listener: () => void): void;
}

interface LruLike {
  readonly size: number;
  readonly fetchMethod?: unknown;
  readonly memoMethod?: unknown;
  peek(key: unknown, options?: { readonly allowStale: boolean }): unknown;
  getRemainingTTL(key: unknown): number;
}

const MAP_SIZE = Object.getOwnPropertyDescriptor(Map.prototype, "size")!.get!;

const UNKNOWN: CacheTraits = {
  isAsynchronous: true,
  isHit: (_key, value) => value !== undefined && value !== null,
  isUndefinedDeletion: false,
  contents: undefined,
  loading: [],
  isLoaded: () => false,
  events: undefined,
};

/** Returns the traits of a cache. */
export function traitsOf(cache: object): CacheTraits {
  // A proxy of a map does not count: the methods of Map throw on it.
  if (isMap(cache) || isWeakMap(cache)) return mapTraits(cache);
  if (isLruLike(cache)) return lruTraits(cache);
  return otherTraits(cache);
}

/** Returns the method of a name; `undefined` if there is none. */
export function methodOf(cache: object, name: string): Method | undefined {
  const method: unknown = Reflect.get(cache, name);
  return typeof method === "function" ? method as Method : undefined;
}

/** Returns the traits of a map, in which a stored `undefined` is a hit, as is a stored promise. */
function mapTraits(cache: Map<unknown, unknown> | WeakMap<WeakKey, unknown>): CacheTraits {
  // Not the cache's own method, which may have side effects.
  const has: Method = isMap(cache) ? Map.prototype.has : WeakMap.prototype.has as Method;
  // A plain map keeps everything; a subclass may evict other entries when one is set.
  const evicts = isMap(cache) && cache.set !== Map.prototype.set;
  return {
    ...UNKNOWN,
    isAsynchronous: false,
    isHit: (key, value) => value !== undefined || has.call(cache, key) === true,
    contents: evicts ? { size: () => MAP_SIZE.call(cache), has: (key) => has.call(cache, key) === true } : undefined,
  };
}

/** Returns the traits of `lru-cache` since version 7. */
function lruTraits(cache: LruLike): CacheTraits {
  const stale = { allowStale: true };
  const isFetching = cache.fetchMethod !== undefined;
  return {
    ...UNKNOWN,
    isAsynchronous: false,
    isHit: (_key, value) => value !== undefined,
    isUndefinedDeletion: true,
    contents: {
      size: () => cache.size,
      // An entry that is still being fetched has no value to peek at, but occupies a place.
      has: (key) => cache.peek(key, stale) !== undefined || (isFetching && cache.getRemainingTTL(key) !== 0),
    },
    loading: [...(isFetching ? ["fetch", "forceFetch"] : []), ...(cache.memoMethod === undefined ? [] : ["memo"])],
    isLoaded: (key, options) =>
      (options as { forceRefresh?: boolean } | undefined)?.forceRefresh !== true && cache.peek(key) !== undefined,
  };
}

function otherTraits(cache: object): CacheTraits {
  const canStoreNull = methodOf(cache, "getRaw") !== undefined;
  return {
    ...UNKNOWN,
    ...(canStoreNull && { isHit: (_key: unknown, value: unknown) => value !== undefined }),
    events: isKeyvLike(cache) ? cache : undefined,
  };
}

function isLruLike(cache: object): cache is LruLike {
  return methodOf(cache, "peek") !== undefined && methodOf(cache, "getRemainingTTL") !== undefined &&
    typeof Reflect.get(cache, "size") === "number";
}

/**
 * Whether a cache is Keyv, the only one known to behave the same with a listener; other emitters throw an error that
 * has no listener.
 */
function isKeyvLike(cache: object): cache is ErrorEvents {
  return ["getManyRaw", "on", "off"].every((name) => methodOf(cache, name) !== undefined) &&
    ["opts", "store", "throwOnErrors"].every((name) => name in cache);
}

/**
 * What can be told of a cache by its looks, so that it is never asked for anything that its user has not asked for and
 * that could change it.
 *
 * @module
 */

import { isMap, isWeakMap } from "node:util/types";

/** A method, whatever it takes. */
export type Method = (this: unknown, ...values: unknown[]) => unknown;

/** What a cache holds, seen without touching it. */
export interface Contents {
  /** How many entries there are, stale ones included. */
  size(): number;
  /** Whether a key is one of them. */
  has(key: unknown): boolean;
}

/** How a cache behaves. */
export interface CacheTraits {
  /** Whether a promise stands for the outcome of a call; else it is a value like any other. */
  readonly isAsynchronous: boolean;
  /** Whether a look-up has found something. */
  readonly isHit: (key: unknown, value: unknown) => boolean;
  /** Whether to set a key to `undefined` means to delete it. */
  readonly isUndefinedDeletion: boolean;
  /** Where evictions can be seen; `undefined` if they cannot, or there are none. */
  readonly contents: Contents | undefined;
  /** Methods that load what is missing, by which a hit cannot be told from a miss. */
  readonly loading: readonly string[];
  /** Whether such a method would find a key in the cache. */
  readonly isLoaded: (key: unknown, options: unknown) => boolean;
  /** Where it tells the errors that it catches by itself, if it does. */
  readonly events: ErrorEvents | undefined;
}

/** An emitter of events that does without listeners. */
export interface ErrorEvents {
  /** Listens. */
  on(event: "error", listener: () => void): void;
  /** Listens no more. */
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

/** The traits of a cache. */
export function traitsOf(cache: object): CacheTraits {
  // A proxy of a map is none: the methods of maps refuse it.
  if (isMap(cache) || isWeakMap(cache)) return mapTraits(cache);
  if (isLruLike(cache)) return lruTraits(cache);
  return otherTraits(cache);
}

/** The method of a name; `undefined` if there is none. */
export function methodOf(cache: object, name: string): Method | undefined {
  const method: unknown = Reflect.get(cache, name);
  return typeof method === "function" ? method as Method : undefined;
}

/** A stored `undefined` is a hit, and so is a promise. */
function mapTraits(cache: Map<unknown, unknown> | WeakMap<WeakKey, unknown>): CacheTraits {
  // Not the cache's own, which may do more than look.
  const has: Method = isMap(cache) ? Map.prototype.has : WeakMap.prototype.has as Method;
  // A plain map keeps everything; one that is more than that may let go of other entries when one is set.
  const evicts = isMap(cache) && cache.set !== Map.prototype.set;
  return {
    ...UNKNOWN,
    isAsynchronous: false,
    isHit: (key, value) => value !== undefined || has.call(cache, key) === true,
    contents: evicts ? { size: () => MAP_SIZE.call(cache), has: (key) => has.call(cache, key) === true } : undefined,
  };
}

/** As `lru-cache` from version 7 on. */
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
      // An entry that is still being fetched has nothing to peek at, but takes its place.
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

/** Only of Keyv it is known that a listener changes nothing; elsewhere an error that nobody listens to may be thrown. */
function isKeyvLike(cache: object): cache is ErrorEvents {
  return ["getManyRaw", "on", "off"].every((name) => methodOf(cache, name) !== undefined) &&
    ["opts", "store", "throwOnErrors"].every((name) => name in cache);
}

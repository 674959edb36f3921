/**
 * Instruments caches by replacing methods on the object itself, so that it keeps its identity and private fields.
 * `unhook` restores the original methods.
 *
 * @module
 */

import { checkBoolean, checkFilled, checkMethods, orDefault } from "../../check/checks.ts";
import { typeError } from "../../check/errors.ts";
import { checkOptions } from "../../check/options.ts";
import { CacheFamilies, type CacheInstruments } from "./cache_series.ts";
import { type Method, methodOf, traitsOf } from "./cache_traits.ts";
import { hookedMethods } from "./hooked_methods.ts";

/** Options of {@linkcode instrumentCache}. */
export interface InstrumentCacheOptions {
  /** Value of the label `cache`. Caches of the same name share their series: counts and sizes add up. */
  readonly name: string;
  /**
   * Whether operations are timed, at two clock reads each. They are counted either way.
   *
   * @default {true}
   */
  readonly timings?: boolean;
}

/** An instrumented cache. */
export interface HookedCache {
  /** Restores the cache, and removes the series if no other cache has its name. A second call has no effect. */
  unhook(): void;
}

const ACTION = "instrument a cache";
const OPTIONS = { name: checkFilled(), timings: orDefault(checkBoolean, true) };
const checkMaker = checkMethods("come from createMetrics", "counter", "gauge", "timer");

/** Caches whose methods are replaced. */
const hooked: WeakSet<object> = new WeakSet();
const familiesByMetrics: WeakMap<CacheInstruments, CacheFamilies> = new WeakMap();

/**
 * Instruments a synchronous or asynchronous cache: any object with the methods of a `Map`, such as `lru-cache` and
 * `keyv`, and the Web Cache API. Returns the same object, which behaves as before; its calls are counted and timed:
 * `cache_hits_total`, `cache_misses_total`, `cache_sets_total`, `cache_deletes_total`, `cache_evictions_total`,
 * `cache_errors_total{operation}`, `cache_hit_ratio`, `cache_size` and `cache_operation_duration_seconds{operation}`,
 * each with the label `cache`.
 *
 * - Lookups are `get`, `getRaw`, `match`, each key of `getMany`, and in `lru-cache` also `fetch` and `memo`, which are
 *   misses if they have to load; the value that they store does not count as a set. `has` and `peek` are not lookups.
 * - A lookup is a hit if it returns anything but `undefined`; in a `Map`, a stored `undefined` is a hit too. `null` is a
 *   value in a `Map`, `lru-cache` and `keyv`, and a miss in other caches.
 * - Evictions are detected in `lru-cache` and in classes that extend `Map`: other entries that a `set` removed. Expired
 *   entries are not evictions.
 * - A promise is returned unchanged. One from a method that is not `async` is measured once the program uses it
 *   (`await`, `then`). An object that is not a promise but has a `then` method is timed until it is returned and does
 *   not count as a lookup.
 * - Errors are counted and rethrown. Errors that `keyv` catches and emits as events have the operation `event`.
 * - The size is read from the property or method `size`; a cache without one has no `cache_size`.
 *
 * @param metrics Metrics that record the cache
 * @param cache Cache to instrument
 * @param options Name of the cache, and whether it is timed
 * @returns The same cache, with a method `unhook`
 * @throws {TypeError} If `cache` is not a cache, is already instrumented, or its methods cannot be replaced
 * @throws {RangeError} If the name is empty
 *
 * @example A Map
 * ```ts
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 * import { createMetrics, instrumentCache } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const prices = instrumentCache(metrics, new Map<string, number>(), { name: "prices" });
 * prices.set("BTC-USD", 64_250.5);
 * assertEquals([prices.get("BTC-USD"), prices.get("ETH-USD")], [64_250.5, undefined]);
 *
 * const text = await metrics.scrape();
 * assertStringIncludes(text, 'cache_hits_total{cache="prices"} 1');
 * assertStringIncludes(text, 'cache_hit_ratio{cache="prices"} 0.5');
 * prices.unhook();
 * ```
 */
export function instrumentCache<Cache extends object>(
  metrics: CacheInstruments,
  cache: Cache,
  options: InstrumentCacheOptions,
): Cache & HookedCache {
  const { name, timings } = checkOptions(ACTION, options, OPTIONS);
  checkCache(cache);
  const families = familiesOf(metrics);
  const series = families.join(name, cache);
  const traits = traitsOf(cache);
  const replacements = hookedMethods(cache, traits, series, timings);
  if (![...replacements.keys()].every((member) => isReplaceable(cache, member))) {
    families.leave(name, cache);
    throw typeError(ACTION, "cache", "have replaceable methods", "one with a read-only method");
  }
  const replaced = replaceMembers(cache, replacements);
  const errors = traits.events === undefined ? undefined : series.errors("event");
  const onError = () => errors?.inc();
  traits.events?.on("error", onError);
  let isHooked = true;
  const unhook = () => {
    if (!isHooked) return;
    isHooked = false;
    restoreMembers(cache, replaced);
    Reflect.deleteProperty(cache, "unhook");
    traits.events?.off("error", onError);
    hooked.delete(cache);
    families.leave(name, cache);
  };
  Object.defineProperty(cache, "unhook", { value: unhook, configurable: true });
  hooked.add(cache);
  return cache as Cache & HookedCache;
}

function checkCache(cache: unknown): asserts cache is object {
  if ((typeof cache !== "object" && typeof cache !== "function") || cache === null) {
    throw typeError(ACTION, "cache", "be an object", cache);
  }
  if (hooked.has(cache)) throw typeError(ACTION, "cache", "not already be instrumented", "an instrumented one");
  if (methodOf(cache, "get") === undefined && methodOf(cache, "match") === undefined) {
    throw typeError(ACTION, "cache", "have a method get or match", "one without");
  }
  if (!Object.isExtensible(cache)) {
    throw typeError(ACTION, "cache", "have replaceable methods", "one that is frozen, sealed or not extensible");
  }
  if ("unhook" in cache) throw typeError(ACTION, "cache", "have no member unhook", "one that has it");
}

function familiesOf(metrics: CacheInstruments): CacheFamilies {
  let families = familiesByMetrics.get(metrics);
  if (families === undefined) {
    checkMaker({ action: ACTION, path: "metrics" }, metrics);
    familiesByMetrics.set(metrics, families = new CacheFamilies(metrics));
  }
  return families;
}

/** A replaced member of a cache. */
interface ReplacedMember {
  readonly name: string;
  /** Original property; `undefined` if it was inherited. */
  readonly original: PropertyDescriptor | undefined;
  readonly replacement: Method;
}

function isReplaceable(cache: object, name: string): boolean {
  const { configurable, writable } = Object.getOwnPropertyDescriptor(cache, name) ?? { configurable: true };
  return configurable === true || writable === true;
}

function replaceMembers(cache: object, replacements: ReadonlyMap<string, Method>): ReplacedMember[] {
  return Array.from(replacements, ([name, replacement]) => {
    const original = Object.getOwnPropertyDescriptor(cache, name);
    const { enumerable = false, configurable = true } = original ?? {};
    Object.defineProperty(cache, name, { value: replacement, writable: true, enumerable, configurable });
    return { name, original, replacement };
  });
}

/** Restores the original members, except those that other code has replaced since. */
function restoreMembers(cache: object, replaced: readonly ReplacedMember[]): void {
  for (const { name, original, replacement } of replaced) {
    if (Object.getOwnPropertyDescriptor(cache, name)?.value !== replacement) continue;
    if (original === undefined) Reflect.deleteProperty(cache, name);
    // In a cache that has been frozen since, the replacements remain and record nothing.
    else Reflect.defineProperty(cache, name, original);
  }
}

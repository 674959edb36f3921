/**
 * Instruments caches: their methods are replaced on the object itself, so that it stays what it is, private fields and
 * all, and `unhook` puts everything back.
 *
 * @module
 */

import { checkBoolean, checkFilled, checkMethods, orDefault } from "../../check/checks.ts";
import { typeError } from "../../check/errors.ts";
import { checkOptions } from "../../check/options.ts";
import { CacheFamilies, type CacheInstruments } from "./cache_series.ts";
import { type Method, methodOf, traitsOf } from "./cache_traits.ts";
import { hookedMethods } from "./hooked_methods.ts";

/** What can be said of a cache that is instrumented. */
export interface InstrumentCacheOptions {
  /** The value of the label `cache`. Caches of one name share their series: counts and sizes add up. */
  readonly name: string;
  /** Whether operations are timed, by two clock reads each; `true` by default. The counts remain without. */
  readonly timings?: boolean;
}

/** A cache that is instrumented. */
export interface HookedCache {
  /** Restores the cache as it was, and removes the series if no other cache has its name. Again, it does nothing. */
  unhook(): void;
}

const ACTION = "instrument a cache";
const OPTIONS = { name: checkFilled(), timings: orDefault(checkBoolean, true) };
const checkMaker = checkMethods("come from createMetrics", "counter", "gauge", "timer");

/** Whose methods are replaced. */
const hooked: WeakSet<object> = new WeakSet();
const familiesByMetrics: WeakMap<CacheInstruments, CacheFamilies> = new WeakMap();

/**
 * Instruments a cache, synchronous or not: anything with the methods of a `Map`, such as `lru-cache` and `keyv`, and
 * the Web Cache API. The same object comes back and does what it did before; its calls are counted and timed:
 * `cache_hits_total`, `cache_misses_total`, `cache_sets_total`, `cache_deletes_total`, `cache_evictions_total`,
 * `cache_errors_total{operation}`, `cache_hit_ratio`, `cache_size` and `cache_operation_duration_seconds{operation}`,
 * each with the label `cache`.
 *
 * - A look-up is `get`, `getRaw`, `match`, each key of `getMany`, and in `lru-cache` also `fetch` and `memo`, which are
 *   misses if they have to load; what they put in is no set. `has` and `peek` are no look-ups.
 * - Found is what is not `undefined`, and in a `Map` also an `undefined` that is stored. `null` is a value in a `Map`, in
 *   `lru-cache` and `keyv`; elsewhere it is a miss.
 * - Evictions are seen in `lru-cache`, and in classes of your own that extend `Map`: the other entries that are gone
 *   after a `set`. What expires is not evicted.
 * - A promise is handed on as it is. One from a method that is not `async` counts once the program uses it (`await`,
 * `then`). What only has a method `then` is timed until it is returned and counts as no look-up.
 * - Errors are thrown on, after they were counted. Those that `keyv` catches and only tells have the operation `event`.
 * - The size is that of a property or method `size`; a cache without one has none here.
 *
 * @param metrics Where it is counted
 * @param cache The cache
 * @param options Its name, and whether it is timed
 * @returns The same cache, with a method `unhook`
 * @throws {TypeError} If it is not a cache, is instrumented already, or does not let its methods be replaced
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
  const standIns = hookedMethods(cache, traits, series, timings);
  if (![...standIns.keys()].every((member) => isReplaceable(cache, member))) {
    families.leave(name, cache);
    throw typeError(ACTION, "cache", "let its methods be replaced", "one with a method that is read-only");
  }
  const replaced = replaceMembers(cache, standIns);
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
  if (hooked.has(cache)) throw typeError(ACTION, "cache", "not be instrumented already", "one that is");
  if (methodOf(cache, "get") === undefined && methodOf(cache, "match") === undefined) {
    throw typeError(ACTION, "cache", "have a method get or match", "one without");
  }
  if (!Object.isExtensible(cache)) {
    throw typeError(ACTION, "cache", "let its methods be replaced", "one that is frozen, sealed or not extensible");
  }
  if ("unhook" in cache) throw typeError(ACTION, "cache", "have no member unhook of its own", "one that has");
}

function familiesOf(metrics: CacheInstruments): CacheFamilies {
  let families = familiesByMetrics.get(metrics);
  if (families === undefined) {
    checkMaker({ action: ACTION, path: "metrics" }, metrics);
    familiesByMetrics.set(metrics, families = new CacheFamilies(metrics));
  }
  return families;
}

/** What stood in an object, and what stands there now. */
interface ReplacedMember {
  readonly name: string;
  /** `undefined` if it was inherited. */
  readonly original: PropertyDescriptor | undefined;
  readonly standIn: Method;
}

function isReplaceable(cache: object, name: string): boolean {
  const { configurable, writable } = Object.getOwnPropertyDescriptor(cache, name) ?? { configurable: true };
  return configurable === true || writable === true;
}

function replaceMembers(cache: object, standIns: ReadonlyMap<string, Method>): ReplacedMember[] {
  return Array.from(standIns, ([name, standIn]) => {
    const original = Object.getOwnPropertyDescriptor(cache, name);
    const { enumerable = false, configurable = true } = original ?? {};
    Object.defineProperty(cache, name, { value: standIn, writable: true, enumerable, configurable });
    return { name, original, standIn };
  });
}

/** Leaves what somebody else has put in their place since. */
function restoreMembers(cache: object, replaced: readonly ReplacedMember[]): void {
  for (const { name, original, standIn } of replaced) {
    if (Object.getOwnPropertyDescriptor(cache, name)?.value !== standIn) continue;
    if (original === undefined) Reflect.deleteProperty(cache, name);
    // Of a cache that was frozen since, the stand-ins stay, and record nothing.
    else Reflect.defineProperty(cache, name, original);
  }
}

/**
 * Series of instrumented caches. Caches of the same name share one set of series: counts and sizes add up, and the
 * series are removed when the last of the caches is unhooked.
 *
 * @module
 */

import type { Counter, CounterFamily } from "../../instrument/counter.ts";
import type { Gauge, GaugeFamily } from "../../instrument/gauge.ts";
import { NOOP_INSTRUMENT } from "../../instrument/noop.ts";
import type { Timer, TimerFamily } from "../../instrument/timer.ts";
import type { Metrics } from "../../api/metrics.ts";

/** Part of {@linkcode Metrics} that creates cache metrics. */
export type CacheInstruments = Pick<Metrics, "counter" | "gauge" | "timer">;

type Cached = "cache";
type Operation = "cache" | "operation";

/** Instrument families of all caches that share one {@linkcode Metrics}. */
export class CacheFamilies {
  readonly hits: CounterFamily<Cached>;
  readonly misses: CounterFamily<Cached>;
  readonly sets: CounterFamily<Cached>;
  readonly deletes: CounterFamily<Cached>;
  readonly evictions: CounterFamily<Cached>;
  readonly errors: CounterFamily<Operation>;
  readonly durations: TimerFamily<Operation>;
  readonly hitRatio: GaugeFamily<Cached>;
  readonly size: GaugeFamily<Cached>;
  readonly #byName: Map<string, CacheSeries> = new Map();

  /** Creates the families. */
  constructor(metrics: CacheInstruments) {
    const labels = ["cache"] as const;
    const operations = ["cache", "operation"] as const;
    this.hits = metrics.counter("cache_hits_total", { help: "Lookups that found a value", labels });
    this.misses = metrics.counter("cache_misses_total", { help: "Lookups that found no value", labels });
    this.sets = metrics.counter("cache_sets_total", { help: "Entries set", labels });
    this.deletes = metrics.counter("cache_deletes_total", { help: "Keys requested to be deleted", labels });
    this.evictions = metrics.counter("cache_evictions_total", {
      help: "Entries evicted to make room for others",
      labels,
    });
    this.errors = metrics.counter("cache_errors_total", { help: "Operations that failed", labels: operations });
    this.durations = metrics.timer("cache_operation_duration", { help: "Time per operation", labels: operations });
    this.hitRatio = metrics.gauge("cache_hit_ratio", {
      help: "Share of lookups that found a value, since the start",
      labels,
      aggregator: "average",
      collect: () => this.#byName.forEach((series) => series.collectHitRatio()),
    });
    this.size = metrics.gauge("cache_size", {
      help: "Entries in the cache",
      labels,
      collect: () => this.#byName.forEach((series) => series.collectSize()),
    });
  }

  /** Adds a cache to the series of its name and returns them. */
  join(name: string, cache: object): CacheSeries {
    const series = this.#byName.get(name) ?? new CacheSeries(this, name);
    this.#byName.set(name, series);
    series.add(cache);
    return series;
  }

  /** Removes a cache, and the series of its name with the last one. */
  leave(name: string, cache: object): void {
    const series = this.#byName.get(name);
    if (series?.delete(cache) !== true) return;
    this.#byName.delete(name);
    series.remove();
  }
}

/** Series of the caches of one name. */
export class CacheSeries {
  readonly #families: CacheFamilies;
  readonly #labels: { readonly cache: string };
  readonly #hits: Counter;
  readonly #misses: Counter;
  readonly #sets: Counter;
  readonly #deletes: Counter;
  #evictions: Counter | undefined;
  #hitRatio: Gauge | undefined;
  #size: Gauge | undefined;
  readonly #operations: Set<string> = new Set();
  readonly #members: Members = new Members();
  #isRemoved = false;
  /** Counted here as well, because counters cannot be read and the ratio needs both. */
  #hitCount = 0;
  #missCount = 0;

  /** Binds the counters that every cache has. */
  constructor(families: CacheFamilies, cache: string) {
    this.#families = families;
    this.#labels = { cache };
    this.#hits = families.hits.with(this.#labels);
    this.#misses = families.misses.with(this.#labels);
    this.#sets = families.sets.with(this.#labels);
    this.#deletes = families.deletes.with(this.#labels);
  }

  /** Counts a lookup. */
  countLookup(isHit: boolean): void {
    if (isHit) {
      this.#hits.inc();
      this.#hitCount += 1;
    } else {
      this.#misses.inc();
      this.#missCount += 1;
    }
  }

  /** Counts set entries. */
  countSets(count: number): void {
    this.#sets.inc(count);
  }

  /** Counts deletions. */
  countDeletes(count: number): void {
    this.#deletes.inc(count);
  }

  /** Returns the counter of evictions, created on first use. */
  evictions(): Counter {
    return this.#evictions ??= this.#families.evictions.with(this.#labels);
  }

  /** Returns the counter of an operation's errors. */
  errors(operation: string): Counter {
    if (this.#isRemoved) return NOOP_INSTRUMENT;
    this.#operations.add(operation);
    return this.#families.errors.with({ ...this.#labels, operation });
  }

  /** Returns the timer of an operation, or a no-op if operations are not timed. */
  timer(operation: string, isTimed: boolean): Timer {
    if (this.#isRemoved || !isTimed) return NOOP_INSTRUMENT;
    this.#operations.add(operation);
    return this.#families.durations.with({ ...this.#labels, operation });
  }

  /** Adds a cache. */
  add(cache: object): void {
    this.#members.add(cache);
  }

  /** Removes a cache and returns whether it was the last. */
  delete(cache: object): boolean {
    return this.#members.delete(cache);
  }

  /** Sets the hit ratio, which is undefined before the first lookup. */
  collectHitRatio(): void {
    const count = this.#hitCount + this.#missCount;
    if (count === 0) return;
    this.#hitRatio ??= this.#families.hitRatio.with(this.#labels);
    this.#hitRatio.set(this.#hitCount / count);
  }

  /** Sets the size if a cache has one, or 0 if the last sized cache was garbage-collected. */
  collectSize(): void {
    const size = this.#members.size();
    if (size === undefined && this.#size === undefined) return;
    this.#size ??= this.#families.size.with(this.#labels);
    this.#size.set(size ?? 0);
  }

  /** Removes the series. Hooked methods that the program still references record nothing from now on. */
  remove(): void {
    this.#isRemoved = true;
    const { hits, misses, sets, deletes, evictions, hitRatio, size, errors, durations } = this.#families;
    for (const family of [hits, misses, sets, deletes, evictions, hitRatio, size]) family.remove(this.#labels);
    for (const operation of this.#operations) {
      for (const family of [errors, durations]) family.remove({ ...this.#labels, operation });
    }
  }
}

/** Caches of one name and their total size. */
class Members {
  /** Weak, so that instrumentation does not keep an unused cache alive. */
  readonly #caches: Set<WeakRef<object>> = new Set();
  /** Caches whose size is not a number. */
  readonly #unsized: WeakSet<object> = new WeakSet();
  readonly #collected = new FinalizationRegistry<WeakRef<object>>((reference) => this.#caches.delete(reference));

  /** Adds a cache. */
  add(cache: object): void {
    const reference = new WeakRef(cache);
    this.#caches.add(reference);
    this.#collected.register(cache, reference, cache);
  }

  /** Removes a cache and returns whether it was the last. */
  delete(cache: object): boolean {
    this.#collected.unregister(cache);
    for (const reference of this.#caches) if (reference.deref() === cache) this.#caches.delete(reference);
    return this.#caches.size === 0;
  }

  /** Entries in all caches; `undefined` if none has a size. */
  size(): number | undefined {
    let total: number | undefined;
    for (const reference of this.#caches) {
      const cache = reference.deref();
      const size = cache === undefined || this.#unsized.has(cache) ? undefined : this.#sizeOf(cache);
      if (size !== undefined) total = (total ?? 0) + size;
    }
    return total;
  }

  #sizeOf(cache: object): number | undefined {
    let size: unknown;
    try {
      const member: unknown = Reflect.get(cache, "size");
      size = typeof member === "function" ? member.call(cache) : member;
    } catch {
      // The gauge rejects it as an invalid value, and counts it.
      return NaN;
    }
    if (typeof size === "number") return size;
    this.#unsized.add(cache);
    // The promise is not awaited, so its rejection would be unhandled.
    if (size instanceof Promise) size.catch(() => {});
    return undefined;
  }
}

/**
 * The series of caches. Those of one name are one set of series: counts and sizes add up, and the series go when the
 * last of the caches is unhooked.
 *
 * @module
 */

import type { Counter, CounterFamily } from "../../instrument/counter.ts";
import type { Gauge, GaugeFamily } from "../../instrument/gauge.ts";
import { NOOP_INSTRUMENT } from "../../instrument/noop.ts";
import type { Timer, TimerFamily } from "../../instrument/timer.ts";
import type { Metrics } from "../../api/metrics.ts";

/** What the metrics of caches are made by. */
export type CacheInstruments = Pick<Metrics, "counter" | "gauge" | "timer">;

type Cached = "cache";
type Operation = "cache" | "operation";

/** The families of all caches of some metrics. */
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

  /** Makes the families. */
  constructor(metrics: CacheInstruments) {
    const labels = ["cache"] as const;
    const operations = ["cache", "operation"] as const;
    this.hits = metrics.counter("cache_hits_total", { help: "Look-ups that found something", labels });
    this.misses = metrics.counter("cache_misses_total", { help: "Look-ups that found nothing", labels });
    this.sets = metrics.counter("cache_sets_total", { help: "Entries that were set", labels });
    this.deletes = metrics.counter("cache_deletes_total", { help: "Keys whose deletion was asked for", labels });
    this.evictions = metrics.counter("cache_evictions_total", { help: "Entries pushed out by others", labels });
    this.errors = metrics.counter("cache_errors_total", { help: "Operations that failed", labels: operations });
    this.durations = metrics.timer("cache_operation_duration", { help: "Time per operation", labels: operations });
    this.hitRatio = metrics.gauge("cache_hit_ratio", {
      help: "Share of the look-ups that found something, from the start",
      labels,
      aggregator: "average",
      collect: () => this.#byName.forEach((series) => series.collectHitRatio()),
    });
    this.size = metrics.gauge("cache_size", {
      help: "Entries",
      labels,
      collect: () => this.#byName.forEach((series) => series.collectSize()),
    });
  }

  /** The series of a name, for one cache more. */
  join(name: string, cache: object): CacheSeries {
    const series = this.#byName.get(name) ?? new CacheSeries(this, name);
    this.#byName.set(name, series);
    series.add(cache);
    return series;
  }

  /** One cache less. */
  leave(name: string, cache: object): void {
    const series = this.#byName.get(name);
    if (series?.delete(cache) !== true) return;
    this.#byName.delete(name);
    series.remove();
  }
}

/** The series of the caches of one name. */
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
  /** Counters cannot be read, and the ratio needs both. */
  #hitCount = 0;
  #missCount = 0;

  /** Binds what every cache has. */
  constructor(families: CacheFamilies, cache: string) {
    this.#families = families;
    this.#labels = { cache };
    this.#hits = families.hits.with(this.#labels);
    this.#misses = families.misses.with(this.#labels);
    this.#sets = families.sets.with(this.#labels);
    this.#deletes = families.deletes.with(this.#labels);
  }

  /** Counts a look-up. */
  countLookup(isHit: boolean): void {
    if (isHit) {
      this.#hits.inc();
      this.#hitCount += 1;
    } else {
      this.#misses.inc();
      this.#missCount += 1;
    }
  }

  /** Counts entries that were set. */
  countSets(count: number): void {
    this.#sets.inc(count);
  }

  /** Counts deletions. */
  countDeletes(count: number): void {
    this.#deletes.inc(count);
  }

  /** The counter of evictions, from now on there. */
  evictions(): Counter {
    return this.#evictions ??= this.#families.evictions.with(this.#labels);
  }

  /** The counter of an operation's errors. */
  errors(operation: string): Counter {
    if (this.#isRemoved) return NOOP_INSTRUMENT;
    this.#operations.add(operation);
    return this.#families.errors.with({ ...this.#labels, operation });
  }

  /** The timer of an operation, or one that does nothing. */
  timer(operation: string, isTimed: boolean): Timer {
    if (this.#isRemoved || !isTimed) return NOOP_INSTRUMENT;
    this.#operations.add(operation);
    return this.#families.durations.with({ ...this.#labels, operation });
  }

  /** One cache more. */
  add(cache: object): void {
    this.#members.add(cache);
  }

  /** One cache less; gives whether it was the last. */
  delete(cache: object): boolean {
    return this.#members.delete(cache);
  }

  /** Tells the ratio; before the first look-up there is none. */
  collectHitRatio(): void {
    const count = this.#hitCount + this.#missCount;
    if (count === 0) return;
    this.#hitRatio ??= this.#families.hitRatio.with(this.#labels);
    this.#hitRatio.set(this.#hitCount / count);
  }

  /** Tells the size, if a cache has one, or had one and is gone. */
  collectSize(): void {
    const size = this.#members.size();
    if (size === undefined && this.#size === undefined) return;
    this.#size ??= this.#families.size.with(this.#labels);
    this.#size.set(size ?? 0);
  }

  /** Removes the series; methods that somebody has kept record nothing from now on. */
  remove(): void {
    this.#isRemoved = true;
    const { hits, misses, sets, deletes, evictions, hitRatio, size, errors, durations } = this.#families;
    for (const family of [hits, misses, sets, deletes, evictions, hitRatio, size]) family.remove(this.#labels);
    for (const operation of this.#operations) {
      for (const family of [errors, durations]) family.remove({ ...this.#labels, operation });
    }
  }
}

/** Caches, and what they hold together. */
class Members {
  /** Not kept alive: a cache that nobody uses any more goes, hooked or not. */
  readonly #caches: Set<WeakRef<object>> = new Set();
  /** Whose size is no number. */
  readonly #unsized: WeakSet<object> = new WeakSet();
  readonly #gone = new FinalizationRegistry<WeakRef<object>>((reference) => this.#caches.delete(reference));

  /** One more. */
  add(cache: object): void {
    const reference = new WeakRef(cache);
    this.#caches.add(reference);
    this.#gone.register(cache, reference, cache);
  }

  /** One less; gives whether it was the last. */
  delete(cache: object): boolean {
    this.#gone.unregister(cache);
    for (const reference of this.#caches) if (reference.deref() === cache) this.#caches.delete(reference);
    return this.#caches.size === 0;
  }

  /** Entries of all; `undefined` if none can tell. */
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
      // Left out by the gauge, and counted.
      return NaN;
    }
    if (typeof size === "number") return size;
    this.#unsized.add(cache);
    // Nobody waits for what was asked in vain.
    if (size instanceof Promise) size.catch(() => {});
    return undefined;
  }
}
